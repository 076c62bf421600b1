"""Streams of one sync share pages, so that each page is requested once."""

import errno
import io
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, sync
from integration_tests.interrupted_syncs import NOW, keys

V2 = "/api/v2"
TICKETS = f"{V2}/incremental/tickets/cursor"
PAGE = 10
CACHED = ["tickets", "ticket_metrics", "show_ticket"]
HOSTS = [("tickets", "ticket_metrics"), ("users", "user_identities"), ("ticket_events", "ticket_comments")]


zendesk = account_fixture(scope="module", seed=7, rows=25, tickets=45, now=NOW)


def read(zendesk: Emulator, streams: Sequence[str], **config: int) -> Result:
    zendesk.clear_requests()
    result = sync(zendesk.config(export_page_size=PAGE, **config), streams)
    assert not result.errors
    return result


def sorted_rows(zendesk: Emulator, stream: str, result: Result) -> list[str]:
    return sorted(keys(zendesk.config(), stream, result.records[stream]))


@pytest.mark.parametrize("workers", [2, 8])
@pytest.mark.parametrize(("host", "guest"), HOSTS)
def test_a_sideload_stream_needs_no_request_of_its_own(zendesk: Emulator, host: str, guest: str, workers: int) -> None:
    alone = read(zendesk, [host])
    requests = len(zendesk.requests)
    together = read(zendesk, [host, guest], num_workers=workers)
    assert len(zendesk.requests) == requests
    assert sorted_rows(zendesk, host, together) == sorted_rows(zendesk, host, alone)
    assert together.records[guest]


@pytest.mark.parametrize("streams", [["ticket_comments"], ["ticket_events", "ticket_comments"]])
def test_airbytes_page_size_applies_only_to_comments(zendesk: Emulator, streams: list[str]) -> None:
    zendesk.clear_requests()
    sync(zendesk.config(page_size=20), ["tickets", "users", "organizations", *streams])
    sizes = {one.path: one.query["per_page"] for one in zendesk.requests}
    assert sizes.pop(f"{V2}/incremental/ticket_events") == ["20"]
    assert set(map(tuple, sizes.values())) == {("1000",)}
    assert len(sizes) == 3


@pytest.mark.parametrize(("host", "guest"), HOSTS)
def test_a_sideload_stream_alone_emits_the_same_rows(zendesk: Emulator, host: str, guest: str) -> None:
    together = read(zendesk, [guest, host])
    requests = len(zendesk.requests)
    alone = read(zendesk, [guest])
    assert len(zendesk.requests) == requests
    assert sorted_rows(zendesk, guest, alone) == sorted_rows(zendesk, guest, together)


@pytest.mark.parametrize(("host", "guest"), HOSTS[:2])  # events contain comments only if both are read
def test_parent_list_rows_are_the_same_without_the_sideload_stream(zendesk: Emulator, host: str, guest: str) -> None:
    assert read(zendesk, [host, guest]).records[host] == read(zendesk, [host]).records[host]


@pytest.mark.parametrize("shape", ["embedded", "top_level"])
def test_ticket_metrics_are_read_in_both_shapes(shape: str) -> None:
    with Emulator(seed=7, rows=5, tickets=45, now=NOW, metric_sets=shape) as zendesk:
        result = read(zendesk, ["ticket_metrics", "tickets"])
        expected = zendesk.store.all("ticket_metrics")
        assert sorted(row["id"] for row in result.records["ticket_metrics"]) == sorted(row["id"] for row in expected)
        assert all("metric_set" not in row for row in result.records["tickets"])


def test_a_child_without_sideload_takes_one_request_per_parent(zendesk: Emulator) -> None:
    result = read(zendesk, ["ticket_metrics", "ticket_comments", "user_identities"])
    assert {request.path for request in zendesk.requests} == {
        TICKETS, f"{V2}/incremental/ticket_events", f"{V2}/incremental/users/cursor",
    }  # fmt: skip
    assert all(result.records[name] for name in ("ticket_metrics", "ticket_comments", "user_identities"))


def test_children_of_one_parent_stream_share_its_pages(zendesk: Emulator) -> None:
    read(zendesk, ["tickets"])
    parents = len(zendesk.requests_to(TICKETS))
    read(zendesk, ["list_ticket_comments", "list_audits_for_ticket", "ticket_tags", "show_ticket", "tickets"])
    assert len(zendesk.requests_to(TICKETS)) == parents
    counts = Counter(request.path for request in zendesk.requests if not request.path.startswith(f"{V2}/incremental"))
    assert {count for path, count in counts.items() if not path.endswith("/audits")} == {1}


def test_grandchildren_share_pages_of_their_parents(zendesk: Emulator) -> None:
    read(zendesk, ["ticket_field_options", "show_ticket_field_option", "ticket_fields", "show_ticket_field"])
    counts = Counter((request.path, *sorted(map(str, request.query.items()))) for request in zendesk.requests)
    assert set(counts.values()) == {1}


def test_children_share_pages_in_an_incremental_run(zendesk: Emulator) -> None:
    streams = ["tickets", "ticket_metrics", "show_ticket", "list_ticket_comments"]
    first = read(zendesk, streams)
    zendesk.clear_requests()
    sync(zendesk.config(export_page_size=PAGE), streams, first.state)
    assert len(zendesk.requests) == 1


def test_streams_with_different_states_read_their_own_pages(zendesk: Emulator) -> None:
    first = read(zendesk, ["tickets"])
    both = sync(zendesk.config(export_page_size=PAGE), ["tickets", "ticket_metrics"], first.state)
    assert not both.errors
    assert both.records["tickets"] == []
    assert len(both.records["ticket_metrics"]) == len(zendesk.store.all("ticket_metrics"))


def test_the_temporary_folder_is_empty_after_a_sync(
    zendesk: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    read(zendesk, ["tickets", "ticket_metrics", "users", "user_identities", "show_ticket"])
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_fails_for_one_stream_is_read_by_the_others(zendesk: Emulator) -> None:
    fault = zendesk.faults.add("incremental/tickets/cursor", status=500, after=1, headers={"Retry-After": "0"})
    result = read(zendesk, ["tickets", "ticket_metrics"])
    zendesk.faults.clear()
    assert fault.hits == 1
    assert len(zendesk.requests) == 6
    assert len(result.records["tickets"]) == 45


class Disk:
    """A disk with `room` bytes; writes to temporary files beyond that are partial and fail."""

    def __init__(self, room: int) -> None:
        self.room = room

    def file(self, *_: Any, **__: Any) -> io.BytesIO:
        disk = self

        class File(io.BytesIO):
            def write(self, content: Any) -> int:
                if not disk.room:
                    raise OSError(errno.ENOSPC, "No space left on device")
                taken = super().write(content[: disk.room])
                disk.room -= taken
                return taken

        return File()


@pytest.fixture(scope="module")
def roomy(zendesk: Emulator) -> Result:
    """A read with enough room on the disk."""
    return read(zendesk, CACHED)


@pytest.mark.parametrize("room", [0, 1, 4_000, 20_000, 60_000])
def test_a_full_disk_costs_requests_but_loses_no_row(
    zendesk: Emulator, monkeypatch: pytest.MonkeyPatch, room: int, roomy: Result
) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", Disk(room).file)
    full = read(zendesk, CACHED, num_workers=2)
    for stream in CACHED:
        assert sorted_rows(zendesk, stream, full) == sorted_rows(zendesk, stream, roomy)
    assert any("Cannot cache responses" in warning for warning in full.warnings)
    assert not any("Cannot cache responses" in warning for warning in roomy.warnings)
