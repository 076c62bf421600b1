"""The selected streams that a sync cannot read."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, StreamDescriptor
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.settings import Settings
from source_zendesk.settings.offered_streams import access_errors, available_endpoints
from source_zendesk.settings.states import state_errors
from source_zendesk.settings.unknown_streams import unavailability, unknown_stream_error


@dataclass(frozen=True)
class UnreadableStreams:
    """The error of each stream that a sync cannot read, by the kind of problem and the name of the stream."""

    errors: Mapping[str, Mapping[str, str]]

    @classmethod
    def find(
        cls, selected: Collection[str], manifest: Manifest, settings: Settings, states: ConnectorStateManager
    ) -> "UnreadableStreams":
        """The selected streams that are not available, those with a malformed state, and those without credentials."""
        available = {endpoint.name for endpoint in available_endpoints(manifest, settings)}
        unavailable: dict[str, dict[str, str]] = {}
        for name in selected:
            if name not in available:
                heading, error = (find(name, manifest, settings) for find in (unavailability, unknown_stream_error))
                unavailable.setdefault(heading, {})[name] = error
        known = [name for name in selected if name in available]
        return cls(
            {
                **unavailable,
                "Streams with a malformed state": state_errors(manifest, states, known),
                "Streams of a product without valid credentials": access_errors(manifest, settings, known),
            }
        )

    @property
    def by_name(self) -> dict[str, str]:
        """The last error of each stream."""
        return {name: error for errors in self.errors.values() for name, error in errors.items()}

    def messages(self) -> Iterator[AirbyteMessage]:
        """An error and the status INCOMPLETE for each stream."""
        for name, error in self.by_name.items():
            stream = StreamDescriptor(name=name)
            yield ConfigError(error).as_airbyte_message(stream_descriptor=stream)
            yield as_airbyte_message(stream, AirbyteStreamStatus.INCOMPLETE)

    def raise_error(self) -> None:
        """Raise `ConfigError` with the names of the streams, if there are any; call it after the read of the others."""
        problems = [f"{problem}: {', '.join(errors)}." for problem, errors in self.errors.items() if errors]
        if problems:
            raise ConfigError(f"{' '.join(problems)} The other streams were read.")
