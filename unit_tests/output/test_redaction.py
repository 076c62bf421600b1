"""Secrets of any characters are redacted in each form in which output can quote them, and nothing else is."""

import base64
import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteErrorTraceMessage,
    AirbyteLogMessage,
    AirbyteMessage,
    AirbyteRecordMessage,
    AirbyteTraceMessage,
    Level,
    Status,
    TraceType,
    Type,
)
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from hypothesis import assume, given
from hypothesis import strategies as st

from source_zendesk.errors import ConfigError
from source_zendesk.output import redaction

SECRET = "S3cr3t&\"/\\%é+'x y"
HALF = "abcd\ud83dxyz"
QUOTES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in JSON": json.dumps,
    "in JSON with Unicode": lambda text: json.dumps(text, ensure_ascii=False),
    "in JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "in JSON in JSON in JSON": lambda text: json.dumps(json.dumps(json.dumps(text))),
    "in the path of JSON": lambda text: quote(json.dumps(text)),
    "in a path of a path": lambda text: quote(quote(text, errors="surrogatepass")),
    "in the repr of JSON": lambda text: repr(json.dumps(text)),
    "in its repr": repr,
    "in the repr of a dictionary with quotes": lambda text: repr({"'\"": f"'\"{text}"}),
    "in the repr of bytes": lambda text: repr(text.encode(errors="surrogatepass")),
    "in the repr of JSON bytes": lambda text: repr(json.dumps(text).encode()),
    "in a path": lambda text: quote(text, errors="surrogatepass"),
    "in a query": lambda text: quote(text, safe="", errors="surrogatepass"),
    "in a query of a path": lambda text: quote(quote(text, safe="", errors="surrogatepass")),
    "in a form of a path": lambda text: quote(quote_plus(text, errors="surrogatepass")),
    "in a form": lambda text: quote_plus(text, errors="surrogatepass"),
    "in a form in lower case": lambda text: re.sub(
        "%..", lambda code: code[0].lower(), quote_plus(text, errors="surrogatepass")
    ),
    "in HTML": html.escape,
}


def register(secret: str) -> None:
    redaction.reset({"credentials": {"api_token": secret}})


@pytest.mark.parametrize("secret", [SECRET, HALF, "Tr0ub4dor&3", 'a"b\\c', "it's 4", "plain-t0ken"])
@pytest.mark.parametrize("form", QUOTES)
def test_a_secret_is_redacted_in_every_form(form: str, secret: str) -> None:
    register(secret)
    assert "before****after" in filter_secrets(QUOTES[form](f"before{secret}after"))


# Without the letters of the text around it.
ANY_SECRET = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="AZ"), min_size=4, max_size=12)


@given(ANY_SECRET, st.sampled_from([*QUOTES]))
def test_no_form_of_any_secret_survives(secret: str, form: str) -> None:
    register(secret.strip())
    assume(len(secret.strip()) >= redaction.SHORTEST and secret.strip() not in redaction.own_words())
    assert "A****Z" in filter_secrets(QUOTES[form](f"A{secret.strip()}Z"))


@pytest.mark.parametrize("secret", ["plain-t0ken", "Tr0ub4dor&3", "p@ss/w+rd="])
def test_a_usual_secret_has_few_forms(secret: str) -> None:
    assert len(redaction._forms(secret)) <= 7


@pytest.mark.parametrize(("kind", "user"), [("api_token", "ada@example.com/token"), ("password", "ada@example.com")])
def test_the_header_of_basic_authentication_is_redacted(kind: str, user: str) -> None:
    redaction.reset({"credentials": {"email": " ada@example.com ", kind: f" {SECRET} "}})
    header = base64.b64encode(f"{user}:{SECRET}".encode()).decode()
    assert filter_secrets(f"Authorization: Basic {header}").rstrip("=") == "Authorization: Basic ****"


def test_a_token_that_was_pasted_with_its_scheme_is_redacted_without_it() -> None:
    redaction.reset({"credentials": {"access_token": "Bearer t0k3n-value"}})
    assert filter_secrets("t0k3n-value is no token") == "**** is no token"


