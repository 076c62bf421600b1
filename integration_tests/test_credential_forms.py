"""Credentials in another form than the expected one are refused, and the error names the remedy."""

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import Row, configured_catalog, discover, run
from integration_tests.test_product_accounts import MANIFEST, PRODUCTS, streams_of

FORMS = {"credentials": MANIFEST.spec["connection_specification"]["properties"]["credentials"]} | {
    name: account.config for name, account in MANIFEST.accounts.items()
}
COPIED = {
    "Bearer abc": "enter the value without `Bearer ` before it",
    "basic abc": "enter the value without `Basic ` before it",
    "...": "enter the value in place of the dots of the example",
}
TOKENS = {"access_token", "api_token"}
SECRETS = [
    (field, form["properties"]["credentials"]["const"], name)
    for field in FORMS
    for form in FORMS[field]["oneOf"]
    for name, schema in form["properties"].items()
    if schema.get("airbyte_secret")
]


def field_names(field: str) -> set[str]:
    """The names of the fields of all kinds of credentials."""
    return {name for form in FORMS[field]["oneOf"] for name in form["properties"]}


def assert_refused(zendesk: Emulator, field: str, block: Row, error: str) -> None:
    """Assert that `check` has this error, and that a stream with these credentials fails by it."""
    complete = zendesk.config()
    config, name = complete | {field: block}, streams_of(field)[0].name if field in PRODUCTS else "groups"
    assert error in run("check", config=config).connection_status["message"]
    result = run("read", config=config, catalog=configured_catalog(discover(complete), [name]))
    assert any(error in each for each in result.errors)
    assert result.exit_code == 1
    assert result.records == {}


def filled(field: str, kind: str) -> Row:
    """Credentials of this kind with a value in each required field."""
    (form,) = [each for each in FORMS[field]["oneOf"] if each["properties"]["credentials"]["const"] == kind]
    values = {name: ["a"] if form["properties"][name]["type"] == "array" else "a" for name in form["required"]}
    return values | {"credentials": kind}


@pytest.mark.parametrize(("field", "kind", "secret"), SECRETS)
def test_a_secret_with_the_scheme_of_a_header_or_from_an_example_is_refused(
    field: str, kind: str, secret: str, quiet_zendesk: Emulator
) -> None:
    for value, error in COPIED.items():
        if secret == "password" and value != "...":
            continue
        block = {**filled(field, kind), secret: f" {value}\n"}
        assert_refused(quiet_zendesk, field, block, f"`{field}.{secret}`: {error}.")


@pytest.mark.parametrize("product", PRODUCTS)
def test_padding_around_a_secret_is_no_part_of_it(product: str, quiet_zendesk: Emulator) -> None:
    config = quiet_zendesk.config()
    secret = next(name for field, kind, name in SECRETS if (field, kind) == (product, config[product]["credentials"]))
    block = config[product] | {secret: f"\n {config[product][secret]}\t"}
    assert run("check", config=config | {product: block}).connection_status == {"status": "SUCCEEDED"}


@pytest.mark.parametrize("field", FORMS)
def test_a_whole_configuration_in_place_of_its_credentials_is_refused(field: str, quiet_zendesk: Emulator) -> None:
    whole = {"credentials": quiet_zendesk.config()[field], "subdomain": "acme", "start_date": "2024-01-01T00:00:00Z"}
    cause = "it is the whole configuration of a connector of Airbyte"
    remedy = f"put the content of its `credentials` into `{field}`"
    assert_refused(quiet_zendesk, field, whole, f"`{field}`: {cause}; {remedy}.")


@pytest.mark.parametrize("field", FORMS)
def test_the_kind_of_credentials_under_the_name_of_airbyte_is_refused(field: str, quiet_zendesk: Emulator) -> None:
    block = quiet_zendesk.config()[field]
    block["auth_type"] = block.pop("credentials")
    assert_refused(quiet_zendesk, field, block, f"`{field}.auth_type`: rename `auth_type` to `credentials`.")


@pytest.mark.parametrize("kind", [{}, {"credentials": "access_token"}])
@pytest.mark.parametrize("field", [each for each in FORMS if TOKENS & field_names(each) == {"access_token"}])
def test_a_token_under_the_name_of_airbyte_is_refused(field: str, kind: Row, quiet_zendesk: Emulator) -> None:
    more = "" if kind else ', and add `"credentials": "access_token"`'
    error = f"`{field}.api_token`: rename `api_token` to `access_token`{more}."
    assert_refused(quiet_zendesk, field, {**kind, "api_token": "a"}, error)


def test_a_field_that_the_product_has_keeps_its_name(quiet_zendesk: Emulator) -> None:
    error = "`wfm.email`: expected a string; it is missing."
    assert_refused(quiet_zendesk, "wfm", {"credentials": "api_token", "api_token": "a"}, error)
