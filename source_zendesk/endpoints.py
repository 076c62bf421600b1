"""The table of all endpoints, computed from the manifest.

`python -m source_zendesk.endpoints --format csv|markdown`
"""

import argparse
import csv
import sys
from collections.abc import Iterable

from source_zendesk.manifest import Entry, Manifest

COLUMNS = ("method", "path", "stream", "kind")
MODES = {"read": "Streams", "sideload": "Streams", "input": "Streams that need arguments", "action": "Actions"}


def rows() -> list[tuple[str, str, str, str]]:
    """Method, path, stream and kind of every entry, by path."""
    found = [(entry.method, entry.endpoint, entry.name, entry.kind) for entry in Manifest.load().entries.values()]
    return sorted(found, key=lambda row: (row[1], row[0], row[2]))


def write_csv() -> None:
    """Print the table as CSV."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows())


def markdown() -> str:
    """The reference page of the streams."""
    entries = sorted(Manifest.load().entries.values(), key=lambda entry: entry.name)
    head = "# Streams\n\nGenerated from `manifest.yaml`; `make docs` writes it anew.\n"
    parts = [_section(title, [e for e in entries if MODES[e.kind] == title]) for title in dict.fromkeys(MODES.values())]
    return head + "".join(parts)


def _section(title: str, entries: list[Entry]) -> str:
    if not entries:
        return ""
    lines = [_line(entry) for entry in entries]
    table = "| stream | endpoint | family | key | cursor |\n| --- | --- | --- | --- | --- |\n" + "\n".join(lines)
    return f"\n## {title} ({len(entries)})\n\n{table}\n"


def _line(entry: Entry) -> str:
    cells: Iterable[str] = (
        f"`{entry.name}`",
        f"`{entry.method} {entry.endpoint}`",
        f"`{entry.family}`",
        ", ".join(entry.primary_key),
        entry.cursor_field,
    )
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Print the table in the format asked for."""
    parser = argparse.ArgumentParser(description="Lists every endpoint with its stream.")
    parser.add_argument("--format", choices=("csv", "markdown"), default="csv")
    if parser.parse_args().format == "csv":
        write_csv()
    else:
        sys.stdout.write(markdown())


if __name__ == "__main__":
    main()
