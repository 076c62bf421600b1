"""Configs, catalogs and states of Airbyte's connector are accepted, for all of its streams."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from integration_tests.emulator import Emulator
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.harness import Result, Row, State, run
from integration_tests.interrupted_syncs import NOW
from integration_tests.samples import combine, group_of, sample
from source_zendesk import times
from source_zendesk.manifest import Manifest

DATA = Path(__file__).resolve().parents[1] / "unit_tests" / "data" / "airbyte_streams.json"
THEIRS: dict[str, Row] = json.loads(DATA.read_text())
OURS = Manifest.load().endpoints
COMMON = sample(sorted(set(THEIRS) & set(OURS)), lambda name: group_of(OURS[name]))
INCREMENTAL = [name for name in COMMON if THEIRS[name]["cursor"]]
START = "2020-01-01T00:00:00Z"
THEN = "2025-01-01T00:00:00Z"
EPOCH = epoch_of(THEN)
READ_WHOLE = {
    *("articles", "categories", "sections", "posts", "topics", "article_comments", "article_attachments"),
    *("post_comments", "article_votes", "article_comment_votes", "post_votes", "post_comment_votes"),
    "side_conversations",
}
"""Streams that restart with a state of Airbyte's connector."""
VOLATILE = {"custom_roles"}
"""Lists that Zendesk returns in full, and whose rows can change without their cursor: all rows are emitted."""

LOGINS: dict[str, Row] = {
    "4.9, API token": {"credentials": "api_token", "email": "owner@example.com", "api_token": "emulated-token"},
    "4.9, OAuth": {
        "credentials": "oauth2.0", "access_token": "emulated-access-token", "client_id": "of the platform",
        "client_secret": "of the platform",
    },
    "5.x, OAuth with refresh": {
        "credentials": "oauth2_refresh", "client_id": "emulated-client", "client_secret": "emulated-secret",
    },
}  # fmt: skip
FIELDS: dict[str, Row] = {
    "4.9, API token": {"num_workers": 1, "ignore_pagination": False},
    "4.9, OAuth": {"num_workers": 3, "ignore_pagination": True},
    "5.x, OAuth with refresh": {"num_workers": 4, "page_size": 100, "ticket_search_lookback_days": 3},
}


def schema_of(fields: dict[str, str]) -> Row:
    """A JSON schema like Airbyte's, with only its top level."""
    properties: Row = {}
    for name, kind in fields.items():
        types, _, form = kind.partition(":")
        properties[name] = {"type": ["null", *types.split("|")]} | ({"format": form} if form else {})
    return {"type": ["null", "object"], "properties": properties}


def catalog(names: list[str]) -> Row:
    """A configured catalog of Airbyte's connector."""
    streams = []
    for name in names:
        theirs = THEIRS[name]
        cursor = [theirs["cursor"]] if theirs["cursor"] else []
        modes = ["full_refresh", "incremental"] if cursor else ["full_refresh"]
        stream = {
            "name": name,
            "json_schema": schema_of(theirs["fields"]),
            "supported_sync_modes": modes,
            "source_defined_cursor": bool(cursor),
            "default_cursor_field": cursor,
            "source_defined_primary_key": [[key] for key in theirs["key"]],
        }
        chosen = {"sync_mode": modes[-1], "cursor_field": cursor, "primary_key": stream["source_defined_primary_key"]}
        streams.append({"stream": stream, "destination_sync_mode": "append_dedup" if cursor else "overwrite", **chosen})
    return {"streams": streams}


@dataclass
class Account:
    """An account, and a read with a catalog of Airbyte's connector and without a state."""

    zendesk: Emulator

    def read(self, names: list[str], state: State | None = None, **config: Any) -> Result:
        settings = {**self.zendesk.config(start_date=START, page_size=100, num_workers=4), **config}
        return run("read", config=settings, catalog=catalog(names), state=state)

    @cached_property
    def first(self) -> Result:
        return self.read(COMMON)


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with Emulator(seed=5, rows=40, tickets=60, now=NOW, frozen=True) as zendesk:
        yield Account(zendesk)


