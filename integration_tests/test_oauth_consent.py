"""The OAuth button of Airbyte's platform: `advanced_auth` in the spec, and the resulting config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
from airbyte_cdk.models import AdvancedAuth, AirbyteMessageSerializer, OAuthConfigSpecification
from jinja2 import Environment, StrictUndefined
from jsonschema import Draft7Validator

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Row, run, sync

REDIRECT = "https://airbyte.example/auth_flow"
CLIENT = {"client_id": "emulated-client", "client_secret": "emulated-secret"}


zendesk = account_fixture(scope="module", rows=4, tickets=4)


@pytest.fixture(scope="module")
def spec() -> Row:
    (found,) = run("spec").bodies("spec")
    return found


def set_values(values: Mapping[str, Any], described: Mapping[str, Any], config: Row) -> None:
    """Set each value at its specified path in the config."""
    for name, node in described["properties"].items():
        *path, last = node["path_in_connector_config"]
        target = config
        for step in path:
            target = target.setdefault(step, {})
        target[last] = values[name]


class Platform:
    """Implements `advanced_auth` as in the platform's documentation, with the emulator as acme.zendesk.com."""

    def __init__(self, spec: Row, zendesk: Emulator) -> None:
        self.auth, self.zendesk = spec["advanced_auth"], zendesk
        self.flow = self.auth["oauth_config_specification"]
        self.input_specification = self.flow["oauth_connector_input_specification"]
        keys = {name: name for name in ("client_id", "client_secret", "redirect_uri", "scope", "state")}
        self.values = {**CLIENT, "redirect_uri": REDIRECT, "scope": self.input_specification["scope"], "state": "s"}
        self.known = {f"{name}_key": key for name, key in keys.items()} | {"auth_code_key": "code"}
        self.known |= {f"{name}_value": value for name, value in self.values.items()}
        self.known |= {f"{name}_param": f"{name}={quote(value, safe='')}" for name, value in self.values.items()}
        self.known["subdomain"] = zendesk.account.subdomain

    def fill(self, template: str) -> str:
        return Environment(undefined=StrictUndefined, autoescape=False).from_string(template).render(self.known)

    def consent(self) -> str:
        """Open the consent URL; returns the authorization code."""
        link = urlsplit(self.fill(self.input_specification["consent_url"]))
        query = {name: value for name, (value,) in parse_qs(link.query, strict_parsing=True).items()}
        assert (link.netloc, link.path) == (f"{self.known['subdomain']}.zendesk.com", "/oauth/authorizations/new")
        assert query == {
            "response_type": "code", "client_id": CLIENT["client_id"], "redirect_uri": REDIRECT, "scope": "read",
            "state": "s",
        }  # fmt: skip
        return self.zendesk.oauth.consent(query["redirect_uri"], query["scope"])

    def tokens(self, code: str) -> Row:
        """Exchange the code for tokens, named as in the output specification."""
        self.known["auth_code_value"] = code
        link = urlsplit(self.fill(self.input_specification["access_token_url"]))
        body = {
            self.fill(name): self.fill(value) for name, value in self.input_specification["access_token_params"].items()
        }
        response = requests.post(f"{self.zendesk.base_url}{link.path}", json=body, timeout=120)
        assert response.status_code == 200, response.text
        described = self.flow["complete_oauth_output_specification"]["properties"]
        answer = {name: response.json()[node["path_in_oauth_response"][0]] for name, node in described.items()}
        expiry = datetime.now(timezone.utc) + timedelta(seconds=answer["token_expiry_date"])
        return {**answer, "token_expiry_date": f"{expiry:%Y-%m-%dT%H:%M:%S}.123456789Z"}

    def config(self) -> Row:
        """The config that the platform saves after consent."""
        (*path, last) = self.auth["predicate_key"]
        config: Row = {"subdomain": self.zendesk.account.subdomain, path[0]: {last: self.auth["predicate_value"]}}
        set_values(self.tokens(self.consent()), self.flow["complete_oauth_output_specification"], config)
        set_values(CLIENT, self.flow["complete_oauth_server_output_specification"], config)
        return config


def test_the_spec_is_a_valid_connector_specification(spec: Row) -> None:
    message = AirbyteMessageSerializer.load({"type": "SPEC", "spec": spec})
    assert message.spec is not None
    assert message.spec.advanced_auth is not None
    auth = spec["advanced_auth"]
    assert set(auth) == {field.name for field in fields(AdvancedAuth)}
    assert set(auth["oauth_config_specification"]) == {field.name for field in fields(OAuthConfigSpecification)}
    assert AirbyteMessageSerializer.dump(message)["spec"]["advanced_auth"]["predicate_value"] == "oauth2_refresh"


def test_the_oauth_button_fills_the_required_credentials(spec: Row) -> None:
    auth, properties = spec["advanced_auth"], spec["connectionSpecification"]["properties"]
    field, kind = auth["predicate_key"]
    (chosen,) = (
        one for one in properties[field]["oneOf"] if one["properties"][kind]["const"] == auth["predicate_value"]
    )
    flow = auth["oauth_config_specification"]
    given = [*flow["complete_oauth_output_specification"]["properties"].values()]
    given += flow["complete_oauth_server_output_specification"]["properties"].values()
    fill = {node["path_in_connector_config"][1] for node in given}
    assert set(chosen["required"]) - {kind} <= fill <= set(chosen["properties"])
    for node in flow["oauth_user_input_from_connector_config_specification"]["properties"].values():
        assert node["path_in_connector_config"][0] in properties


def test_the_config_of_the_oauth_button_is_accepted(spec: Row, zendesk: Emulator) -> None:
    saved = Platform(spec, zendesk).config()
    assert list(Draft7Validator(spec["connectionSpecification"]).iter_errors(saved)) == []
    config = {**saved, "base_url": zendesk.base_url}
    assert run("check", config=config).connection_status["status"] == "SUCCEEDED"
    zendesk.clear_requests()
    result = sync(config, ["tags"])
    assert result.records["tags"]
    assert "/oauth/tokens" not in [request.path for request in zendesk.requests]


def test_an_expired_token_is_refreshed_with_the_saved_config(
    spec: Row, zendesk: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    config = {**Platform(spec, zendesk).config(), "base_url": zendesk.base_url}
    config["credentials"]["token_expiry_date"] = "2024-01-01T00:00:00.123456789Z"
    zendesk.clear_requests()
    result = sync(config, ["tags"])
    assert result.records["tags"]
    assert [request.path for request in zendesk.requests].count("/oauth/tokens") == 1
    assert '"CONNECTOR_CONFIG"' in capsys.readouterr().out
