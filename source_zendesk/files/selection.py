"""The streams of a catalog that include their files."""

from airbyte_cdk.models import ConfiguredAirbyteCatalog

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest


def select_streams(
    catalog: ConfiguredAirbyteCatalog | None, manifest: Manifest, *, includes_all: bool = False
) -> frozenset[str]:
    """The streams of a catalog that set `include_files`, or with `includes_all` every stream with files.

    Raises `ConfigError` if a stream that sets `include_files` has no files.
    """
    streams = catalog.streams if catalog else []
    selected = {each.stream.name for each in streams if each.include_files}
    check_streams(selected & manifest.endpoints.keys(), manifest, "`include_files` of the catalog")
    if includes_all:
        return frozenset(_streams_with_files(manifest)) & {each.stream.name for each in streams}
    return frozenset(selected)


def check_streams(names: set[str], manifest: Manifest, option: str) -> None:
    """Raise `ConfigError` with the option that names the streams if one of them has no files."""
    available = _streams_with_files(manifest)
    if without := sorted(names.difference(available)):
        raise ConfigError(
            f"{option}: streams without files: {', '.join(without)}. Streams with files: {', '.join(available)}."
        )


def _streams_with_files(manifest: Manifest) -> list[str]:
    return sorted(endpoint.name for endpoint in manifest.endpoints.values() if endpoint.has_files)


def check_directory_is_used(directory: str | None, selected: frozenset[str]) -> None:
    """Raise `ConfigError` if a directory is set, and no stream includes its files."""
    if directory and not selected:
        raise ConfigError(
            "--files: no stream of the catalog includes its files. Create the catalog by "
            "`source-zendesk catalog --files STREAM`."
        )
