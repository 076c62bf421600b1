"""Draws `docs/terminal.svg`, a read of the emulator at a terminal: `python -m tools.terminal_picture`."""

import fcntl
import io
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from integration_tests.emulator import Emulator

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "terminal.svg"
COLUMNS, ROWS = 108, 24
COMMANDS = (
    "source-zendesk check --config config.json",
    "source-zendesk catalog --config config.json tickets ticket_metrics users groups > catalog.json",
    "source-zendesk read --config config.json --catalog catalog.json --state-file state.json > messages.jsonl",
)
ERASE = "\x1b[2K"
CONTROL_SEQUENCES = re.compile(r"\x1b\[[0-9;?]*[A-Za-ln-z]|\r")
BLACK, WHITE = (28, 30, 38), (226, 228, 233)
THEME = TerminalTheme(BLACK, WHITE, [BLACK, *[WHITE] * 7])
"""Rich needs eight colors; the connector uses none."""


def output_at_terminal(command: str, folder: Path) -> str:
    """The output of a shell command at a pseudo-terminal, with control sequences."""
    terminal, shell_side = os.openpty()
    fcntl.ioctl(shell_side, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TERM": "xterm"}
    with subprocess.Popen(  # noqa: S603  # one of COMMANDS
        ["/bin/bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=shell_side,
        stdout=shell_side,
        stderr=shell_side,
    ):
        os.close(shell_side)
        output = b"".join(iter(lambda: _read(terminal), b""))
    os.close(terminal)
    return output.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the end of the output of a pseudo-terminal on Linux
        return b""


def visible_lines(output: str) -> list[str]:
    """The lines that remain on the screen, after the busiest view of the progress that fits, if there is one."""
    frames = [CONTROL_SEQUENCES.sub("", frame).strip("\n") for frame in output.split(ERASE)]
    views = [frame for frame in frames if "\n  reading " in frame and "…" not in frame]
    busiest = max(views, key=len, default="")
    return [*busiest.splitlines(), *frames[-1].splitlines()]


def draw(lines: list[str]) -> str:
    """The lines as SVG without fonts from the network."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for line in lines:
        console.print(Text(line), soft_wrap=True)
    svg = console.export_svg(title="source-zendesk", theme=THEME, unique_id="terminal")
    return re.sub(r"@font-face {.*?}\s*", "", svg, flags=re.DOTALL).replace("Fira Code, monospace", "monospace")


def main() -> None:
    """Run the commands against an emulated account and draw what they print."""
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder, Emulator(tickets=20_000, rows=2_000) as zendesk:
        config = zendesk.config(credentials=zendesk.client_credentials)
        (Path(folder) / "config.json").write_text(json.dumps(config))
        for command in COMMANDS:
            lines += [f"$ {command}", *visible_lines(output_at_terminal(command, Path(folder)))]
    PICTURE.write_text(draw(lines) + "\n")


if __name__ == "__main__":
    main()
