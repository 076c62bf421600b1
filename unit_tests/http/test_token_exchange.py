"""The exchanges of refresh tokens can be waited for."""

import threading

from source_zendesk.http.token_exchange import TokenExchanges

PATIENCE = 30


def test_an_exchange_is_active_until_its_thread_ends_it() -> None:
    exchanges = TokenExchanges()
    exchanges.end()
    exchanges.begin()
    assert exchanges.are_active
    exchanges.wait(0.01)
    exchanges.end()
    assert not exchanges.are_active
    exchanges.wait(PATIENCE)
    exchanges.begin()
    exchanges.end()


def test_exchanges_of_two_threads_run_at_the_same_time() -> None:
    exchanges = TokenExchanges()
    exchanges.begin()
    other = threading.Thread(target=exchanges.begin)
    other.start()
    other.join(PATIENCE)
    assert not other.is_alive()
    exchanges.end()
    assert exchanges.are_active


def test_after_a_stop_no_exchange_begins() -> None:
    exchanges, begun = TokenExchanges(), threading.Event()

    def begin() -> None:
        exchanges.begin()
        begun.set()

    exchanges.stop(0)
    threading.Thread(target=begin, daemon=True).start()
    assert not begun.wait(0.01)
