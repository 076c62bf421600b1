"""The table of all endpoints, computed from the manifest.

`python -m source_zendesk.endpoints --format csv|markdown`
"""

import argparse
import csv
import io
from collections.abc import Iterator

from source_zendesk.manifest import Entry, Manifest
from source_zendesk.manifest.recommended import left_out
from source_zendesk.whole_text import print_whole

ROLES = ("anyone", "end users", "agents", "Help Center managers", "Help Center admins", "admins")
COLUMNS = ("method", "path", "stream", "kind", "product")
TITLES = {"read": "Streams", "sideload": "Streams", "input": "Streams that need arguments", "action": "Actions"}
FROM_PARENTS = {
    "follows_parent": "children of changed parents",
    "per_parent": "everything, emits changes",
    "none": "everything",
}
SINGLE_PAGES = ("one_page", "linked_pages")
HEAD = """# Streams

Generated from `manifest.yaml`; `make docs` writes it anew.

*Next run reads*: what an incremental run asks Zendesk for once there is a state: the changes alone, which Zendesk picks
out, or everything, of which the connector emits the changes. *Role*: who may call it, at least, and read the streams
whose rows it is asked for. *Better*: the stream that has the same records, or more, for fewer requests. *Cost*: what
reading everything takes. *Recommended*: whether the catalog has the stream without `catalog: complete`, or why not.
"""


def rows() -> list[tuple[str, ...]]:
    """Method, path, stream, kind and product of every entry, by path."""
    found = [
        (entry.method, entry.endpoint, entry.name, entry.kind, entry.product)
        for entry in Manifest.load().entries.values()
    ]
    return sorted(found, key=lambda row: (row[1], row[0], row[2]))


def as_csv() -> str:
    """The table as CSV."""
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([COLUMNS, *rows()])
    return table.getvalue()


def markdown() -> str:
    """The reference page of the streams."""
    manifest = Manifest.load()
    entries = sorted(manifest.entries.values(), key=lambda entry: entry.name)
    parts = [
        _section(title, [e for e in entries if TITLES[e.kind] == title]) for title in dict.fromkeys(TITLES.values())
    ]
    return HEAD + "".join(parts)


def _section(title: str, entries: list[Entry]) -> str:
    names = "| stream | endpoint | family | key | cursor | next run reads | role | plan | better | cost | recommended |"
    lines = [names, "| --- " * 11 + "|", *map(_line, entries)]
    return f"\n## {title} ({len(entries)})\n\n" + "\n".join(lines) + "\n"


def _line(entry: Entry) -> str:
    cells = (
        f"`{entry.name}`",
        f"`{entry.method} {entry.endpoint}`",
        f"`{entry.family}`",
        ", ".join(entry.primary_key),
        entry.cursor_field,
        _next_run(entry),
        role(entry),
        entry.plan,
        f"`{entry.better}`" if entry.better else "",
        cost(entry),
        _recommended(entry),
    )
    return "| " + " | ".join(cells) + " |"


def role(entry: Entry) -> str:
    """Who may read a stream or send an action, at least; a child needs what its parents need."""
    manifest = Manifest.load()
    parents = [role(manifest.entries[parent["stream"]]) for parent in entry.parents if "stream" in parent]
    return max([entry.role, *parents], key=ROLES.index)


def cost(entry: Entry) -> str:
    """What a stream takes to be read whole, or what one item of `inputs` or `actions` takes."""
    if entry.kind == "sideload" and (host := _host(entry)):
        return f"with `{host}`: none"
    paged = entry.retriever.get("pagination", SINGLE_PAGES[0]) not in SINGLE_PAGES
    if not entry.parents:
        return "by pages" if paged else "one request"
    each = " with each of ".join(_asked_for(entry))
    return f"one request{' or more' if paged else ''} for each {each}"


def _host(entry: Entry) -> str:
    """The stream whose pages a side-load is taken from, empty where it has pages of its own."""
    others = Manifest.load().entries.values()
    return next((other.name for other in others if other.kind == "read" and other.endpoint == entry.endpoint), "")


def _asked_for(entry: Entry) -> Iterator[str]:
    """The rows of each parent: by hundreds where it is asked so, some of them where they are picked by a query."""
    for parent in entry.parents:
        batch = [str(parent["batch"])] if "batch" in parent else []
        rows = [f"`{parent['stream']}`"] if "stream" in parent else []
        picked = [value for values in parent.get("query", {}).values() for value in values]
        values = [", ".join([*parent.get("values", []), *picked])]
        yield " ".join(filter(None, [*batch, *rows, *(f"({text})" if rows else text for text in values if text)]))


def _recommended(entry: Entry) -> str:
    if entry.kind in ("input", "action"):
        return "when named"
    return str(left_out(entry, Manifest.load().entries) or "yes")


def _next_run(entry: Entry) -> str:
    """What the run after a complete one asks Zendesk for, and what it emits of that."""
    if entry.kind == "action":
        return "what was not sent"
    if not entry.cursor_field:
        return "everything"
    cursor = entry.retriever["cursor"]
    if entry.parents:
        return "changes of each parent" if cursor == "changed_records_cursor" else FROM_PARENTS[entry.incremental]
    return "everything, emits changes" if cursor == "list_cursor" else "changes"


def main() -> None:
    """Print the table in the format asked for."""
    parser = argparse.ArgumentParser(description="Lists every endpoint with its stream.")
    parser.add_argument("--format", choices=("csv", "markdown"), default="csv")
    print_whole(as_csv() if parser.parse_args().format == "csv" else markdown())


if __name__ == "__main__":
    main()
