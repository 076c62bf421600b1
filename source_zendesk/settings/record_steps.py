"""What the configuration wants done with the records of a stream before they are emitted."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from source_zendesk.components.reading.custom_columns import CUSTOM, CustomColumns
from source_zendesk.components.reading.declared import Declared
from source_zendesk.components.reading.wiring import RecordStep
from source_zendesk.manifest import Entry
from source_zendesk.messages.findings import Findings
from source_zendesk.settings.config import COLLECT, has_columns

LOGGER = logging.getLogger("airbyte")
Facts = Mapping[str, Mapping[str, Any]]


def record_steps(
    entry: Entry,
    own: Mapping[str, Any],
    config: Mapping[str, Any],
    column_facts: Facts,
    catalog: Mapping[str, Any],
    findings: Findings,
) -> Iterator[RecordStep]:
    """The steps of a stream by its `own` schema and the `catalog`'s; the last sees records as they are emitted."""
    if has_columns(config):
        if entry.schema in column_facts and CUSTOM not in catalog.get("properties", {}):
            LOGGER.warning(
                "Stream %s: its catalog declares no `%s`, so it has no columns; discover again to have them, unless "
                "they are meant to be left out",
                entry.name,
                CUSTOM,
            )
        yield CustomColumns(entry.name, entry.schema, column_facts, catalog, findings)
    yield Declared(entry.name, catalog, own, findings, collects=config["unknown_fields"] == COLLECT)
