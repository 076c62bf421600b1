"""Repeats one command until it ends: reads the files of an account that kills the command again and again."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from integration_tests.file_account import STREAM, FileAccount
from integration_tests.harness import CONSOLE, configured_catalog, discover, parse_output

HIGH_WATER = re.compile(r"VmHWM:\s+(\d+) kB")
POLL_SECONDS = 0.02


@dataclass
class FileRuns:
    """The result of all runs: the path of each record's file, and the most memory of one in MB.

    `requested_again` and `replaced` are files that were complete before a run that requested or stored them.
    """

    paths: dict[int, str] = field(default_factory=dict)
    without_file: set[int] = field(default_factory=set)
    exit_codes: list[int] = field(default_factory=list)
    requested_again: set[int] = field(default_factory=set)
    replaced: set[int] = field(default_factory=set)
    megabytes: float = 0
    seconds: float = 0


def read_files(account: FileAccount, folder: Path) -> FileRuns:
    """Run the same command below the folder until it ends without a kill."""
    runs, line = FileRuns(), _command(account, folder)
    start = time.monotonic()
    while not runs.exit_codes or runs.exit_codes[-1] < 0:
        complete = {path: path.stat().st_ino for path in complete_files(folder)}
        before = account.requested.copy()
        with (folder / "messages").open("wb") as output:
            account.process = subprocess.Popen([str(CONSOLE), *line], stdout=output)
            watcher = threading.Thread(target=_watch_memory, args=(account.process.pid, runs))
            watcher.start()
            runs.exit_codes.append(account.process.wait())
        watcher.join()
        runs.requested_again |= set(map(_number, complete)) & set(account.requested - before)
        runs.replaced |= {_number(path) for path, inode in complete.items() if path.stat().st_ino != inode}
        _collect(folder, runs)
    runs.seconds = time.monotonic() - start
    return runs


def complete_files(folder: Path) -> list[Path]:
    """The files with their final names."""
    found = (path for path in (folder / "files").rglob("*") if path.is_file())
    return [path for path in found if path.suffix != ".part"]


def checksums(folder: Path) -> Iterator[tuple[int, str]]:
    """The number and the SHA-256 of each stored file."""
    for path in complete_files(folder):
        with path.open("rb") as file:
            digest = hashlib.sha256()
            while chunk := file.read(1_000_000):
                digest.update(chunk)
            yield _number(path), digest.hexdigest()


def _number(path: Path) -> int:
    return int(path.parent.name)


def _command(account: FileAccount, folder: Path) -> list[str]:
    catalog = configured_catalog(discover(account.config), [STREAM])
    catalog["streams"][0]["include_files"] = True
    for name, content in {"config.json": account.config, "catalog.json": catalog}.items():
        (folder / name).write_text(json.dumps(content))
    files = [f"--{name}={folder / name}.json" for name in ("config", "catalog")]
    return ["read", *files, "--state-file", str(folder / "state.json"), "--files", str(folder / "files")]


def _collect(folder: Path, runs: FileRuns) -> None:
    with (folder / "messages").open(encoding="utf-8", errors="replace") as lines:
        whole = [line for line in lines if line.endswith("\n")]
    for record in parse_output(whole).bodies("record"):
        number, reference = record["data"]["id"], record.get("file_reference")
        if reference:
            runs.paths[number] = reference["staging_file_url"]
        else:
            runs.without_file.add(number)


def _watch_memory(pid: int, runs: FileRuns) -> None:
    """Note the peak memory until the process ends."""
    with suppress(OSError):
        while found := HIGH_WATER.search(Path(f"/proc/{pid}/status").read_text()):
            runs.megabytes = max(runs.megabytes, int(found[1]) / 1024)
            time.sleep(POLL_SECONDS)
