"""The transformations of a stream's records that the configuration asks for."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from source_zendesk.extract.custom_fields import CUSTOM, CustomFieldsTransformation
from source_zendesk.extract.schema_drift import SchemaDriftDetector
from source_zendesk.extract.stream_context import RecordTransformation
from source_zendesk.manifest import Endpoint
from source_zendesk.output.schema_drift_report import SchemaDriftReport
from source_zendesk.settings.config import COLLECT, has_columns

LOGGER = logging.getLogger("airbyte")
Facts = Mapping[str, Mapping[str, Any]]


def build_transformations(
    endpoint: Endpoint,
    own: Mapping[str, Any],
    config: Mapping[str, Any],
    column_facts: Facts,
    catalog: Mapping[str, Any],
    drift_report: SchemaDriftReport,
) -> Iterator[RecordTransformation]:
    """The steps of a stream by its `own` schema and the `catalog`'s; the last sees records as they are emitted."""
    if has_columns(config):
        if endpoint.schema in column_facts and CUSTOM not in catalog.get("properties", {}):
            LOGGER.warning(
                "Stream %s: its catalog declares no `%s`, so it has no columns; discover again to have them, unless "
                "they are meant to be left out",
                endpoint.name,
                CUSTOM,
            )
        yield CustomFieldsTransformation(endpoint.name, endpoint.schema, column_facts, catalog, drift_report)
    yield SchemaDriftDetector(endpoint.name, catalog, own, drift_report, collects=config["unknown_fields"] == COLLECT)
