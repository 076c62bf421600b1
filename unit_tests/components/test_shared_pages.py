"""A page that several streams read is asked for once."""

import threading
from collections.abc import Callable

import requests

from source_zendesk.components.error_handler import ZendeskErrorHandler
from source_zendesk.components.shared_pages import SharedPages
from unit_tests.components.answers import answer

GROUPS = "/api/v2/groups"
BODY = {"groups": [{"id": 1}]}


class Sender:
    """Answers like the requester, and counts."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.sent = status, 0
        self.lock = threading.Lock()

    def __call__(self) -> requests.Response:
        with self.lock:
            self.sent += 1
        response = answer(self.status, BODY)
        ZendeskErrorHandler({}).interpret_response(response)
        return response


def in_threads(count: int, work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_each_reader_gets_the_page_that_was_asked_for_once() -> None:
    pages, send = SharedPages({GROUPS: 3}), Sender()
    assert [pages.get(GROUPS, GROUPS, {"page": 1}, send) for _ in range(3)] == [BODY] * 3
    assert send.sent == 1


def test_readers_in_threads_ask_once() -> None:
    pages, send = SharedPages({GROUPS: 8}), Sender()
    found: list[object] = []
    in_threads(8, lambda: found.append(pages.get(GROUPS, GROUPS, {}, send)))
    assert (found, send.sent) == ([BODY] * 8, 1)


def test_a_page_with_other_parameters_is_another_page() -> None:
    pages, send = SharedPages({GROUPS: 2}), Sender()
    for number in (1, 2):
        pages.get(GROUPS, GROUPS, {"page": number}, send)
    assert send.sent == 2


def test_a_page_with_one_reader_is_not_kept() -> None:
    pages, send = SharedPages({GROUPS: 1}), Sender()
    for _ in range(2):
        pages.get(GROUPS, GROUPS, {}, send)
    assert send.sent == 2


def test_a_page_is_forgotten_once_all_have_had_it() -> None:
    pages, send = SharedPages({GROUPS: 2}), Sender()
    for _ in range(3):
        pages.get(GROUPS, GROUPS, {}, send)
    assert send.sent == 2


def test_a_refusal_is_handed_over_and_not_kept() -> None:
    pages, send = SharedPages({GROUPS: 2}), Sender(403)
    found = [pages.get(GROUPS, GROUPS, {}, send) for _ in range(2)]
    assert [response.status_code for response in found] == [403, 403]
    assert send.sent == 2


def test_no_reader_gets_the_rows_that_another_changes() -> None:
    pages, send = SharedPages({GROUPS: 2}), Sender()
    pages.get(GROUPS, GROUPS, {}, send)["groups"][0]["id"] = 99
    assert pages.get(GROUPS, GROUPS, {}, send) == BODY
