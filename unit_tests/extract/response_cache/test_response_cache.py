"""A page that several streams read is requested once."""

import errno
import io
import tempfile
import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests
from requests_mock import Mocker

from source_zendesk.extract.response_cache import ParsedResponseLru, ResponseCache
from source_zendesk.http.response import ParsedResponse
from unit_tests.account import ACCOUNT, requester

GROUPS = "/api/v2/groups"
URL = f"{ACCOUNT}{GROUPS}"
BODY = {"groups": [{"id": 1}]}
REQUESTER = requester()


def page(pages: ResponseCache, query: dict[str, int] | None = None) -> ParsedResponse | requests.Response:
    def send() -> requests.Response:
        response = REQUESTER.send_request(path=GROUPS, request_params=query or {})
        assert response is not None
        return response

    return pages.get(GROUPS, GROUPS, query or {}, send)


def body(pages: ResponseCache, query: dict[str, int] | None = None) -> Any:
    found = page(pages, query)
    return found.body if isinstance(found, ParsedResponse) else found


@pytest.fixture
def groups(requests_mock: Mocker) -> Mocker:
    """The list of groups, which counts its requests."""
    requests_mock.get(URL, json=BODY)
    return requests_mock


def in_threads(count: int, work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_each_reader_gets_the_page_requested_once(groups: Mocker) -> None:
    pages = ResponseCache({GROUPS: 3})
    assert [body(pages, {"page": 1}) for _ in range(3)] == [BODY] * 3
    assert groups.call_count == 1


def test_concurrent_readers_send_one_request(groups: Mocker) -> None:
    pages = ResponseCache({GROUPS: 8})
    found: list[object] = []
    in_threads(8, lambda: found.append(body(pages)))
    assert (found, groups.call_count) == ([BODY] * 8, 1)


def test_other_parameters_are_another_page(groups: Mocker) -> None:
    pages = ResponseCache({GROUPS: 2})
    for number in (1, 2):
        body(pages, {"page": number})
    assert groups.call_count == 2


def test_page_with_one_reader_is_not_cached(groups: Mocker) -> None:
    pages = ResponseCache({GROUPS: 1})
    for _ in range(2):
        body(pages)
    assert groups.call_count == 2


def test_page_is_dropped_after_its_last_reader(groups: Mocker) -> None:
    pages = ResponseCache({GROUPS: 2})
    for _ in range(3):
        body(pages)
    assert groups.call_count == 2


def test_refusal_is_returned_and_not_cached(requests_mock: Mocker) -> None:
    requests_mock.get(URL, status_code=403, json=BODY)
    pages = ResponseCache({GROUPS: 2})
    found = [body(pages) for _ in range(2)]
    assert [response.status_code for response in found] == [403, 403]
    assert requests_mock.call_count == 2


@pytest.mark.usefixtures("groups")
def test_page_is_parsed_once_for_readers_that_follow_soon() -> None:
    pages = ResponseCache({GROUPS: 2})
    assert body(pages) is body(pages)


def test_page_is_parsed_again_for_a_late_reader(groups: Mocker) -> None:
    pages = ResponseCache({GROUPS: 2}, ParsedResponseLru(max_bytes=0))
    first = body(pages, {"page": 1})
    body(pages, {"page": 2})
    later = body(pages, {"page": 1})
    assert later == first
    assert later is not first
    assert groups.call_count == 2


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


def test_full_disk_returns_no_bytes_of_another_page(monkeypatch: pytest.MonkeyPatch, requests_mock: Mocker) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", TornFile)
    pages = ResponseCache({GROUPS: 2})
    bodies = [{"groups": [{"id": number}]} for number in range(4)]
    sent = [requests_mock.get(f"{URL}?page={number}", json=each) for number, each in enumerate(bodies)]
    for _ in range(2):
        assert [body(pages, {"page": number}) for number in range(4)] == bodies
    assert [each.call_count for each in sent] == [1, 2, 2, 2]


def test_cached_page_keeps_its_time_of_request(requests_mock: Mocker) -> None:
    dates = ["Thu, 01 Jan 2026 00:00:30 GMT", "Thu, 01 Jan 2026 01:00:30 GMT"]
    requests_mock.get(URL, [{"json": BODY, "headers": {"Date": date}} for date in dates])
    pages = ResponseCache({GROUPS: 2})
    found = [page(pages) for _ in range(2)]
    assert [each.requested_at // 60 * 60 for each in found if isinstance(each, ParsedResponse)] == [1767225600] * 2


def test_page_that_the_file_does_not_return_is_requested_again(monkeypatch: pytest.MonkeyPatch, groups: Mocker) -> None:
    file = io.BytesIO()
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: file)
    pages = ResponseCache({GROUPS: 3}, ParsedResponseLru(max_bytes=0))
    body(pages, {"page": 1})
    body(pages, {"page": 2})
    file.truncate(3)
    assert body(pages, {"page": 1}) == BODY
    assert groups.call_count == 3
