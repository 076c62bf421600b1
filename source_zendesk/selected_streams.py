"""The streams that a configured catalog selects."""

import logging

from airbyte_cdk.models import ConfiguredAirbyteCatalog

from source_zendesk.extract.schema_drift import usable_schema
from source_zendesk.files.selection import select_streams
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.custom_objects import object_key, stream_name, with_object_streams
from source_zendesk.manifest.parent_ref import BRANDS
from source_zendesk.reconciliation import stream as reconciliation
from source_zendesk.reconciliation.counts import counting_streams
from source_zendesk.safe_names import is_escaped
from source_zendesk.settings import Settings

LOGGER = logging.getLogger("airbyte")
OLD_NAME = (
    "Stream %s: destinations change this name and may confuse it with others, so `discover` offers the stream as %s. "
    "This connection still reads it under the old name; if you select the new stream, it is read from the beginning"
)


class SelectedStreams:
    """The names of the selected streams, their `schemas` in the catalog, and those read `with_files`.

    `manifest` also contains the streams of the custom objects among them. Without a catalog, no stream is selected.
    Raises `ConfigError` if the catalog includes the files of a stream without files.
    """

    def __init__(self, catalog: ConfiguredAirbyteCatalog | None, manifest: Manifest, settings: Settings | None) -> None:
        streams = [configured.stream for configured in catalog.streams] if catalog else []
        self.names = [stream.name for stream in streams]
        self.schemas = {stream.name: usable_schema(stream.json_schema) for stream in streams}
        self._has_columns = settings is not None and settings.has_columns
        keys = {name: key for name in self.names if (key := object_key(name, manifest))}
        self.manifest = with_object_streams(manifest, keys) if self._has_columns else manifest
        self.with_files = select_streams(
            catalog, self.manifest, includes_all=bool(settings and settings.files_directory)
        )

    @property
    def has_reconciliation(self) -> bool:
        """Whether the stream `reconciliation` is selected."""
        return reconciliation.NAME in self.names

    def needed(self) -> list[str]:
        """The streams whose rows the read of the selected ones needs, besides those of their parents.

        These are the counts for `reconciliation`, the definitions of custom fields and objects, and the brands as the
        hosts of files.
        """
        endpoints, definitions = self.manifest.endpoints, self.manifest.content["definitions"]
        selected = [endpoints[name] for name in self.names if name in endpoints]
        counts = counting_streams(selected, self.manifest) if self.has_reconciliation else set()
        fields = [
            definitions["custom_objects"]["objects"],
            *(each["fields"] for each in definitions["custom_fields"].values()),
        ]
        return [*counts, *(fields if self._has_columns else []), *([BRANDS] if self.with_files else [])]

    def warn_of_old_names(self) -> None:
        """Log a warning for each stream of a custom object whose name an earlier version did not escape."""
        for endpoint in map(self.manifest.endpoints.get, self.names):
            if endpoint and endpoint.custom_object and not is_escaped(endpoint.name):
                LOGGER.warning(OLD_NAME, endpoint.name, stream_name(endpoint.custom_object, self.manifest))
