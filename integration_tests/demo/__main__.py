"""`make demo`: a full and an incremental sync of the emulator over HTTP, and results of the recipes."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import yaml

from integration_tests.demo.charts import CHARTS
from integration_tests.demo.connector import Connector, Sync, catalog_of, keys, read
from integration_tests.demo.page import RecipeResult, page
from integration_tests.demo.recipes import recipes
from integration_tests.demo.warehouse import Warehouse
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.seed_ids import FIRST, SPAN

ROOT = Path(__file__).resolve().parents[2]
DATABASE = Path("demo.duckdb")
PAGE = Path("demo.html")
TICKETS = 3000
TODAY = FIRST + SPAN + 51 * 86400
"""The first day after all seeded rows."""


def suggested_streams() -> list[str]:
    """The suggested streams of metadata.yaml."""
    metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text())
    names: list[str] = metadata["data"]["suggestedStreams"]["streams"]
    return names


def report(title: str, sync: Sync, streams: int, seconds: float) -> None:
    """Print the rows and seconds of each stream."""
    print(f"\n{title}: {sync.rows.total():,} rows in {seconds:.1f} s\n")
    print(f"  {'stream':<28}{'rows':>8}{'seconds':>10}")
    for name, rows in sorted(sync.rows.items()):
        print(f"  {name:<28}{rows:>8,}{sync.seconds.get(name, 0):>10.1f}")
    if idle := streams - len(sync.rows):
        print(f"  nothing new in {idle} other streams")


def solve_tickets(zendesk: Emulator, warehouse: Warehouse) -> int:
    """Solve tickets between the syncs; returns their number."""
    found = warehouse.query("SELECT id FROM tickets WHERE status IN ('new', 'open') ORDER BY id DESC LIMIT 10")["id"]
    for ticket in found:
        zendesk.store.update("tickets", ticket, status="solved", comment={"body": "Done, thank you.", "public": True})
    zendesk.clock.advance(minutes=10)
    return len(found)


def timed_read(title: str, connector: Connector, catalog: Path, warehouse: Warehouse, before: Sync | None) -> Sync:
    """Read, print the row counts, and load the rows into the warehouse."""
    begun, sync = time.monotonic(), Sync()
    warehouse.append(read(connector, catalog, sync, before))
    report(title, sync, len(warehouse.keys), time.monotonic() - begun)
    warehouse.load(sync.rows)
    return sync


def show_results(warehouse: Warehouse) -> None:
    """Print the results of the plotted recipes as tables, and write them as a page."""
    results = []
    for recipe in recipes():
        if recipe.title in CHARTS:
            print(f"\n{recipe.title}")
            warehouse.show(recipe.sql)
            results.append(RecipeResult(recipe, warehouse.query(recipe.sql)))
    about = f"{TICKETS:,} tickets of an emulated account, queried by docs/recipes.md. All times are UTC."
    PAGE.write_text(page(results, about))
    print(f"\nThe same with plots: {PAGE.resolve()} (open it in a browser)")
    print(f"The tables:          {DATABASE.resolve()} (DuckDB)")
    print("The queries:         docs/recipes.md")


def account_config(zendesk: Emulator) -> dict[str, object]:
    """The configuration; without AI agents, whose export has the last 30 days of today, not of the emulated day."""
    return zendesk.config(credentials=zendesk.client_credentials, ai_agents=None)


def demonstrate(folder: Path, zendesk: Emulator) -> None:
    """Run the demo."""
    connector = Connector(folder, account_config(zendesk))
    print(f"emulator  {zendesk.base_url}, seeded with {TICKETS:,} tickets")
    status = connector.single_message("check", "CONNECTION_STATUS")
    print(f"check     {status['status']}")
    if status["status"] != "SUCCEEDED":
        sys.exit(status["message"])
    catalog = catalog_of(connector, suggested_streams())
    print(f"read      the {len(catalog['streams'])} suggested streams")
    path = connector.write("catalog", catalog)
    DATABASE.unlink(missing_ok=True)
    warehouse = Warehouse(folder, keys(catalog), str(DATABASE))
    first = timed_read("first sync, everything", connector, path, warehouse, None)

    solved = solve_tickets(zendesk, warehouse)
    print(f"\n{solved} tickets are solved, ten minutes pass")
    timed_read("second sync, from the state of the first", connector, path, warehouse, first)
    show_results(warehouse)


def main() -> None:
    """Run the demo with a new account; only the database and the page remain."""
    with tempfile.TemporaryDirectory() as folder, Emulator(seed=1, tickets=TICKETS, now=TODAY) as zendesk:
        demonstrate(Path(folder), zendesk)


if __name__ == "__main__":
    main()
