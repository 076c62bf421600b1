"""A secret that equals a word of the configuration is not redacted, so messages stay readable."""

from typing import Any

import pytest
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.spec_fields import public_fields
from source_zendesk.output import redaction
from source_zendesk.settings import Settings
from unit_tests.spec_rules import fields

MANIFEST = Manifest.load()
SCHEMA = MANIFEST.spec["connection_specification"]
KINDS = [kind["properties"]["credentials"]["const"] for kind in SCHEMA["properties"]["credentials"]["oneOf"]]
FIELDS = [(path, path.rpartition(".")[2], schema) for path, schema in fields(SCHEMA)]
LISTED = [[*schema.get("enum", []), *filter(None, [schema.get("const")])] for _, _, schema in FIELDS]
WORDS = sorted({*(name for _, name, _ in FIELDS), *(word for words in LISTED for word in words), "true", "false"})
BLOCKS = ["credentials", *MANIFEST.accounts]


@pytest.mark.parametrize("block", BLOCKS)
def test_no_name_and_no_listed_value_of_the_specification_is_redacted(block: str) -> None:
    for word in WORDS:
        redaction.reset({block: {"access_token": word}})
        assert filter_secrets(" ".join(WORDS)) == " ".join(WORDS)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_secret_of_a_block_is_redacted_and_its_other_fields_are_not(block: str) -> None:
    names = {path: name for path, name, _ in FIELDS if path.startswith(f"{block}.")}
    secret = {name for path, name, schema in FIELDS if path in names and schema.get("airbyte_secret")}
    redaction.reset({block: {name: f"value-of-{name}" for name in names.values()}})
    shown = {name for name in names.values() if filter_secrets(f"value-of-{name}") == f"value-of-{name}"}
    assert secret
    assert shown == {*names.values()} - secret


@pytest.mark.parametrize("content", [{"misspelled": "t0k3n-value"}, {"credentials": {"access_token": "t0k3n-value"}}])
def test_texts_of_unknown_fields_and_of_nested_objects_are_redacted(content: Any) -> None:
    assert "misspelled" not in public_fields()
    redaction.reset({"chat": content})
    assert filter_secrets("t0k3n-value is no token") == "**** is no token"


@pytest.mark.parametrize("word", KINDS)
@pytest.mark.parametrize("field", ["api_token", "password", "client_id"])
def test_the_listed_kinds_of_credentials_are_not_redacted(field: str, word: str) -> None:
    config = {"subdomain": "acme", "credentials": {field: word, "refresh_token": "a-real-secret"}}
    with pytest.raises(ConfigError) as refused:
        Settings.parse(config, MANIFEST)
    assert f"expected one of {', '.join(KINDS)};" in filter_secrets(str(refused.value.message))
    assert filter_secrets("a-real-secret") == "****"
