"""The `streams` command: what each stream contains and costs, from the installed package."""

import argparse
import csv
import fnmatch
import io
import re
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple, dataclass, fields
from importlib.metadata import metadata
from typing import Any
from urllib.parse import urljoin

from source_zendesk.cli import terminal
from source_zendesk.endpoints import read_cost, recommendation
from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog import sync_modes
from source_zendesk.manifest.custom_objects import object_key
from source_zendesk.manifest.resources import load_schema
from source_zendesk.manifest.roles import agent_alternative, least_role
from source_zendesk.printable import printable_line
from source_zendesk.reconciliation import stream as reconciliation
from source_zendesk.request_card import RequestCard
from source_zendesk.settings.inputs import suggestions

TITLE_WIDTH, TYPE_WIDTH = 15, 18
NARROWEST_TEXT, WIDEST_TEXT = 30, 120
WILDCARDS = set("*?[")
OBJECT_STREAM = (
    "%s is the stream of a custom object: with `custom_fields` set to `columns`, `source-zendesk discover` lists those "
    "of the account."
)


@dataclass(frozen=True)
class StreamRow:
    """A stream in the list; each field is a column."""

    stream: str
    kind: str
    sync_mode: str
    role: str
    plan: str
    cost: str
    recommended: str
    description: str

    @classmethod
    def from_endpoint(cls, endpoint: Endpoint) -> "StreamRow":
        """The row of an endpoint."""
        return cls(
            stream=endpoint.name,
            kind=endpoint.kind,
            sync_mode=sync_modes(endpoint)[-1].value,
            role=least_role(endpoint, Manifest.load().endpoints),
            plan=endpoint.options.plan,
            cost=read_cost(endpoint),
            recommended=recommendation(endpoint),
            description=load_schema(endpoint.schema, endpoint.product)["description"],
        )


RECONCILIATION = StreamRow(
    reconciliation.NAME,
    kind="read",
    sync_mode="full_refresh",
    role="agents",
    plan="",
    cost="two requests for each counted stream",
    recommended="yes",
    description="Comparison of the records of each stream with Zendesk's own counts",
)


def stream_lines(args: argparse.Namespace) -> Iterator[str]:
    """The stream with the name `args.pattern` in full, otherwise a list of the streams that match it.

    The list is a table at a terminal and CSV otherwise. Raises `ConfigError` if no stream matches.
    """
    manifest = Manifest.load()
    pattern = args.pattern.strip().lower()
    if pattern in manifest.endpoints:
        yield from _endpoint_details(manifest.endpoints[pattern], manifest)
    elif pattern == reconciliation.NAME:
        yield from _details(asdict(RECONCILIATION), reconciliation.SCHEMA)
    elif rows := _matching_rows(pattern, manifest):
        yield from _table_lines(rows) if terminal.is_stdout_terminal() else _csv_lines(rows)
    else:
        raise ConfigError(_no_match(pattern, manifest))


def _matching_rows(pattern: str, manifest: Manifest) -> list[StreamRow]:
    """The streams of the product, and those with the pattern in their name, at the start of a word.

    If there are none, those with the pattern in their description.
    """
    rows = [*map(StreamRow.from_endpoint, manifest.endpoints.values()), RECONCILIATION]
    of_product = {each.name for each in manifest.endpoints.values() if each.product == pattern.replace(" ", "_")}
    rows.sort(key=lambda row: row.stream)
    if WILDCARDS & set(pattern):
        return [row for row in rows if fnmatch.fnmatchcase(row.stream, pattern)]
    word = re.compile(rf"(?<![a-z0-9]){re.escape(pattern)}")
    return [row for row in rows if row.stream in of_product or word.search(row.stream)] or [
        row for row in rows if word.search(row.description.lower())
    ]


def _no_match(pattern: str, manifest: Manifest) -> str:
    shown = printable_line(pattern)
    if object_key(pattern, manifest):
        return OBJECT_STREAM % shown
    hint = suggestions(pattern, [*manifest.endpoints, reconciliation.NAME]) or "."
    return f"No stream matches {shown}{hint} `source-zendesk streams` lists all of them."


def _csv_lines(rows: list[StreamRow]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(each.name for each in fields(StreamRow))
    writer.writerows(map(astuple, rows))
    yield text.getvalue().removesuffix("\n")


def _table_lines(rows: list[StreamRow]) -> Iterator[str]:
    """Two lines for each stream: its description, then sync mode, least role, plan and cost."""
    width = max(len(row.stream) for row in rows) + 2
    lines = [("stream", "description", "sync mode", "least role", "plan", "requests of a full read")]
    for row in rows:
        mode = row.kind if row.kind in ("action", "input") else row.sync_mode.replace("_", " ")
        lines.append((row.stream, row.description, mode, row.role, row.plan or "every plan", row.cost))
    for name, description, *facts in lines:
        yield from (*_wrapped(name, description, width), *_wrapped("", " | ".join(facts), width))


def _endpoint_details(endpoint: Endpoint, manifest: Manifest) -> Iterator[str]:
    card = asdict(RequestCard.from_endpoint(endpoint, manifest))
    row = StreamRow.from_endpoint(endpoint)
    if alternative := agent_alternative(endpoint, manifest.endpoints):
        card["role"] += f"; agents can read `{alternative}` instead"
    facts = {
        "stream": card.pop("stream"),
        "description": row.description,
        "recommended": row.recommended,
        "sync_mode": row.sync_mode,
        **card,
    }
    yield from _details(facts, manifest.record_schema(endpoint))


def _details(facts: Mapping[str, str], schema: Mapping[str, Any]) -> Iterator[str]:
    """The facts about a stream, a line for each, and the fields of its records."""
    for name, value in {**facts, "documentation": _page_address()}.items():
        yield from _wrapped(name.replace("_", " "), value)
    yield "\nfields"
    properties: Mapping[str, Mapping[str, Any]] = schema["properties"]
    width = max(map(len, properties)) + 3
    for name, each in properties.items():
        text = f"{_type(each):{TYPE_WIDTH}} {each.get('description', '')}".rstrip()
        yield from _wrapped(f"  {name}", text, width, TYPE_WIDTH + 1)


def _wrapped(title: str, text: str, width: int = TITLE_WIDTH, indent: int = 0) -> list[str]:
    """The text beside a title, in lines that fit; words, paths and addresses are not broken."""
    head, rest = f"{title:{width}}", " " * (width + indent)
    return textwrap.wrap(
        text,
        max(_width(), len(rest) + NARROWEST_TEXT),
        initial_indent=head,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _type(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type", [])
    names = [kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"]
    return " ".join([*names, *([f"({schema['format']})"] if "format" in schema else [])])


def _page_address() -> str:
    """The address of `docs/streams.md` beside the page that the package names as its documentation."""
    labels = (line.partition(", ") for line in metadata("airbyte-source-zendesk").get_all("Project-URL") or [])
    return next((urljoin(address, "streams.md") for label, _, address in labels if label == "Documentation"), "")


def _width() -> int:
    return min(shutil.get_terminal_size().columns, WIDEST_TEXT) if terminal.is_stdout_terminal() else WIDEST_TEXT
