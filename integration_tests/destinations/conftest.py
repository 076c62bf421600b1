"""The PostgreSQL server, and an account whose records every destination must have."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from integration_tests.destinations.postgres import Postgres, serve_postgres
from integration_tests.emulator import Emulator
from integration_tests.harness import Row, configured_catalog, run

Counts = dict[str, int]
Tickets = dict[int, tuple[str, str]]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for all tests; each uses a schema of its own."""
    with serve_postgres() as server:
        yield server


@dataclass
class Account:
    """An emulated account, with external ids that only a text can hold."""

    zendesk: Emulator
    folder: Path

    def __post_init__(self) -> None:
        for ticket in self.zendesk.store.all("tickets"):
            self.zendesk.store.update("tickets", ticket["id"], external_id=f"{ticket['id']:05}")
        self.zendesk.clock.advance(minutes=10)
        (self.folder / "config.json").write_text(json.dumps(self.config))

    @property
    def config(self) -> Row:
        """The configuration of the connector."""
        return self.zendesk.config(credentials=self.zendesk.client_credentials)

    def change(self) -> None:
        """Change one ticket and create another."""
        (first, *_) = self.zendesk.store.all("tickets")
        self.zendesk.store.update("tickets", first["id"], subject="changed")
        self.zendesk.store.create("tickets", external_id="00000", subject="created", requester_id=first["requester_id"])
        self.zendesk.clock.advance(minutes=10)

    def expected(self) -> tuple[Counts, Tickets]:
        """The number of keys of each recommended stream that has records, and each ticket's external id and subject."""
        catalog = run("discover", config=self.config).catalog
        records = run("read", config=self.config, catalog=configured_catalog(catalog, [*catalog])).records
        counts = {}
        for name, rows in records.items():
            key = [column for (column,) in catalog[name].get("source_defined_primary_key") or []]
            counts[name] = len({tuple(row[column] for column in key) for row in rows}) if key else len(rows)
        return counts, {row["id"]: (row["external_id"], row["subject"]) for row in records["tickets"]}


@pytest.fixture
def account(zendesk: Emulator, tmp_path: Path) -> Account:
    """A small account with `config.json` in the test's folder."""
    return Account(zendesk, tmp_path)


def check_two_loads(account: Account, load: Callable[[], object], found: Callable[[], tuple[Counts, Tickets]]) -> None:
    """Load everything, change the account, load the changes: each time, the destination has exactly the records."""
    load()
    assert found() == account.expected()
    account.change()
    load()
    counts, tickets = account.expected()
    assert [subject for _, subject in tickets.values()].count("changed") == 1
    assert found() == (counts, tickets)


def found_in(postgres: Postgres, schema: str, current: str = "") -> tuple[Counts, Tickets]:
    """What a schema of PostgreSQL contains, as `Account.expected`; `current` selects rows that are not deleted."""
    listed = postgres.query(f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}'")
    counts = {
        name: postgres.query(f'SELECT count(*) FROM {schema}."{name}" {current}')[0][0]
        for (name,) in listed
        if not name.startswith("_")
    }
    tickets = postgres.query(f"SELECT id, external_id, subject FROM {schema}.tickets")
    return {name: count for name, count in counts.items() if count}, {row[0]: (row[1], row[2]) for row in tickets}
