"""Meltano loads the streams into files and PostgreSQL by the project and the commands of docs/usage.md."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from integration_tests.destinations.conftest import Account, check_two_loads, found_in
from integration_tests.destinations.environments import ROOT, environment, run
from integration_tests.destinations.page import blocks, with_replacements
from integration_tests.destinations.postgres import Postgres

pytestmark = pytest.mark.destinations


@dataclass
class Project:
    """The page's project in a folder."""

    folder: Path
    programs: Path
    commands: str

    def run(self, target: str) -> None:
        """Run the page's commands with one of its targets."""
        commands = re.sub("(?<=^meltano run tap-zendesk )target-postgres", target, self.commands, flags=re.MULTILINE)
        path = f"{self.programs}{os.pathsep}{os.environ['PATH']}"
        run("bash", "-euc", commands, cwd=self.folder, env={"PATH": path})

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """The records of the files of target-jsonl by stream, and removes the files."""
        found = {}
        for file in self.folder.glob("*.jsonl"):
            found[file.name.rpartition("-")[0]] = [orjson.loads(line) for line in file.read_text().splitlines()]
            file.unlink()
        return found


def project(account: Account, folder: Path, port: int, select: list[str] | None, **target: Any) -> Project:
    """The page's project for the emulated account; with another selection, and more settings of target-postgres."""
    (content,) = [yaml.safe_load(block) for block in blocks("Meltano", "yaml")]
    (extractor,), (_, postgres) = content["plugins"]["extractors"], content["plugins"]["loaders"]
    config = {name: value for name, value in account.config.items() if name != "credentials"}
    extractor["config"] |= config
    extractor["config"]["credentials"]["client_id"] = account.config["credentials"]["client_id"]
    extractor |= {"pip_url": f"-e {ROOT}", "select": select or extractor["select"]}
    postgres["config"] |= {"host": "127.0.0.1", "port": port, "default_target_schema": "meltano"} | target
    (folder / "meltano.yml").write_text(yaml.safe_dump(content))
    (commands,) = blocks("Meltano", "sh")
    install, _, rest = commands.partition("\n")
    secret = account.config["credentials"]["client_secret"]
    names = {"CLIENT_SECRET=...": f"CLIENT_SECRET={secret}", "PASSWORD=...": "PASSWORD=unused"}
    return Project(folder, environment("meltano", install), with_replacements(rest, names))


def test_the_selected_streams_arrive_in_files(account: Account, tmp_path: Path) -> None:
    made = project(account, tmp_path, 0, None)
    made.run("target-jsonl")
    counts, tickets = account.expected()
    rows = made.rows()
    assert {name: len(some) for name, some in rows.items()} == {name: counts[name] for name in ("tickets", "users")}
    assert {row["id"]: (row["external_id"], row["subject"]) for row in rows["tickets"]} == tickets
    account.change()
    made.run("target-jsonl")
    assert Counter(row["subject"] for row in made.rows()["tickets"]) == {"changed": 1, "created": 1}


def test_the_run_after_a_failed_one_resumes_from_its_state(account: Account, tmp_path: Path) -> None:
    made = project(account, tmp_path, 0, ["tickets.*", "groups.*"])
    counts, tickets = account.expected()
    account.zendesk.faults.add("groups", status=401, times=99)
    with pytest.raises(AssertionError, match="Extractor failed"):
        made.run("target-jsonl")
    assert {row["id"] for row in made.rows()["tickets"]} == set(tickets)
    account.zendesk.faults.clear()
    made.run("target-jsonl")
    assert {name: len(some) for name, some in made.rows().items()} == {"groups": counts["groups"]}


def test_all_recommended_streams_arrive_in_files(account: Account, tmp_path: Path) -> None:
    made = project(account, tmp_path, 0, ["*.*", "!tickets.description"])
    made.run("target-jsonl")
    counts, tickets = account.expected()
    rows = made.rows()
    assert {name: len(some) for name, some in rows.items()} == counts
    assert {row["id"] for row in rows["tickets"] if "description" not in row} == set(tickets)


def test_all_recommended_streams_arrive_in_postgresql(account: Account, postgres: Postgres, tmp_path: Path) -> None:
    made = project(account, tmp_path, postgres.port, ["*.*"])
    # The target marks the records of streams without a key that a later run replaced.
    current = "WHERE _sdc_deleted_at IS NULL"
    check_two_loads(account, lambda: made.run("target-postgres"), lambda: found_in(postgres, "meltano", current))


def test_a_stream_without_key_is_replaced(account: Account, postgres: Postgres, tmp_path: Path) -> None:
    settings = {"default_target_schema": "replaced", "hard_delete": True}
    made = project(account, tmp_path, postgres.port, ["account_settings.*"], **settings)
    for _ in range(2):
        made.run("target-postgres")
        assert postgres.query("SELECT count(*) FROM replaced.account_settings") == [[1]]
