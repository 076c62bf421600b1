"""Files of an account that cuts, refuses and throttles downloads, and kills the connector five times."""

import shutil
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.report import Section
from integration_tests.file_account import FileAccount
from integration_tests.file_runs import FileRuns, checksums, read_files

KILLS = 5


def section(bench: Bench) -> Section:
    """The cost of all runs until the command ends, for some numbers of files."""
    note = (
        f"`suspended_ticket_attachments` with files of 0 bytes to 50 MB. The same command is repeated after {KILLS} "
        "kills (SIGKILL), after equal shares of the bytes. Of each hundred files, three are cut off, three are refused "
        "(403, 404, 410), two have another size than in their record, and one each is throttled (429), fails (500) or "
        "gets no response. All checksums are compared; *again* are complete files that a later run downloaded again. "
        "*MB* is the content, *sent* what the storage sent: a kill loses the files that are being downloaded. Memory "
        "is the peak of any run."
    )
    columns = ("files", "MB", "sent, MB", "requests", "seconds", "memory, MB", "wrong bytes", "again")
    return Section("Files", note, columns, [_row(bench.at.folder / "files", count) for count in bench.scale.files])


def _row(folder: Path, count: int) -> list[str]:
    folder.mkdir()
    try:
        with FileAccount(count).serving() as account:
            size = sum(file.size for file in account.available)
            account.kills = [size * number // (KILLS + 1) for number in range(1, KILLS + 1)]
            runs = read_files(account, folder)
            wrong = _check(account, runs, folder)
    finally:
        shutil.rmtree(folder)
    return [
        f"{len(account.files):,}", f"{size / 1e6:,.0f}", f"{account.sent / 1e6:,.0f}", f"{account.requests:,}",
        f"{runs.seconds:.0f}", f"{runs.megabytes:.0f}", f"{wrong}", f"{len(runs.replaced)}",
    ]  # fmt: skip


def _check(account: FileAccount, runs: FileRuns, folder: Path) -> int:
    """The number of files with another checksum; RuntimeError if records or files are missing."""
    expected, found = {file.number: file.checksum() for file in account.available}, dict(checksums(folder))
    if runs.exit_codes[-1] or runs.paths.keys() != expected.keys() or found.keys() != expected.keys():
        raise RuntimeError(f"{len(found)} of {len(expected)} files and {len(runs.paths)} records with a file arrived")
    return sum(found[number] != checksum for number, checksum in expected.items())