@pytest.mark.parametrize("version", LOGINS)
def test_a_saved_airbyte_config_is_accepted(version: str, account: Account) -> None:
    login = dict(LOGINS[version])
    if login["credentials"] == "api_token":
        login["api_token"] = account.zendesk.account.login.api_token
    if login["credentials"] == "oauth2_refresh":
        issued = account.zendesk.oauth.issue(expires_in=86400)
        login |= {"refresh_token": issued.refresh, "access_token": issued.access}
        login["token_expiry_date"] = times.iso(times.now() + 3600)
    saved = {"subdomain": "acme", "start_date": START, "credentials": login, **FIELDS[version]}
    (spec,) = run("spec").bodies("spec")
    before = json.dumps(saved)
    migrated = {**saved, "num_workers": max(saved["num_workers"], 2)}
    assert list(Draft7Validator(spec["connectionSpecification"]).iter_errors(migrated)) == []
    config = {**saved, "base_url": account.zendesk.base_url}
    assert run("check", config=config).connection_status == {"status": "SUCCEEDED"}
    result = run("read", config=config, catalog=catalog(["tags", "macros"]))
    assert result.errors == []
    assert len(result.records["macros"]) == len(account.zendesk.expected("GET", "/api/v2/macros"))
    assert json.dumps(saved) == before


@pytest.mark.parametrize("name", COMMON)
def test_a_saved_airbyte_catalog_is_read(name: str, account: Account) -> None:
    result = account.first
    assert result.stream_errors.get(name) is None
    assert result.statuses[name][-1] == "COMPLETE"
    assert result.records[name]


@pytest.mark.parametrize("name", INCREMENTAL)
def test_every_row_has_the_cursor_field_of_airbytes_connector(name: str, account: Account) -> None:
    cursor = THEIRS[name]["cursor"]
    assert [row for row in account.first.records[name] if cursor not in row] == []
    assert any(row[cursor] for row in account.first.records[name])


def test_metrics_of_a_changed_ticket_have_a_later_time() -> None:
    with Emulator(seed=5, rows=4, tickets=9, frozen=True) as zendesk:
        own = Account(zendesk)
        first = own.read(["ticket_metrics"])
        zendesk.clock.advance(hours=2)
        zendesk.store.update("tickets", 3, subject="changed")
        zendesk.clock.advance(hours=2)
        second = own.read(["ticket_metrics"], first.state)
    before, after = (
        {row["ticket_id"]: row["_ab_updated_at"] for row in result.records["ticket_metrics"]}
        for result in (first, second)
    )
    assert after[3] > before[3]


def test_missing_streams_are_named_and_the_others_read(account: Account) -> None:
    missing = sorted(set(THEIRS) - set(OURS))
    result = account.read([*missing, "tags", "macros"])
    assert {name: statuses[-1] for name, statuses in result.statuses.items()} == {
        **dict.fromkeys(missing, "INCOMPLETE"),
        "tags": "COMPLETE",
        "macros": "COMPLETE",
    }
    assert [name for name in missing if not any(name in error for error in result.errors)] == []


def by_partition(cursor: str, value: Any) -> Row:
    return {"states": [{"partition": {"id": 1, "parent_slice": {}}, "cursor": {cursor: value}}], "parent_state": {}}


