"""Files after kills, and the memory of large ones."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from integration_tests.emulator import Emulator
from integration_tests.emulator.data.files import content_of
from integration_tests.file_account import CUTS, DROPPED, FAILED, THROTTLED, UNMARKED_CUT, FileAccount
from integration_tests.file_runs import FileRuns, checksums, complete_files, read_files
from integration_tests.harness import CONSOLE, Row, arguments, console, parse_output
from integration_tests.test_files import ARTICLES, PAGES, catalog_of, only, stored

LARGE = 50_000_000
MORE_MEMORY_IN_KB = 20_000
# The console script, which prints the most memory of its process in KB.
MEASURED = (
    "import resource, sys; from source_zendesk.cli.run import run; run(); "
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
)


class HalfServer:
    """Sends half of a body to each connection, and then nothing; `has_sent` is set after that."""

    def __init__(self, content: bytes) -> None:
        self._content, self.has_sent = content, threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        return f"http://localhost:{self._listening.getsockname()[1]}/a"

    @contextmanager
    def serving(self) -> Iterator[None]:
        threading.Thread(target=self._serve, daemon=True).start()
        with self._listening:
            yield

    def _serve(self) -> None:
        connected, _ = self._listening.accept()
        with connected:
            connected.recv(65536)
            head = f'HTTP/1.1 200 OK\r\nContent-Length: {len(self._content)}\r\nETag: "1"\r\n\r\n'
            connected.sendall(head.encode() + self._content[: len(self._content) // 2])
            self.has_sent.set()
            with suppress(ConnectionError):
                connected.recv(1)


def line_of(zendesk: Emulator, folder: Path, out: Path) -> list[str]:
    config = zendesk.config()
    files: Row = {"config": config, "catalog": catalog_of(config, ARTICLES)}
    return ["read", "--files", str(out), *arguments(folder, files)]


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_kill_leaves_no_file_with_its_final_name(size: int, zendesk: Emulator, tmp_path: Path) -> None:
    row, out = only(zendesk, size=size), tmp_path / "out"
    line, half = line_of(zendesk, tmp_path, out), HalfServer(content_of(row))
    zendesk.faults.add(PAGES, status=302, headers={"Location": half.url})
    with half.serving(), subprocess.Popen([str(CONSOLE), *line], stdout=subprocess.PIPE) as process:
        assert half.has_sent.wait(120)
        process.kill()
        output, _ = process.communicate()

    assert parse_output(output.decode().splitlines()).records[ARTICLES] == []
    assert [name for name in stored(out) if not name.endswith(".part")] == []

    config = zendesk.config()
    result = console("read", "--files", str(out), config=config, catalog=catalog_of(config, ARTICLES))
    assert result.errors == []
    (file,) = stored(out)
    assert (out / file).read_bytes() == content_of(row)


def most_memory(zendesk: Emulator, folder: Path, size: int) -> int:
    """The most memory in KB of a read with one file of this size."""
    row, out = only(zendesk, size=size), folder / str(size)
    line = [sys.executable, "-c", MEASURED, *line_of(zendesk, folder, out)]
    process = subprocess.run(line, capture_output=True, text=True, check=True)
    (file,) = stored(out)
    assert (out / file).stat().st_size == row["size"] == size
    return int(process.stderr.split()[-1])


def test_the_memory_does_not_grow_with_the_file(zendesk: Emulator, tmp_path: Path) -> None:
    small, large = (most_memory(zendesk, tmp_path, size) for size in (1000, LARGE))
    assert large - small < MORE_MEMORY_IN_KB


FILES, KILLS = 200, 5


@pytest.fixture(scope="module")
def account() -> Iterator[FileAccount]:
    with FileAccount(FILES).serving() as server:
        yield server


@pytest.fixture(scope="module")
def runs(account: FileAccount, tmp_path_factory: pytest.TempPathFactory) -> tuple[FileRuns, Path]:
    """One command, repeated after each kill, while responses are cut off, refused, throttled or missing."""
    total, folder = sum(file.size for file in account.available), tmp_path_factory.mktemp("killed")
    account.kills = [total * number // (KILLS + 1) for number in range(1, KILLS + 1)]
    return read_files(account, folder), folder


def test_the_command_ends_after_all_kills(runs: tuple[FileRuns, Path]) -> None:
    assert runs[0].exit_codes == [-signal.SIGKILL] * KILLS + [0]


def test_every_byte_of_every_file_is_correct_after_kills(account: FileAccount, runs: tuple[FileRuns, Path]) -> None:
    result, folder = runs
    assert dict(checksums(folder)) == {file.number: file.checksum() for file in account.available}
    assert sorted(map(str, complete_files(folder))) == sorted(result.paths.values())


def test_every_record_arrives_and_only_refused_files_are_missing(
    account: FileAccount, runs: tuple[FileRuns, Path]
) -> None:
    available = {file.number for file in account.available}
    assert set(runs[0].paths) == available
    assert runs[0].without_file == set(account.files) - available


def test_no_complete_file_is_downloaded_again_after_a_kill(account: FileAccount, runs: tuple[FileRuns, Path]) -> None:
    of_another_size = {file.number for file in account.available if file.declared_size != file.size}
    assert runs[0].replaced == set()
    assert runs[0].requested_again <= of_another_size
    failed = [
        file.number for file in account.available if file.kind in (*CUTS, UNMARKED_CUT, THROTTLED, FAILED, DROPPED)
    ]
    assert min(account.requested[number] for number in failed) > 1


def test_the_memory_does_not_grow_with_the_number_of_files(runs: tuple[FileRuns, Path], tmp_path: Path) -> None:
    with FileAccount(2).serving() as small:
        few = read_files(small, tmp_path)
    assert few.exit_codes == [0]
    assert runs[0].megabytes - few.megabytes < MORE_MEMORY_IN_KB / 1000
