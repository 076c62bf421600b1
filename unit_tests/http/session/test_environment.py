"""Proxies and certificates are read from the environment once."""

import pytest
import requests

from source_zendesk.http.session import freeze_env_settings
from unit_tests.account import ACCOUNT

PROXY = "http://proxy.example:3128"
NAMES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without proxies and certificates."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_proxies_and_certificates_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/own.pem")
    session = freeze_env_settings(requests.Session(), ACCOUNT)
    assert session.proxies["https"] == PROXY
    assert session.verify == "/etc/own.pem"


def test_an_address_in_no_proxy_gets_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", "zendesk.com")
    assert "https" not in freeze_env_settings(requests.Session(), ACCOUNT).proxies


def test_certificates_are_verified_by_default() -> None:
    session = freeze_env_settings(requests.Session(), ACCOUNT)
    assert (dict(session.proxies), session.verify) == ({}, True)


def test_later_changes_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    session = freeze_env_settings(requests.Session(), ACCOUNT)
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    assert "https" not in session.merge_environment_settings(ACCOUNT, {}, None, None, None)["proxies"]
