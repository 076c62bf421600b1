"""A malformed row does not affect other rows, and a malformed response is an error."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from integration_tests.harness import Result, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply


def groups(*rows: bytes, end: bytes = b"]") -> bytes:
    return b'{"meta": {"has_more": false}, "groups": [' + b", ".join(rows) + end + b"}"


def read(body: Any, *streams: str) -> tuple[Result, int]:
    with RecordingServer(lambda _: Reply(body=body)) as recorder:
        result = sync(recorder.config(), streams or ["groups"])
    return result, len(recorder.requests)


def nested(levels: int) -> Any:
    value: Any = None
    for _ in range(levels):
        value = [value]
    return value


FAULTY = {
    "no UTF-8": (b'"a\xff\xfeb"', "a\ufffd\ufffdb"),
    "cut UTF-8": (b'"a\xf0\x9f"', "a\ufffd"),
    "half an emoji": (rb'"a\ud83d"', "a\ufffd"),
    "the other half": (rb'"\udc00b"', "\ufffdb"),
    "control characters": (b'"a\nb\x00"', "a\nb\x00"),
    "NaN": (b"NaN", None),
    "Infinity": (b"-Infinity", None),
    "a number beyond all": (b"1e999", None),
    "400 digits": (b"9" * 400, None),
    "5000 digits": (b"9" * 5000, None),
    "5000 levels": (b"[" * 5000 + b"]" * 5000, nested(197)),
}


@pytest.mark.parametrize(("sent", "expected"), FAULTY.values(), ids=FAULTY)
def test_an_unreadable_value_loses_no_row(sent: bytes, expected: Any) -> None:
    result, request_count = read(groups(b'{"id": 1, "name": "ok"}', b'{"id": 7, "name": ' + sent + b"}", b'{"id": 3}'))
    assert not result.errors
    assert [row["id"] for row in result.records["groups"]] == [1, 7, 3]
    assert result.records["groups"][1]["name"] == expected
    (warning,) = (text for text in result.warnings if "U+FFFD" in text)
    assert "groups" in warning
    assert request_count == 1


@pytest.mark.parametrize("sent", [sent for case, (sent, _) in FAULTY.items() if case != "control characters"])
def test_a_row_with_an_unreadable_value_is_named(sent: bytes) -> None:
    result, _ = read(groups(b'{"id": 1, "name": "ok"}', b'{"id": 7, "custom_fields": [{"value": ' + sent + b"}]}"))
    assert any("(id 7: custom_fields.0.value" in warning for warning in result.warnings)


@pytest.mark.parametrize("name", ["Zoë 🎉", "\\ud83c\\udf89", "\ufffd"])
def test_valid_texts_are_unchanged_without_a_warning(name: str) -> None:
    result, _ = read(groups(b'{"id": 1, "name": "' + name.encode() + b'"}'))
    assert [row["name"] for row in result.records["groups"]] == ["🎉" if name.startswith("\\") else name]
    assert not result.warnings


def test_a_faulty_page_is_the_same_for_the_streams_that_share_it() -> None:
    body = groups(b'{"id": 7, "name": "a\xff"}').removesuffix(b"}") + b', "group": {"id": 7, "name": "a"}}'
    result, request_count = read(body, "groups", "show_group")
    assert not result.errors
    assert request_count == 2
    assert [row["name"] for row in result.records["groups"]] == ["a\ufffd"]
    assert [row["id"] for row in result.records["show_group"]] == [7]


def test_300_nested_levels_are_truncated_and_lose_no_row() -> None:
    result, _ = read(groups(b'{"id": 1}', b'{"id": 7, "deep": ' + b"[" * 300 + b"]" * 300 + b"}"))
    assert [row["id"] for row in result.records["groups"]] == [1, 7]
    assert any("Stream groups" in warning and "(id 7: deep" in warning for warning in result.warnings)


def test_integers_of_64_bits_keep_every_digit_and_larger_ones_are_accepted() -> None:
    result, _ = read(groups(b'{"id": 9223372036854775807, "size": 123456789012345678901234}'))
    assert [(row["id"], row["size"]) for row in result.records["groups"]] == [
        (9223372036854775807, 1.2345678901234568e23)
    ]


@pytest.mark.parametrize("body", [groups(b'{"id": 1, "name": "\xff"}', end=b""), b'{"groups": [' + b"[" * 5000])
def test_a_truncated_response_is_retried(body: bytes) -> None:
    result, request_count = read(body)
    assert "not JSON" in result.stream_errors["groups"]
    assert not result.records["groups"]
    assert request_count > 1


LISTS = {
    "groups": {"groups": [{"id": 1}, None, {"id": 2}], "meta": {"has_more": False}},
    "organizations": {"organizations": [None, {"id": 1}, {"id": 2}], "end_of_stream": True, "end_time": 5},
    "tickets": {"tickets": [{"id": 1}, {"id": 2}, None], "end_of_stream": True, "after_cursor": "a"},
    "macro_categories": {"categories": ["a", None, "b"]},
    "attribute_definitions": {
        "definitions": {"conditions_all": [{"title": "a"}, None], "conditions_any": [{"title": "b"}]}
    },
    "ticket_metrics": {
        "tickets": [{"id": 5}, None], "metric_sets": [None, {"id": 1}, {"id": 2}],
        "end_of_stream": True, "after_cursor": "a",
    },
    "user_identities": {
        "users": [{"id": 5, "identities": [{"id": 1}, None]}, {"id": 6, "identities": [{"id": 2}]}],
        "end_of_stream": True, "after_cursor": "a",
    },
    "ticket_comments": {
        "ticket_events": [
            {"id": 5, "child_events": [{"id": 1, "event_type": "Comment"}, None]},
            {"id": 6, "child_events": [{"id": 2, "event_type": "Comment"}]},
        ],
        "end_of_stream": True, "end_time": 5,
    },
}  # fmt: skip


@pytest.mark.parametrize("stream", LISTS)
def test_null_in_a_list_is_dropped_and_loses_no_row(stream: str) -> None:
    result, _ = read(LISTS[stream], stream)
    assert not result.errors
    assert len(result.records[stream]) == 2
    assert any(stream in warning and "null" in warning for warning in result.warnings)


@pytest.mark.parametrize("row", ["text", 5, ["nested"]])
def test_a_non_object_in_a_list_is_an_error_that_names_it(row: Any) -> None:
    result, _ = read({"groups": [{"id": 1}, row], "meta": {"has_more": False}})
    assert "item 1 of the list `groups` is not an object" in result.stream_errors["groups"]
    assert not result.records["groups"]


def organizations(start: int, *numbers: int, **more: Any) -> Reply:
    link = f"https://acme.zendesk.com/api/v2/incremental/organizations.json?start_time={start}"
    return Reply(body={"organizations": [{"id": one} for one in numbers], "next_page": link, "end_time": start, **more})


@pytest.mark.parametrize("count", [0, None, "2", 3])
def test_the_count_of_an_export_does_not_end_it(count: Any) -> None:
    """`count` may be the remaining or the total number; the rows of the page determine the end."""

    def respond(arrived: RecordedRequest) -> Reply:
        start = arrived.query["start_time"]
        pages = {"1600000000": organizations(1600000500, 1, 2, count=count), "1600000500": organizations(1600000900, 3)}
        return pages.get(start) or organizations(1600000900, count=count)

    with RecordingServer(respond) as recorder:
        result = sync({**recorder.config(), "start_date": "2020-09-13T12:26:40Z"}, ["organizations"])
    assert not result.errors
    assert [row["id"] for row in result.records["organizations"]] == [1, 2, 3]


UNREADABLE = [
    {"links": ["x"]},
    {"next_page": 5},
    {"next_page": ["x"]},
    {"next_page": "http://[bad"},
    {"meta": {"has_more": True}, "links": {"next": 5}},
]


@pytest.mark.parametrize("paging", UNREADABLE)
def test_unreadable_paging_fields_are_an_error_that_names_the_stream(paging: Any) -> None:
    result, _ = read({"groups": [{"id": 1}], **paging})
    assert "Stream groups: the response does not have the documented shape" in result.stream_errors["groups"]
    assert result.statuses["groups"][-1] == "INCOMPLETE"


def test_an_end_time_can_be_a_date() -> None:
    pages = [organizations(0, 1, end_of_stream=False), organizations(0, 2, end_of_stream=True)]
    for page in pages:
        page.body.update(next_page=None, end_time="2025-01-01T00:00:00Z")
    with RecordingServer(lambda _: pages.pop(0)) as recorder:
        result = sync(recorder.config(), ["organizations"])
    assert not result.errors
    assert [row["id"] for row in result.records["organizations"]] == [1, 2]
    assert recorder.requests[1].query["start_time"] == "1735689600"


def test_an_empty_200_response_is_retried() -> None:
    replies = [Reply(body=b""), Reply(body=groups(b'{"id": 1}'))]
    with RecordingServer(lambda _: replies.pop(0)) as recorder:
        result = sync(recorder.config(), ["groups"])
    assert [row["id"] for row in result.records["groups"]] == [1]


@pytest.mark.parametrize("cut", [0, 12])
def test_a_compressed_response_is_read_and_a_truncated_one_retried(cut: int) -> None:
    whole = gzip.compress(groups(b'{"id": 1}'))
    replies = [Reply(body=part, headers={"Content-Encoding": "gzip"}) for part in (whole[: len(whole) - cut], whole)]
    with RecordingServer(lambda _: replies.pop(0)) as recorder:
        result = sync(recorder.config(), ["groups"])
    assert [row["id"] for row in result.records["groups"]] == [1]
    assert len(recorder.requests) == (2 if cut else 1)
