"""Validation of a configuration by the schema of the specification."""

from collections.abc import Iterable, Mapping
from typing import Any

from jsonschema import Draft7Validator, ValidationError
from jsonschema.exceptions import relevance

from source_zendesk.errors import ConfigError
from source_zendesk.settings.config import without_unset


def check_specification(config: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Raise `ConfigError` with the field if the schema rejects the configuration; unset fields are ignored.

    The error contains no values, because some are secrets.
    """
    error = _most_specific(Draft7Validator(schema).iter_errors(without_unset(config)))
    if error is not None:
        missing = _missing_fields(error)
        parts = [*error.absolute_path, *missing[:1]]
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
        expected = "it is missing" if missing else f"expected {error.validator} {error.validator_value}"
        raise ConfigError(f"`{path.removeprefix('.')}`: {expected}.")


def _most_specific(errors: Iterable[ValidationError]) -> ValidationError | None:
    """The most specific error; among the alternatives of a schema, the error of the best match."""
    error = max(errors, key=relevance, default=None)
    return (_most_specific(error.context) or error) if error is not None else None


def _missing_fields(error: Any) -> list[str]:
    required = error.validator_value if error.validator == "required" else []
    return [name for name in required if name not in error.instance]
