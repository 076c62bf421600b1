"""Secrets of any characters are redacted in every form."""

from urllib.parse import quote

from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

from source_zendesk.output import redaction

HALF = "abcd\ud83dxyz"


def test_a_secret_with_half_a_surrogate_pair_is_redacted() -> None:
    redaction.reset({"credentials": {"api_token": HALF}})
    for form in (HALF, repr(HALF)[1:-1], quote(HALF, errors="surrogatepass")):
        assert filter_secrets(f"token {form}") == "token ****"


def test_an_action_that_is_nested_too_deep_to_parse_is_left_to_the_check_of_the_configuration() -> None:
    redaction.reset({"actions": [{"stream": "create_user", "body": "[" * 10_000}]})
