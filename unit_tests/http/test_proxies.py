"""A proxy that cannot be used is refused by the name of its variable, before anything is sent."""

import pytest
import requests
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

from source_zendesk.errors import ConfigError
from source_zendesk.http.bounded_response import bound_responses
from source_zendesk.http.proxies import check_proxies
from source_zendesk.writes.error_handler import NEVER_SENT
from unit_tests.account import ACCOUNT

NAMES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
SIGNER = "user:proxy-secret@"
MALFORMED = [
    f"http://{SIGNER}", f"http://{SIGNER}127.0.0.1:port", f"{SIGNER}127.0.0.1:1", f"htp://{SIGNER}x:1", "http://127.0.0.1:0",
    f"http://{SIGNER}[::1", f"http://{SIGNER}{'a' * 64}:1", f"http://{SIGNER}a..b:1", "http://x:99999", "proxy:8080",
    "http://user:proxy-secret\u2603@127.0.0.1:1", " ",
]  # fmt: skip


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without proxies."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize("proxy", [*MALFORMED, f"socks5://{SIGNER}127.0.0.1:1"])
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "all_proxy"])
def test_a_malformed_proxy_is_refused_by_its_variable(
    variable: str, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, proxy)
    with pytest.raises(ConfigError) as refused:
        check_proxies(ACCOUNT)
    message = str(refused.value.message)
    assert message.startswith(f"The environment variable {variable} ")
    assert "proxy-secret" not in message
    assert "proxy-secret" not in filter_secrets(f"cannot connect to {proxy}")


@pytest.mark.parametrize(
    "proxy",
    [
        *("http://proxy.example:3128", "proxy.example", "127.0.0.1", "http://[::1]:1", "https://my_proxy/", ""),
        *(f"http://{SIGNER}x", "http://user:p%40ss@127.0.0.1:1", "http://user:p\u00e9@x:1"),
    ],
)
def test_a_usable_proxy_is_accepted(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    check_proxies(ACCOUNT)


def test_a_malformed_proxy_that_is_not_for_the_account_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", " ")
    monkeypatch.setenv("NO_PROXY", "zendesk.com")
    check_proxies(ACCOUNT)


@pytest.mark.parametrize("proxy", [f"http://{SIGNER}proxy.example:3128", f"http://{SIGNER}[::1"])
def test_the_password_of_a_proxy_for_another_host_is_redacted(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.setenv("NO_PROXY", "zendesk.com")
    check_proxies(ACCOUNT)
    assert "proxy-secret" in filter_secrets(f"cannot connect to {proxy}")
    check_proxies(ACCOUNT, ["https://api.getbase.com", ""])
    assert "proxy-secret" not in filter_secrets(f"cannot connect to {proxy}")


@pytest.mark.parametrize("proxy", MALFORMED)
def test_a_request_through_a_malformed_proxy_was_certainly_not_sent(proxy: str) -> None:
    session = bound_responses(requests.Session())
    session.trust_env = False
    with pytest.raises(NEVER_SENT) as failed:
        session.get(f"{ACCOUNT}/", proxies={"https": proxy}, timeout=1)
    assert isinstance(failed.value, requests.RequestException)


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example"])
def test_a_request_to_a_host_that_cannot_be_was_certainly_not_sent(host: str) -> None:
    session = bound_responses(requests.Session())
    session.trust_env = False
    with pytest.raises(NEVER_SENT):
        session.get(f"https://{host}/", timeout=1)
