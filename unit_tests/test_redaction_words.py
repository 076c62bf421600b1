"""A secret that equals a word of the configuration is not redacted, so messages stay readable."""

from collections.abc import Iterator
from typing import Any

import pytest
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.output import redaction
from source_zendesk.settings import Settings

SCHEMA = Manifest.load().spec["connection_specification"]
KINDS = [kind["properties"]["credentials"]["const"] for kind in SCHEMA["properties"]["credentials"]["oneOf"]]


def words(schema: Any) -> Iterator[str]:
    """The field names and the listed values of a schema."""
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from words(inner)
    yield from [*schema.get("enum", []), *filter(None, [schema.get("const")])]
    for inner in [*schema.get("oneOf", []), *filter(None, [schema.get("items")])]:
        yield from words(inner)


def test_own_words_are_the_words_of_the_specification() -> None:
    assert set(words(SCHEMA)) == redaction.OWN_WORDS - {"true", "false"}


@pytest.mark.parametrize("word", KINDS)
@pytest.mark.parametrize("field", ["api_token", "password", "auth_type", "client_id"])
def test_the_listed_kinds_of_credentials_are_not_redacted(field: str, word: str) -> None:
    config = {"subdomain": "acme", "credentials": {field: word, "refresh_token": "a-real-secret"}}
    with pytest.raises(ConfigError) as refused:
        Settings.parse(config, Manifest.load())
    assert f"expected one of {', '.join(KINDS)};" in filter_secrets(str(refused.value.message))
    assert filter_secrets("a-real-secret") == "****"
