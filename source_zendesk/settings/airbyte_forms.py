"""The errors for credentials that are copied from a configuration of Airbyte's connectors, in which they differ."""

from typing import Any

from source_zendesk.errors import ConfigError
from source_zendesk.settings.field_values import is_unset
from source_zendesk.settings.validation import Schema


def check_airbyte_form(field: str, block: Any, schema: Schema) -> None:
    """Raise `ConfigError` with the remedy for credentials in the form of Airbyte's source-zendesk-chat, -sell or -talk.

    `field` is that of the credentials in the configuration, and `schema` their schema. Others are not checked.
    """
    if not isinstance(block, dict):
        return
    if isinstance(block.get("credentials"), dict):
        raise ConfigError(
            f"`{field}`: it is the whole configuration of a connector of Airbyte; put the content of its `credentials` "
            f"into `{field}`."
        )
    has_kind = not is_unset(block.get("credentials"))
    if not has_kind and not is_unset(block.get("auth_type")):
        raise ConfigError(f"`{field}.auth_type`: rename `auth_type` to `credentials`.")
    known = {name for alternative in schema["oneOf"] for name in alternative["properties"]}
    if not is_unset(block.get("api_token")) and "api_token" not in known and "access_token" in known:
        more = "" if has_kind else ', and add `"credentials": "access_token"`'
        raise ConfigError(f"`{field}.api_token`: rename `api_token` to `access_token`{more}.")