SHAPES: dict[str, Any] = {
    "ISO 8601": lambda cursor: {cursor: THEN},
    "with an offset": lambda cursor: {cursor: "2025-01-01T00:00:00+0000"},
    "with microseconds": lambda cursor: {cursor: "2025-01-01T00:00:00.000000+00:00"},
    "epoch seconds as text": lambda cursor: {cursor: str(EPOCH)},
    "epoch seconds": lambda cursor: {cursor: EPOCH},
    "of the versions in Python": lambda cursor: {cursor: THEN, "_last_end_time": EPOCH},
    "global": lambda cursor: {"use_global_cursor": True, "state": {cursor: str(EPOCH)}, "lookback_window": 9},
    "by partition": lambda cursor: {**by_partition(cursor, str(EPOCH)), "use_global_cursor": False},
    "slices of dates": lambda cursor: {
        "state_type": "date-range",
        "slices": [{"start": START, "end": THEN, "most_recent_cursor_value": THEN}],
        "legacy": {cursor: THEN},
    },
    "none": lambda _: {},
    "a full sync": lambda _: {"__ab_full_refresh_sync_complete": True},
    "no cursor": lambda _: {"__ab_no_cursor_state_message": True},
}
KNOWN = [shape for shape in SHAPES if shape not in ("slices of dates", "none", "a full sync", "no cursor")]
"""The state formats that contain a time."""


def saved(shape: str) -> State:
    """The state file of a connection with all streams in this format."""
    full: Row = {"__ab_full_refresh_sync_complete": True}
    states = {name: SHAPES[shape](THEIRS[name]["cursor"]) if THEIRS[name]["cursor"] else full for name in COMMON}
    return [
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": state}}
        for name, state in states.items()
    ]


CASES = combine(COMMON, SHAPES)
"""The streams that are read with a state in each format."""


def streams_with(shape: str) -> list[str]:
    return [name for name, format_ in CASES if format_ == shape]


@pytest.fixture(scope="module")
def resumed(account: Account) -> dict[str, Result]:
    return {shape: account.read(streams_with(shape), saved(shape)) for shape in SHAPES}


def keys(name: str, rows: list[Row]) -> set[str]:
    return {json.dumps([row[key] for key in THEIRS[name]["key"]] or row, sort_keys=True) for row in rows}


def time_of(name: str, row: Row, account: Account) -> int | None:
    """The update time of a row in its stream's cursor; for identities, that of the user."""
    if name == "user_identities":
        (row,) = (user for user in account.first.records["users"] if user["id"] == row["user_id"])
    return times.epoch(row.get(THEIRS[name]["cursor"]))


def changed_since(name: str, account: Account) -> set[str]:
    """The keys of rows since the state's time, and of rows without a time."""
    rows = [(time_of(name, row, account), row) for row in account.first.records[name]]
    return keys(name, [row for time, row in rows if time is None or time >= EPOCH])


def old(name: str, rows: list[Row], account: Account) -> list[Row]:
    """The rows older than the state's time less any lookback."""
    bound = EPOCH - 2 * times.DAY_IN_SECONDS
    return [row for row in rows if (time := time_of(name, row, account)) is not None and time < bound]


@pytest.mark.parametrize(("name", "shape"), CASES)
def test_every_row_since_a_saved_state_is_emitted(
    name: str, shape: str, account: Account, resumed: dict[str, Result]
) -> None:
    result = resumed[shape]
    assert result.stream_errors.get(name) is None
    assert result.statuses[name][-1] == "COMPLETE"
    everything = account.first.records[name]
    wanted = changed_since(name, account) if shape in KNOWN else keys(name, everything)
    assert wanted
    assert wanted <= keys(name, result.records[name]) <= keys(name, everything)


@pytest.mark.parametrize(
    ("name", "shape"),
    [(name, shape) for name, shape in CASES if name in {*INCREMENTAL} - READ_WHOLE - VOLATILE and shape in KNOWN],
)
def test_rows_before_a_saved_state_are_not_emitted(
    name: str, shape: str, account: Account, resumed: dict[str, Result]
) -> None:
    assert old(name, resumed[shape].records[name], account) == []
    assert old(name, account.first.records[name], account)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_following_run_resumes_from_a_native_state(
    shape: str, account: Account, resumed: dict[str, Result]
) -> None:
    before = resumed[shape]
    names = streams_with(shape)
    after = account.read(names, before.state)
    assert after.errors == []
    for name in set(names) & set(INCREMENTAL):
        assert not {"states", "slices", "_last_end_time", "use_global_cursor"} & set(after.state_of(name)), name
        assert len(after.records[name]) <= len(before.records[name]), name
