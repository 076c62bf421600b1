"""Builds the record transformations of a stream from the configuration."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from source_zendesk.extract.custom_fields import CUSTOM, CustomFieldsTransformation
from source_zendesk.extract.schema_drift import SchemaDriftDetector
from source_zendesk.extract.stream_context import RecordTransformation
from source_zendesk.manifest import Endpoint
from source_zendesk.output.schema_drift_report import SchemaDriftReport
from source_zendesk.settings import Settings

LOGGER = logging.getLogger("airbyte")
CustomFieldOptions = Mapping[str, Mapping[str, Any]]


def build_transformations(
    endpoint: Endpoint,
    schema: Mapping[str, Any],
    settings: Settings,
    custom_field_options: CustomFieldOptions,
    catalog: Mapping[str, Any],
    drift_report: SchemaDriftReport,
) -> Iterator[RecordTransformation]:
    """The transformations of a stream with this `schema` and `catalog` schema; drift detection runs last."""
    if settings.has_columns:
        if endpoint.schema in custom_field_options and CUSTOM not in catalog.get("properties", {}):
            LOGGER.warning(
                "Stream %s: its catalog declares no `%s`, so custom fields get no columns; run discover again to add "
                "them, unless you left them out on purpose",
                endpoint.name,
                CUSTOM,
            )
        yield CustomFieldsTransformation(endpoint.name, endpoint.schema, custom_field_options, catalog, drift_report)
    collects = settings.collects_unknown_fields
    yield SchemaDriftDetector(endpoint.name, catalog, schema, drift_report, collects=collects)
