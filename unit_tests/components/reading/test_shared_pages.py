"""A page that several streams read is asked for once."""

import errno
import io
import tempfile
import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests

from source_zendesk.components.reading.shared_pages import SharedPages
from source_zendesk.components.requests.answer import Answer
from source_zendesk.components.requests.error_handler import ZendeskErrorHandler
from unit_tests.components.answers import answer

GROUPS = "/api/v2/groups"
BODY = {"groups": [{"id": 1}]}


class Sender:
    """Answers like the requester, and counts."""

    def __init__(self, status: int = 200, body: Any = None) -> None:
        self.status, self.body, self.sent = status, body or BODY, 0
        self.lock = threading.Lock()

    def __call__(self) -> requests.Response:
        with self.lock:
            self.sent += 1
        response = answer(self.status, self.body)
        ZendeskErrorHandler({}).interpret_response(response)
        return response


def body(pages: SharedPages, send: Sender, query: dict[str, int] | None = None) -> Any:
    found = pages.get(GROUPS, GROUPS, query or {}, send)
    return found.body if isinstance(found, Answer) else found


def in_threads(count: int, work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_each_reader_gets_the_page_that_was_asked_for_once() -> None:
    pages, send = SharedPages({GROUPS: 3}), Sender()
    assert [body(pages, send, {"page": 1}) for _ in range(3)] == [BODY] * 3
    assert send.sent == 1


def test_readers_in_threads_ask_once() -> None:
    pages, send = SharedPages({GROUPS: 8}), Sender()
    found: list[object] = []
    in_threads(8, lambda: found.append(body(pages, send)))
    assert (found, send.sent) == ([BODY] * 8, 1)


def test_a_page_with_other_parameters_is_another_page() -> None:
    pages, send = SharedPages({GROUPS: 2}), Sender()
    for number in (1, 2):
        body(pages, send, {"page": number})
    assert send.sent == 2


def test_a_page_with_one_reader_is_not_kept() -> None:
    pages, send = SharedPages({GROUPS: 1}), Sender()
    for _ in range(2):
        body(pages, send)
    assert send.sent == 2


def test_a_page_is_forgotten_once_all_have_had_it() -> None:
    pages, send = SharedPages({GROUPS: 2}), Sender()
    for _ in range(3):
        body(pages, send)
    assert send.sent == 2


def test_a_refusal_is_handed_over_and_not_kept() -> None:
    pages, send = SharedPages({GROUPS: 2}), Sender(403)
    found = [body(pages, send) for _ in range(2)]
    assert [response.status_code for response in found] == [403, 403]
    assert send.sent == 2


def test_no_reader_gets_the_rows_that_another_changes() -> None:
    pages, send = SharedPages({GROUPS: 2}), Sender()
    body(pages, send)["groups"][0]["id"] = 99
    assert body(pages, send) == BODY


class TornFile(io.BytesIO):
    """A file that takes half of the second page and refuses every other write after it."""

    def __init__(self, **_: Any) -> None:
        super().__init__()
        self.writes = 0

    def write(self, content: Any) -> int:
        self.writes += 1
        if self.writes > 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(content if self.writes == 1 else content[:5])


def test_no_reader_gets_the_bytes_of_another_page_when_the_disk_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", TornFile)
    pages = SharedPages({GROUPS: 2})
    sends = [Sender(body={"groups": [{"id": number}]}) for number in range(4)]
    for _ in range(2):
        found = [body(pages, send, {"page": number}) for number, send in enumerate(sends)]
        assert found == [{"groups": [{"id": number}]} for number in range(4)]
    assert [send.sent for send in sends] == [1, 2, 2, 2]


def test_a_page_that_is_kept_keeps_the_time_at_which_it_was_asked_for() -> None:
    pages = SharedPages({GROUPS: 2})
    times = iter(["Thu, 01 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 2026 01:00:00 GMT"])
    found = [pages.get(GROUPS, GROUPS, {}, lambda: answer(200, BODY, Date=next(times))) for _ in range(2)]
    assert [each.asked_at for each in found if isinstance(each, Answer)] == [1767225600] * 2


def test_a_page_that_the_file_does_not_give_back_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: file)
    pages, send = SharedPages({GROUPS: 3}), Sender()
    body(pages, send)
    file.truncate(3)
    assert body(pages, send) == BODY
    assert send.sent == 2
