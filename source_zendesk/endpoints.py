"""The table of all endpoints, computed from the manifest.

`python -m source_zendesk.endpoints --format csv`
"""

import argparse
import csv
import io
from collections.abc import Iterator

from source_zendesk.extract.cursors.base import Cursor
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog_policy import find_exclusion
from source_zendesk.manifest.endpoint import SINGLE_PAGE
from source_zendesk.manifest.record_schema import volatile_fields
from source_zendesk.manifest.roles import least_role
from source_zendesk.stdout import print_text

COLUMNS = ("method", "path", "stream", "kind", "product")
TITLES = {"read": "Streams", "sideload": "Streams", "input": "Streams that need arguments", "action": "Actions"}
SINGLE_PAGE_PAGINATORS = ("", SINGLE_PAGE, "$linked_paginator")
HEAD = """# Streams

Generated from `manifest.yaml` by `make docs`.

- *incremental read*: the records that an incremental sync requests after the first one. *changes*: Zendesk returns only
  changed records. *changes of each parent*: one request or more for each parent record, which returns only changed
  records. *all, emits changes*: Zendesk returns every record, and the connector emits the changed ones. *all: ... may
  change alone*: the connector emits every record, because these fields may change without the cursor field.
- *role*: the least role that may call the endpoint and read its parent streams.
- *preferred stream*: a stream with the same records, or more, for fewer requests.
- *cost*: the requests of a full read. *paginated*: one for each page. All recommended streams together: see
  [requests of a sync](#requests-of-a-sync).
- *recommended*: whether `discover` lists the stream without `catalog: complete`, or why not.
"""


def endpoint_rows() -> list[tuple[str, ...]]:
    """Method, path, stream, kind and product of every entry, by path."""
    rows = [
        (endpoint.method, endpoint.path, endpoint.name, endpoint.kind, endpoint.product)
        for endpoint in Manifest.load().endpoints.values()
    ]
    return sorted(rows, key=lambda row: (row[1], row[0], row[2]))


def render_csv() -> str:
    """The table as CSV."""
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([COLUMNS, *endpoint_rows()])
    return table.getvalue()


def render_markdown(introduction: str = "") -> str:
    """The text of `docs/streams.md`, with further sections before the tables of streams."""
    manifest = Manifest.load()
    endpoints = sorted(manifest.endpoints.values(), key=lambda endpoint: endpoint.name)
    sections = [
        _section(title, [e for e in endpoints if TITLES[e.kind] == title]) for title in dict.fromkeys(TITLES.values())
    ]
    return HEAD + introduction + "".join(sections)


def _section(title: str, endpoints: list[Endpoint]) -> str:
    names = (
        "| stream | endpoint | family | primary key | cursor field | incremental read | role | plan "
        "| preferred stream | cost | recommended |"
    )
    lines = [names, "| --- " * 11 + "|", *map(_line, endpoints)]
    return f"\n## {title} ({len(endpoints)})\n\n" + "\n".join(lines) + "\n"


def _line(endpoint: Endpoint) -> str:
    cells = (
        f"`{endpoint.name}`",
        f"`{endpoint.method} {endpoint.path}`",
        f"`{endpoint.family}`",
        ", ".join(endpoint.primary_key),
        endpoint.cursor_field,
        incremental_read(endpoint),
        least_role(endpoint, Manifest.load().endpoints),
        endpoint.options.plan,
        f"`{endpoint.options.preferred_stream}`" if endpoint.options.preferred_stream else "",
        read_cost(endpoint),
        recommendation(endpoint),
    )
    return "| " + " | ".join(cells) + " |"


def read_cost(endpoint: Endpoint) -> str:
    """The requests of a full read, or of one item of `inputs` or `actions`."""
    if endpoint.kind == "sideload" and (host := _host_stream(endpoint)):
        options = endpoint.options
        changed = f"; `{options.changes_from}` for parents whose records changed" if options.changes_from else ""
        further = f"; `{options.rest_from}` for parents with further records" if options.rest_from else ""
        return f"none: part of `{host}`{changed}{further}"
    if upload := endpoint.options.upload:
        return f"{'two requests' if upload.path else 'one request'} and one to a storage host"
    is_paginated = endpoint.options.paginator not in SINGLE_PAGE_PAGINATORS
    if not endpoint.parents:
        return "paginated" if is_paginated else "one request"
    sources = list(_partition_sources(endpoint))
    each = sources[0] if len(sources) == 1 else f"combination of {' and '.join(sources)}"
    return f"one request{' or more' if is_paginated else ''} for each {each}"


def _host_stream(endpoint: Endpoint) -> str:
    """The stream whose pages contain a sideload stream, empty if the sideload stream has pages of its own."""
    others = Manifest.load().endpoints.values()
    return next((other.name for other in others if other.kind == "read" and other.path == endpoint.path), "")


def _partition_sources(endpoint: Endpoint) -> Iterator[str]:
    """The records or values of each parent, with the batch size and the filter of a parent that has one."""
    for parent in endpoint.parents:
        batch = [str(parent.batch)] if parent.batch else []
        source = parent.stream or parent.setting
        stream = [f"`{source}`"] if source else []
        filters = [value for values in parent.query.values() for value in values]
        values = [", ".join([*parent.values, *filters])]
        yield " ".join(filter(None, [*batch, *stream, *(f"({text})" for text in values if text)]))


def recommendation(endpoint: Endpoint) -> str:
    """`yes` if `discover` lists the stream without `catalog: complete`; otherwise when, or why not."""
    if endpoint.kind in ("input", "action"):
        return "if configured"
    return str(find_exclusion(endpoint, Manifest.load().endpoints) or "yes")


def incremental_read(endpoint: Endpoint) -> str:
    """The records that an incremental sync requests after a complete one, and those that it emits."""
    if endpoint.kind == "action":
        return "unsent actions"
    if not endpoint.cursor_field:
        return "all"
    if endpoint.follows_parents:
        return "children of changed parents"
    if not load_cursor(endpoint).server_filter:
        volatile = ", ".join(f"`{name}`" for name in volatile_fields(endpoint))
        return f"all: {volatile} may change alone" if volatile else "all, emits changes"
    return "changes of each parent" if endpoint.parents else "changes"


def load_cursor(endpoint: Endpoint) -> Cursor:
    """The cursor of a stream without a configuration."""
    definition = Manifest.load().component(endpoint, "incremental_cursor")
    return Cursor.from_definition(definition, {}, endpoint.cursor_field)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Lists every endpoint with its stream.")
    parser.add_argument("--format", choices=("csv",), default="csv")
    parser.parse_args()
    print_text(render_csv())


if __name__ == "__main__":
    main()
