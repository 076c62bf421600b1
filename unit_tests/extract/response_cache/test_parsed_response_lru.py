"""The newest answers are kept as they were parsed."""

from source_zendesk.extract.response_cache import MAX_BYTES, ParsedResponseLru
from source_zendesk.http.response import ParsedResponse


def test_the_oldest_answers_make_room() -> None:
    pages, answers = ParsedResponseLru(), {name: ParsedResponse({"name": name}, 0) for name in "abc"}
    for name, answer in answers.items():
        pages.put(name, MAX_BYTES // 2, answer)
    assert [pages.get(name) for name in "abc"] == [None, answers["b"], answers["c"]]


def test_one_answer_is_kept_however_large() -> None:
    pages, answer = ParsedResponseLru(), ParsedResponse({}, 0)
    pages.put("small", 1, ParsedResponse({}, 0))
    pages.put("large", MAX_BYTES * 2, answer)
    assert (pages.get("small"), pages.get("large")) == (None, answer)


def test_what_is_forgotten_leaves_its_room() -> None:
    pages, first, second = ParsedResponseLru(), ParsedResponse({}, 0), ParsedResponse({}, 0)
    pages.put("large", MAX_BYTES, ParsedResponse({}, 0))
    pages.drop("large")
    pages.put("first", MAX_BYTES // 2, first)
    pages.put("second", MAX_BYTES // 2, second)
    assert (pages.get("first"), pages.get("second"), pages.get("large")) == (first, second, None)
