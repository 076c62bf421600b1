"""The directory in which files are stored."""

import tempfile
from pathlib import Path

from airbyte_cdk.sources.utils.files_directory import get_files_directory

from source_zendesk.errors import ConfigError


def prepare_directory(name: str | None) -> Path:
    """The absolute path of a directory, by default of the platform's; creates it if it does not exist.

    Raises `ConfigError` if it cannot be written.
    """
    try:
        directory = Path(name or get_files_directory()).absolute()
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"Files cannot be stored in {name or get_files_directory()} ({cause}). Set `read --files`, "
            "`files.directory` of the configuration, or the environment variable AIRBYTE_STAGING_DIRECTORY, to a "
            "directory that the connector can write."
        ) from error
    return directory
