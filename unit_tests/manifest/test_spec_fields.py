"""The specification determines which fields are secret, and which words messages use."""

from source_zendesk.manifest import Manifest
from source_zendesk.manifest.spec_fields import public_fields, spec_words
from unit_tests.spec_rules import fields

FIELDS = list(fields(Manifest.load().spec["connection_specification"]))


def test_the_words_are_the_names_of_all_fields_and_the_values_that_they_list() -> None:
    names = {path.rpartition(".")[2] for path, _ in FIELDS}
    values = {value for _, schema in FIELDS for value in (*schema.get("enum", []), schema.get("const"))} - {None}
    assert spec_words() == names | values
    assert {"chat", "json", "www.zopim.com", "app_key", "recommended"} <= spec_words()


def test_a_field_that_is_secret_in_one_object_is_not_public() -> None:
    secret = {path.rpartition(".")[2] for path, schema in FIELDS if schema.get("airbyte_secret")}
    assert {"client_id", "api_token", "key_secret"} <= secret
    assert public_fields() == {path.rpartition(".")[2] for path, _ in FIELDS} - secret
    assert {"email", "scope", "host", "app_id", "subdomain"} <= public_fields()
