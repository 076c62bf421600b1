"""The benchmarks measure complete reads: the connector and the floor read every served row."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import orjson
import pytest

from benchmarks.airbyte import RELEASE as AIRBYTE
from benchmarks.dlt_zendesk import RELEASE as DLT
from benchmarks.pages import Listing
from benchmarks.peers import WORKS, Work, check
from benchmarks.report import BEGIN, END, Section, write_section
from benchmarks.singer import RELEASE as TAP
from benchmarks.subjects import ROOT, Environment, floor, ours, temporary_environment
from benchmarks.workloads import WORKLOADS


@pytest.fixture(scope="module")
def at() -> Iterator[Environment]:
    with temporary_environment() as made:
        yield made


def records(at: Environment, command: list[str], environment: dict[str, str]) -> Counter[str]:
    output = subprocess.run(command, env=environment, cwd=at.folder, stdout=subprocess.PIPE, check=True).stdout
    rows = [orjson.loads(line)["record"] for line in output.splitlines() if line.startswith(b'{"type":"RECORD"')]
    assert len({(row["stream"], row["data"]["id"]) for row in rows}) == len(rows)
    return Counter(row["stream"] for row in rows)


@pytest.mark.parametrize("name", ["tickets and ticket_metrics", "post_comments of posts"])
def test_connector_and_floor_read_each_row_once(at: Environment, name: str) -> None:
    work = WORKLOADS[name]
    with at.serve(work.plan(work.step)) as environment:
        by_ours = records(at, ours().read(at, environment, work.streams), environment)
        by_floor = records(at, floor(work.lists), environment)
    assert sorted(by_ours) == sorted(work.streams)
    assert by_ours.total() == by_floor.total() == work.step * work.records


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.name)
def test_our_connector_reads_the_account_that_all_programs_read(at: Environment, work: Work) -> None:
    check(at, work, ours())


class ReadsNothing:
    name = "nothing"

    def read(self, *_: object) -> list[str]:
        return [sys.executable, "-c", ""]


def test_a_program_that_reads_too_few_records_is_not_measured(at: Environment) -> None:
    with pytest.raises(RuntimeError, match="nothing read 0 of 600 records of tickets, ticket_comments"):
        check(at, WORKS[-1], ReadsNothing())


def test_the_document_describes_the_measured_releases() -> None:
    lines = (ROOT / "docs" / "benchmarks.md").read_text().splitlines()
    (heading,) = [line for line in lines if line.startswith("| | airbyte-source")]
    assert [release for release in (AIRBYTE, TAP, DLT) if release not in heading] == []


def test_an_export_by_time_has_each_row_once() -> None:
    listing, query, ids = Listing("tickets", "ticket", 2_300, is_by_time=True), {"start_time": "946684800"}, []
    while True:
        page = orjson.loads(listing.page("https://bench.zendesk.com/tickets", query))
        ids += [row["id"] for row in page["tickets"]]
        if page["end_of_stream"]:
            break
        assert page["end_time"] > page["tickets"][-1]["generated_timestamp"]
        query = dict(parse_qsl(urlsplit(page["next_page"]).query))
    assert len(set(ids)) == len(ids) == 2_300


def test_a_new_table_replaces_the_old_one(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text(f"before\n{BEGIN}\n\n### Speed\n\nold\n\n### Memory\n\nkept\n\n{END}\nafter\n")
    write_section(document, Section("Speed", "Of a record.", ("by", "µs"), [["ours", "1.0"]]), "*On a machine*")
    assert document.read_text() == (
        f"before\n{BEGIN}\n\n### Speed\n\nOf a record.\n\n| by | µs |\n| --- | ---: |\n| ours | 1.0 |\n\n"
        f"*On a machine*\n\n### Memory\n\nkept\n\n{END}\nafter\n"
    )
