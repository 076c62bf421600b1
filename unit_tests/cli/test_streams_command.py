"""The `streams` command lists the streams of the package, and shows one in full."""

import argparse
import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from source_zendesk.cli.streams_command import stream_lines
from source_zendesk.endpoints import read_cost
from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.roles import least_role
from source_zendesk.reconciliation import stream as reconciliation

ENDPOINTS = Manifest.load().endpoints
CONSOLE = Path(sys.executable).with_name("source-zendesk")


def output(pattern: str = "") -> str:
    return "\n".join(stream_lines(argparse.Namespace(pattern=pattern)))


def rows(pattern: str = "") -> dict[str, dict[str, str]]:
    return {row["stream"]: row for row in csv.DictReader(output(pattern).splitlines())}


def test_every_stream_is_listed_with_its_facts() -> None:
    listed = rows()
    assert list(listed) == sorted({*ENDPOINTS, reconciliation.NAME})
    for name, endpoint in ENDPOINTS.items():
        row = listed[name]
        expected = (endpoint.kind, least_role(endpoint, ENDPOINTS), endpoint.options.plan, read_cost(endpoint))
        assert (row["kind"], row["role"], row["plan"], row["cost"]) == expected, name
        assert row["sync_mode"] == ("incremental" if endpoint.cursor_field or endpoint.kind == "action" else
                                    "full_refresh"), name  # fmt: skip
        assert row["description"], name
        assert row["recommended"], name


@pytest.mark.parametrize(
    ("pattern", "found", "missing"),
    [
        ("sla", "sla_policies", "article_translations"),
        ("TICKET_M", "ticket_metrics", "tickets"),
        ("ticket_*", "ticket_comments", "list_ticket_comments"),
        ("reconc", "reconciliation", "tickets"),
    ],
)
def test_a_pattern_selects_streams(pattern: str, found: str, missing: str) -> None:
    assert (found in rows(pattern), missing in rows(pattern)) == (True, False)


@pytest.mark.parametrize("product", sorted({each.product for each in ENDPOINTS.values()} - set(ENDPOINTS)))
def test_the_name_of_a_product_selects_all_its_streams(product: str) -> None:
    named = {each.name for each in ENDPOINTS.values() if each.product == product}
    assert named <= set(rows(product))
    assert named <= set(rows(product.replace("_", " ").title()))


def test_a_word_that_no_name_contains_is_searched_in_descriptions() -> None:
    listed = rows("signed-in")
    assert "sessions" in listed
    assert {"signed-in" in row["description"].lower() for row in listed.values()} == {True}


@pytest.mark.parametrize("name", [*ENDPOINTS, reconciliation.NAME])
def test_a_stream_is_shown_in_full_with_all_fields(name: str) -> None:
    facts, _, fields = output(name).partition("\n\nfields\n")
    assert facts.startswith(f"stream         {name}")
    if name == reconciliation.NAME:
        schema = reconciliation.SCHEMA
    else:
        endpoint = ENDPOINTS[name]
        schema = Manifest.load().record_schema(endpoint)
        assert f"\nrequest        {endpoint.method} {endpoint.path}" in facts.replace("\n               ", " ")
        assert f"\nrole           {least_role(endpoint, ENDPOINTS)}" in facts
        assert [
            title for title in ("primary key", "cursor", "parents", "cost", "plan") if f"\n{title} " not in facts
        ] == []
    assert "\ndocumentation  https://" in facts
    shown = [line.split()[0] for line in fields.splitlines() if line[:2] == "  " and line[2:3] != " "]
    assert shown == list(schema["properties"])


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("tikets", "No stream matches tikets; did you mean tickets"),
        ("zzzzzz", "No stream matches zzzzzz. `source-zendesk streams` lists all of them."),
        ("zz\x1b[2J*", "No stream matches zz\N{REPLACEMENT CHARACTER}[2j*."),
        ("custom_object_car", "with `custom_fields` set to `columns`, `source-zendesk discover` lists those"),
    ],
)
def test_an_unknown_stream_is_an_error_with_suggestions(pattern: str, expected: str) -> None:
    with pytest.raises(ConfigError) as raised:
        output(pattern)
    assert expected in str(raised.value.message)


def test_an_unknown_stream_exits_with_1() -> None:
    ended = subprocess.run([str(CONSOLE), "streams", "tikets"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("source-zendesk streams: No stream matches tikets; did you mean tickets")


def test_a_terminal_shows_a_table_that_fits() -> None:
    terminal, there = os.openpty()
    with subprocess.Popen(
        [str(CONSOLE), "streams", "ticket_c"], stdout=there, env={**os.environ, "COLUMNS": "80", "LINES": "24"}
    ) as process:
        os.close(there)
        shown = _read(terminal)
        assert process.wait(120) == 0
    lines = shown.splitlines()
    assert lines[0].split() == ["stream", "description"]
    assert max(map(len, lines)) <= 80
    comments = next(number for number, line in enumerate(lines) if line.startswith("ticket_comments "))
    assert lines[comments].endswith("Message in a ticket")
    assert lines[comments + 1].startswith(f"{'':42}incremental | admins | every plan")


def _read(terminal: int) -> str:
    seen = b""
    try:
        while more := os.read(terminal, 65536):
            seen += more
    except OSError:
        pass
    return seen.decode()
