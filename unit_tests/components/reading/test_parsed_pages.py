"""The newest answers are kept as they were parsed."""

from source_zendesk.components.reading.parsed_pages import MOST_BYTES, ParsedPages
from source_zendesk.components.requests.answer import Answer


def test_the_oldest_answers_make_room() -> None:
    pages, answers = ParsedPages(), {name: Answer({"name": name}, 0) for name in "abc"}
    for name, answer in answers.items():
        pages.keep(name, MOST_BYTES // 2, answer)
    assert [pages.get(name) for name in "abc"] == [None, answers["b"], answers["c"]]


def test_one_answer_is_kept_however_large() -> None:
    pages, answer = ParsedPages(), Answer({}, 0)
    pages.keep("small", 1, Answer({}, 0))
    pages.keep("large", MOST_BYTES * 2, answer)
    assert (pages.get("small"), pages.get("large")) == (None, answer)


def test_what_is_forgotten_leaves_its_room() -> None:
    pages, first, second = ParsedPages(), Answer({}, 0), Answer({}, 0)
    pages.keep("large", MOST_BYTES, Answer({}, 0))
    pages.forget("large")
    pages.keep("first", MOST_BYTES // 2, first)
    pages.keep("second", MOST_BYTES // 2, second)
    assert (pages.get("first"), pages.get("second"), pages.get("large")) == (first, second, None)
