"""The table of all endpoints, computed from the manifest.

`python -m source_zendesk.endpoints --format csv|markdown`
"""

import argparse
import csv
import io
from collections.abc import Iterator

from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog_policy import find_exclusion
from source_zendesk.stdout import print_text

ROLES = ("anyone", "end users", "agents", "Help Center managers", "Help Center admins", "admins")
COLUMNS = ("method", "path", "stream", "kind", "product")
TITLES = {"read": "Streams", "sideload": "Streams", "input": "Streams that need arguments", "action": "Actions"}
FROM_PARENTS = {
    "follows_parent": "children of changed parents",
    "per_parent": "everything, emits changes",
    "none": "everything",
}
SINGLE_PAGES = ("single_page_paginator", "linked_paginator")
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
        (endpoint.method, endpoint.path, endpoint.name, endpoint.kind, endpoint.product)
        for endpoint in Manifest.load().endpoints.values()
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
    endpoints = sorted(manifest.endpoints.values(), key=lambda endpoint: endpoint.name)
    parts = [
        _section(title, [e for e in endpoints if TITLES[e.kind] == title]) for title in dict.fromkeys(TITLES.values())
    ]
    return HEAD + "".join(parts)


def _section(title: str, endpoints: list[Endpoint]) -> str:
    names = "| stream | endpoint | family | key | cursor | next run reads | role | plan | better | cost | recommended |"
    lines = [names, "| --- " * 11 + "|", *map(_line, endpoints)]
    return f"\n## {title} ({len(endpoints)})\n\n" + "\n".join(lines) + "\n"


def _line(endpoint: Endpoint) -> str:
    cells = (
        f"`{endpoint.name}`",
        f"`{endpoint.method} {endpoint.path}`",
        f"`{endpoint.family}`",
        ", ".join(endpoint.primary_key),
        endpoint.cursor_field,
        _next_run(endpoint),
        role(endpoint),
        endpoint.plan,
        f"`{endpoint.preferred_stream}`" if endpoint.preferred_stream else "",
        cost(endpoint),
        _recommended(endpoint),
    )
    return "| " + " | ".join(cells) + " |"


def role(endpoint: Endpoint) -> str:
    """Who may read a stream or send an action, at least; a child needs what its parents need."""
    manifest = Manifest.load()
    parents = [role(manifest.endpoints[parent["stream"]]) for parent in endpoint.parents if "stream" in parent]
    return max([endpoint.role, *parents], key=ROLES.index)


def cost(endpoint: Endpoint) -> str:
    """What a stream takes to be read whole, or what one item of `inputs` or `actions` takes."""
    if endpoint.kind == "sideload" and (host := _host(endpoint)):
        return f"with `{host}`: none"
    paged = endpoint.retriever.get("paginator", SINGLE_PAGES[0]) not in SINGLE_PAGES
    if not endpoint.parents:
        return "by pages" if paged else "one request"
    each = " with each of ".join(_asked_for(endpoint))
    return f"one request{' or more' if paged else ''} for each {each}"


def _host(endpoint: Endpoint) -> str:
    """The stream whose pages a side-load is taken from, empty where it has pages of its own."""
    others = Manifest.load().endpoints.values()
    return next((other.name for other in others if other.kind == "read" and other.path == endpoint.path), "")


def _asked_for(endpoint: Endpoint) -> Iterator[str]:
    """The rows of each parent: by hundreds where it is asked so, some of them where they are picked by a query."""
    for parent in endpoint.parents:
        batch = [str(parent["batch"])] if "batch" in parent else []
        rows = [f"`{parent['stream']}`"] if "stream" in parent else []
        picked = [value for values in parent.get("query", {}).values() for value in values]
        values = [", ".join([*parent.get("values", []), *picked])]
        yield " ".join(filter(None, [*batch, *rows, *(f"({text})" if rows else text for text in values if text)]))


def _recommended(endpoint: Endpoint) -> str:
    if endpoint.kind in ("input", "action"):
        return "when named"
    return str(find_exclusion(endpoint, Manifest.load().endpoints) or "yes")


def _next_run(endpoint: Endpoint) -> str:
    """What the run after a complete one asks Zendesk for, and what it emits of that."""
    if endpoint.kind == "action":
        return "what was not sent"
    if not endpoint.cursor_field:
        return "everything"
    cursor = endpoint.retriever["cursor"]
    if endpoint.parents:
        return "changes of each parent" if cursor == "changed_records_cursor" else FROM_PARENTS[endpoint.incremental]
    return "everything, emits changes" if cursor == "list_cursor" else "changes"


def main() -> None:
    """Print the table in the format asked for."""
    parser = argparse.ArgumentParser(description="Lists every endpoint with its stream.")
    parser.add_argument("--format", choices=("csv", "markdown"), default="csv")
    print_text(as_csv() if parser.parse_args().format == "csv" else markdown())


if __name__ == "__main__":
    main()
