"""The endpoint table lists every endpoint once, and the reference page is current."""

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from integration_tests.emulator.routes import endpoints as emulated
from source_zendesk import endpoints

ROOT = Path(__file__).resolve().parents[1]
LISTED = ROOT.parent / "shared" / "zendesk-api" / "endpoints.csv"

Endpoint = tuple[str, str]


def ours() -> list[Endpoint]:
    """Method and path of all entries but side-loads, which name their host's."""
    return [(method, path) for method, path, _, kind in endpoints.rows() if kind != "sideload"]


def test_each_endpoint_is_listed_once() -> None:
    assert [endpoint for endpoint, count in Counter(ours()).items() if count > 1] == []


def test_the_table_has_the_endpoints_of_the_api_and_no_others() -> None:
    known = {(endpoint.method, endpoint.path) for endpoint in emulated() if not endpoint.extra}
    assert (known - set(ours()), set(ours()) - known) == (set(), set())


@pytest.mark.skipif(not LISTED.exists(), reason="the list that the project began with is not here")
def test_the_table_agrees_with_the_list_both_ways() -> None:
    with LISTED.open() as file:
        listed = [(row["method"], row["path"]) for row in csv.DictReader(file)]
    assert len(listed) == len(ours()) == 438
    assert (set(listed) - set(ours()), set(ours()) - set(listed)) == (set(), set())


def test_the_command_prints_the_table_as_csv() -> None:
    command = [sys.executable, "-m", "source_zendesk.endpoints", "--format", "csv"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/").stdout
    head, *rows = csv.reader(printed.splitlines())
    assert head == ["method", "path", "stream", "kind"]
    assert rows == [list(row) for row in endpoints.rows()]
    assert {kind for *_, kind in rows} <= {"read", "input", "action", "sideload"}


def test_what_reads_is_a_get_or_one_of_three_previews() -> None:
    posts = [stream for method, _, stream, kind in endpoints.rows() if kind in ("read", "input") and method != "GET"]
    assert sorted(posts) == ["autocomplete_problems", "count_view_preview", "preview_view"]


def test_the_reference_page_is_current() -> None:
    assert (ROOT / "docs" / "streams.md").read_text() == endpoints.markdown()