def test_public_fields_short_texts_and_own_words_are_readable() -> None:
    public = {"credentials": "api_token", "email": "ada@example.com", "scope": "read write"}
    redaction.reset({"credentials": {**public, "password": "abc", "client_secret": "subdomain", "client_id": 7}})
    text = "api_token ada@example.com read write abc subdomain"
    assert filter_secrets(text) == text


def test_a_secret_that_contains_another_is_redacted_as_a_whole() -> None:
    redaction.reset({"credentials": {"client_id": "abcd", "client_secret": "abcdefgh"}})
    assert filter_secrets("abcdefgh abcd") == "**** ****"


def test_a_new_configuration_replaces_the_registered_secrets() -> None:
    register("first-s3cret")
    register("second-s3cret")
    assert filter_secrets("first-s3cret second-s3cret") == "first-s3cret ****"


def test_a_renewed_token_is_redacted_with_the_configured_secrets() -> None:
    register("first-s3cret")
    redaction.register("renewed-t0ken")
    assert filter_secrets("first-s3cret renewed-t0ken") == "**** ****"


@pytest.mark.parametrize("body", [{"user": {"password": "n3w pass"}}, '{"user": {"password": "n3w pass"}}'])
def test_secrets_of_actions_are_redacted(body: object) -> None:
    redaction.reset({"actions": [{"stream": "create_user", "body": body}]})
    assert filter_secrets("n3w pass is too short") == "**** is too short"


def test_an_action_that_is_nested_too_deeply_is_ignored() -> None:
    redaction.reset({"actions": [{"stream": "create_user", "body": "[" * 10_000}]})


@pytest.mark.parametrize("content", [None, "s3cret", 7, [], {"api_token": None}])
def test_invalid_credentials_register_nothing(content: object) -> None:
    redaction.reset({"credentials": content, "actions": content})
    assert filter_secrets("s3cret api_token") == "s3cret api_token"


def test_every_text_of_a_message_is_redacted_and_printable() -> None:
    register("t0k3n-value")
    text, shown = "t0k3n-value\x1b[2J", "****\N{REPLACEMENT CHARACTER}[2J"
    error = AirbyteErrorTraceMessage(message=text, internal_message=text, stack_trace=text)
    message = redaction.redact(
        AirbyteMessage(
            type=Type.LOG,
            log=AirbyteLogMessage(level=Level.INFO, message=text, stack_trace=text),
            connectionStatus=AirbyteConnectionStatus(status=Status.FAILED, message=text),
            trace=AirbyteTraceMessage(type=TraceType.ERROR, emitted_at=0, error=error),
        )
    )
    assert message.log is not None
    assert message.connectionStatus is not None
    assert (message.log.message, message.log.stack_trace, message.connectionStatus.message) == (shown, shown, shown)
    assert (error.message, error.internal_message, error.stack_trace) == (shown, shown, shown)


def test_records_are_unchanged() -> None:
    register("t0k3n-value")
    record = AirbyteRecordMessage(stream="groups", data={"name": "t0k3n-value"}, emitted_at=0)
    redaction.redact(AirbyteMessage(type=Type.RECORD, record=record))
    assert record.data == {"name": "t0k3n-value"}


@pytest.mark.parametrize("around", ["", "\n", " \ufeff ", "\u200b", "\u2060\t"])
def test_padding_is_stripped(around: str) -> None:
    assert redaction.strip_padding(f"{around}a b{around}") == "a b"


@pytest.mark.parametrize("character", ["\n", "\0", "\x7f", "\x85", "ł", "😀"])
def test_a_value_that_no_header_can_contain_is_rejected_without_the_value(character: str) -> None:
    with pytest.raises(ConfigError, match="`on_behalf_of`: it contains a line break") as error:
        redaction.check_header("on_behalf_of", f"S3cr3t{character}")
    assert "S3cr3t" not in str(error.value)
    redaction.check_header("on_behalf_of", "Zoë@example.com")
