"""The report has one line for each affected stream, and none of it is content of a record."""

from collections.abc import Callable
from typing import Any

import pytest

from source_zendesk.output.schema_drift_report import MAX_NAMES, OTHERS, SchemaDriftReport

DROPPED = "a typed destination drops them; set `unknown_fields` to `collect` to keep them"
EXCLUDED = "refresh the schema to include them, unless they are excluded on purpose"
MISMATCHES = "Zendesk sent values that do not match the declared type"
Fill = Callable[[SchemaDriftReport], object]


def logged(caplog: pytest.LogCaptureFixture, *fills: Fill, collects: bool = False) -> list[tuple[str, str]]:
    """The level and the text of each line of a report that was filled like this."""
    report = SchemaDriftReport(collects=collects)
    for fill in fills:
        fill(report)
    with caplog.at_level("INFO", "airbyte"):
        report.log_report()
    return [(record.levelname, record.getMessage()) for record in caplog.records]


def undeclared(*names: str) -> Fill:
    return lambda report: report.add_undeclared("users", names)


def unselected(*names: str) -> Fill:
    return lambda report: report.add_unselected("users", names)


def mismatch(name: str, example: Any, values: int = 1) -> Fill:
    return lambda report: report.add_mismatch("users", name, "integer", example, values)


@pytest.mark.parametrize(
    ("fills", "collects", "level", "text"),
    [
        ([undeclared("b", "a")], False, "WARNING", f"Zendesk sent undeclared fields: `a`, `b` ({DROPPED})"),
        ([undeclared("a")], True, "INFO", "Zendesk sent undeclared fields: `a` (they are kept in `_undeclared`)"),
        ([unselected("a")], False, "INFO", f"Zendesk sent fields that the catalog excludes: `a` ({EXCLUDED})"),
        (
            [mismatch("id", "abc"), mismatch("id", 1.5, values=2), mismatch("at", 4)],
            True,
            "WARNING",
            (
                f"{MISMATCHES}: `at` is declared integer, but Zendesk sent 1 value such as whole number; `id` is "
                "declared integer, but Zendesk sent 3 values such as text of 3 characters"
            ),
        ),
        (
            [unselected("c"), mismatch("b", []), undeclared("a")],
            False,
            "WARNING",
            (
                f"Zendesk sent undeclared fields: `a` ({DROPPED}). Zendesk sent fields that the catalog excludes: `c` "
                f"({EXCLUDED}). {MISMATCHES}: `b` is declared integer, but Zendesk sent 1 value such as empty list"
            ),
        ),
    ],
    ids=["undeclared", "collected", "unselected", "mismatches", "all"],
)
def test_the_line_of_a_stream(
    fills: list[Fill], level: str, text: str, caplog: pytest.LogCaptureFixture, *, collects: bool
) -> None:
    assert logged(caplog, *fills, collects=collects) == [(level, f"Stream users: {text}")]


def test_a_report_without_drift_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    assert logged(caplog) == []


def test_streams_are_logged_in_order_of_their_names(caplog: pytest.LogCaptureFixture) -> None:
    lines = logged(caplog, *(lambda report, name=name: report.add_unselected(name, ["a"]) for name in "bca"))
    assert [text.partition(":")[0] for _, text in lines] == ["Stream a", "Stream b", "Stream c"]


def test_names_that_may_be_content_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    names = ["plain_name", "jane@example.com", "AKIAIOSFODNN7EXAMPLE", "12", "Über", "x" * 61]
    ((_, text),) = logged(caplog, undeclared(*names))
    assert f"fields: `plain_name` and {OTHERS} (" in text


@pytest.mark.parametrize(
    ("count", "rest"), [(MAX_NAMES, "` ("), (MAX_NAMES + 1, "` and more ("), (500, "` and more (")]
)
def test_the_number_of_names_is_limited(count: int, rest: str, caplog: pytest.LogCaptureFixture) -> None:
    ((_, text),) = logged(caplog, undeclared(*(f"key_{number:03}" for number in range(count))))
    assert (text.count("`key_"), rest in text) == (MAX_NAMES, True)


def test_the_number_of_mismatches_is_limited_and_those_named_are_still_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    names = [f"key_{number:03}" for number in range(MAX_NAMES + 1)]
    ((_, text),) = logged(caplog, *(mismatch(name, "a") for name in [*names, names[0], names[-1]]))
    assert text.count("is declared integer") == MAX_NAMES
    assert "`key_000` is declared integer, but Zendesk sent 2 values" in text
    assert names[-1] not in text
