"""dlt loads the streams into PostgreSQL by the program of docs/usage.md and the example."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from examples import dlt_zendesk
from integration_tests.destinations.conftest import Account, check_two_loads, found_in
from integration_tests.destinations.environments import environment, run
from integration_tests.destinations.page import PAGE, blocks, with_replacements
from integration_tests.destinations.postgres import Postgres

pytestmark = pytest.mark.destinations


def test_all_recommended_streams_arrive_in_postgresql(account: Account, postgres: Postgres, tmp_path: Path) -> None:
    (install,) = re.findall(r"`(pip install \"dlt\[duckdb\]\"[^`]*)`", PAGE.read_text())
    programs = environment("dlt", with_replacements(install, {"dlt[duckdb]": "dlt[postgres]"}))
    (program,) = blocks("dlt", "python")
    changes = {'"duckdb"': '"postgres"', '["tickets", "users"]': "[]"}
    (tmp_path / "program.py").write_text(with_replacements(program, changes))
    shutil.copy(dlt_zendesk.__file__, tmp_path)
    server = f"postgresql://postgres:unused@127.0.0.1:{postgres.port}/postgres"
    env = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "DLT_DATA_DIR": str(tmp_path / "dlt"),
        "DESTINATION__POSTGRES__CREDENTIALS": server,
    }
    check_two_loads(
        account,
        lambda: run(programs / "python", "program.py", cwd=tmp_path, env=env),
        lambda: found_in(postgres, "support"),
    )
