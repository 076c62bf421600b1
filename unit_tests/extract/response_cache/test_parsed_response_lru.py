"""The newest parsed responses are cached."""

from source_zendesk.extract.response_cache import MAX_BYTES, ParsedResponseLru
from source_zendesk.http.response import ParsedResponse


def test_oldest_responses_are_dropped() -> None:
    pages, responses = ParsedResponseLru(), {name: ParsedResponse({"name": name}, 0) for name in "abc"}
    for name, response in responses.items():
        pages.put(name, MAX_BYTES // 2, response)
    assert [pages.get(name) for name in "abc"] == [None, responses["b"], responses["c"]]


def test_one_response_is_kept_whatever_its_size() -> None:
    pages, response = ParsedResponseLru(), ParsedResponse({}, 0)
    pages.put("small", 1, ParsedResponse({}, 0))
    pages.put("large", MAX_BYTES * 2, response)
    assert (pages.get("small"), pages.get("large")) == (None, response)


def test_dropped_response_frees_its_bytes() -> None:
    pages, first, second = ParsedResponseLru(), ParsedResponse({}, 0), ParsedResponse({}, 0)
    pages.put("large", MAX_BYTES, ParsedResponse({}, 0))
    pages.drop("large")
    pages.put("first", MAX_BYTES // 2, first)
    pages.put("second", MAX_BYTES // 2, second)
    assert (pages.get("first"), pages.get("second"), pages.get("large")) == (first, second, None)
