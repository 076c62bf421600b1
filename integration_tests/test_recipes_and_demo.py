"""Recipes return rows, the demo works, and request counts match docs/usage.md."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from integration_tests.demo.__main__ import TODAY, account_config
from integration_tests.demo.charts import CHARTS
from integration_tests.demo.page import RecipeResult, page
from integration_tests.demo.recipes import PAGE, Recipe, recipes
from integration_tests.demo.warehouse import Warehouse
from integration_tests.emulator import Emulator
from integration_tests.harness import Row, discover, run, sync
from source_zendesk.manifest import Manifest

ROOT = Path(__file__).resolve().parents[1]
USAGE = ROOT / "docs" / "usage.md"
COST = re.compile(r"^\| (`\w+`(?:, `\w+`)*) \| [^|]+ \| ([^|]+) \| (?:exports|plan|none) \|", re.MULTILINE)
TICKETS = 1100


def rows_per_request() -> dict[str, int]:
    """The rows per request of each stream in the table of docs/usage.md; 0 for sideload streams."""
    found: dict[str, int] = {}
    for names, rows in COST.findall(USAGE.read_text()):
        numbers = [int(number.replace(",", "")) for number in rows.split(", ")] if rows[0].isdigit() else [0]
        found |= dict(zip(re.findall(r"\w+", names), numbers, strict=True))
    return found


@dataclass
class Synced:
    """One read of every stream in the recipes and the table of costs."""

    warehouse: Warehouse
    rows: dict[str, int]
    requests: Counter[str]


def redact_a_comment(zendesk: Emulator) -> None:
    (comment, *_) = zendesk.store.children("comments", ticket_id=1)
    zendesk.store.change_comment(comment["id"], lambda row: row.update(body="▇"), "CommentRedactionEvent")
    zendesk.clock.advance(minutes=5)


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Synced:
    names = sorted({*rows_per_request(), *(stream for recipe in recipes() for stream in recipe.streams)})
    with Emulator(tickets=TICKETS) as zendesk:
        config = zendesk.config(credentials=zendesk.client_credentials)
        catalog = discover(config)
        redact_a_comment(zendesk)
        zendesk.clear_requests()
        read = sync(config, names)
        requests = Counter(request.path for request in zendesk.requests)
    keys = {name: [key for (key,) in catalog[name]["source_defined_primary_key"]] for name in names}
    warehouse = Warehouse(tmp_path_factory.mktemp("rows"), keys)
    warehouse.append({"stream": name, "data": row} for name in names for row in read.records[name])
    rows = {name: len(read.records[name]) for name in names}
    warehouse.load(rows)
    return Synced(warehouse, rows, requests)


def test_every_query_in_the_docs_is_parsed_as_a_recipe() -> None:
    assert len(recipes()) == PAGE.read_text().count("```sql") == len(re.findall("^## ", PAGE.read_text(), re.MULTILINE))


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.title)
def test_a_recipe_returns_rows_from_its_listed_streams(recipe: Recipe, synced: Synced) -> None:
    result = synced.warehouse.query(recipe.sql)
    assert result.rows
    assert all(any(value not in (None, 0) for value in result[column]) for column in result.columns)
    assert {table for table in synced.rows if re.search(rf"\b(FROM|JOIN) {table}\b", recipe.sql)} == set(recipe.streams)


def test_the_demo_file_opens_in_old_versions_of_duckdb(tmp_path: Path) -> None:
    database = Warehouse(tmp_path, {}, str(tmp_path / "demo.duckdb")).database
    oldest = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = 'demo'"
    assert database.sql(oldest).fetchall() == [("v1.0.0+",)]


def test_the_demo_page_is_self_contained_and_plots_each_recipe(synced: Synced) -> None:
    results = [RecipeResult(one, synced.warehouse.query(one.sql)) for one in recipes() if one.title in CHARTS]
    written = page(results, "A <test>")
    assert [one.recipe.title for one in results] == list(CHARTS)
    assert written.count("<svg") == written.count("<figure") == len(CHARTS)
    assert "A &lt;test&gt;" in written
    assert re.findall(r"<(?:script|link|iframe|img)|url\((?!#)|(?:src|href)=\"(?!#|data:)", written) == []
    assert len(written) < 300_000


@pytest.mark.parametrize(("stream", "rows"), rows_per_request().items())
def test_request_counts_match_the_page(stream: str, rows: int, synced: Synced) -> None:
    path = Manifest.load().endpoints[stream].path
    if rows:
        assert synced.requests[path] == -(-synced.rows[stream] // rows)
    else:
        hosts = [
            name for name, many in rows_per_request().items() if many and Manifest.load().endpoints[name].path == path
        ]
        assert len(hosts) == 1


def test_the_page_lists_request_counts_of_suggested_streams() -> None:
    assert len(rows_per_request()) > 8


def test_the_printed_emulator_config_is_usable() -> None:
    line = [sys.executable, "-m", "integration_tests.emulator", "--port", "0", "--rows", "5", "--tickets", "5"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        printed = b"".join(iter(process.stdout.readline, b"}\n")) + b"}"
        config: Row = orjson.loads(printed)
        checked = run("check", config=config)
        process.terminate()
    assert config["credentials"]["credentials"] == "client_credentials"
    assert checked.connection_status["status"] == "SUCCEEDED", checked.connection_status


def test_the_config_of_the_demo_passes_the_check() -> None:
    with Emulator(seed=1, rows=5, tickets=5, now=TODAY) as zendesk:
        checked = run("check", config=account_config(zendesk))
    assert checked.connection_status == {"status": "SUCCEEDED"}


def test_a_port_in_use_is_an_error_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        line = [sys.executable, "-m", "integration_tests.emulator", "--port", str(taken.getsockname()[1])]
        ended = subprocess.run(line, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "make emulator PORT=0" in ended.stderr
    assert "Traceback" not in ended.stderr
