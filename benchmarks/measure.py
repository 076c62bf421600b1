"""The cost of a command: seconds, CPU seconds and peak memory."""

import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HIGH_WATER = re.compile(r"VmHWM:\s+(\d+) kB")
POLL_SECONDS = 0.02
NOWHERE = Path(os.devnull)


@dataclass(frozen=True)
class Cost:
    """The cost of a command."""

    seconds: float
    cpu: float
    megabytes: float


def measure(command: Sequence[str], environment: Mapping[str, str], folder: Path, output: Path = NOWHERE) -> Cost:
    """Run a command in a folder, with stdout in `output`; RuntimeError if it fails."""
    start = time.monotonic()
    with output.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.DEVNULL, env={**environment}, cwd=folder)
        megabytes = _peak_memory(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, megabytes)


def _peak_memory(pid: int) -> float:
    """Peak memory in MB, returned when the process has ended; `ru_maxrss` would include this process, its parent."""
    peak = 0
    while found := HIGH_WATER.search(Path(f"/proc/{pid}/status").read_text()):
        peak = int(found[1])
        time.sleep(POLL_SECONDS)
    return peak / 1024
