"""The exchange of a refresh token can be waited for."""

from source_zendesk.http.token_exchange import TokenExchange


def test_an_exchange_is_active_until_its_thread_ends_it() -> None:
    exchange = TokenExchange()
    exchange.end()
    exchange.begin()
    assert exchange.is_active
    exchange.wait(0.01)
    exchange.end()
    assert not exchange.is_active
    exchange.wait(30)
    exchange.begin()
    exchange.end()
