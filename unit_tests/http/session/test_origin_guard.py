"""A session keeps to the account's own address, whatever it is asked for or sent on to."""

from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from source_zendesk.http.session import CrossOriginError, origin, restrict_to_origin
from unit_tests.account import ACCOUNT

BRAND = "https://acme-eu.zendesk.com/"
GROUPS = f"{ACCOUNT}/api/v2/groups"


class Network(BaseAdapter):
    """Writes down what is sent; an address may lead to another."""

    def __init__(self, **redirections: str) -> None:
        super().__init__()
        self.redirections, self.sent = redirections, list[str]()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        response = requests.Response()
        response.request, response.url = request, str(request.url)
        self.sent.append(response.url)
        target = self.redirections.get(response.url.rpartition("/")[2])
        response.status_code = 302 if target else 200
        response.headers["Location"] = target or ""
        response._content = b""
        return response

    def close(self) -> None:
        """Nothing is open."""


def session(network: Network, others: set[str] | None = None) -> requests.Session:
    made = requests.Session()
    made.mount(origin(ACCOUNT), network)
    return restrict_to_origin(made, GROUPS, others if others is not None else set())


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/api/v2/groups",
        "http://acme.zendesk.com/api/v2/groups",
        "https://acme.zendesk.com:8443/api/v2/groups",
        "https://acme.zendesk.com.evil.example/api/v2/groups",
        "https://acme.zendesk.com@evil.example/api/v2/groups",
        "https://user@acme.zendesk.com/api/v2/groups",
        BRAND,
    ],
)
@pytest.mark.parametrize("is_redirected", [False, True])
def test_another_scheme_host_port_or_user_is_not_asked(address: str, *, is_redirected: bool) -> None:
    network = Network(groups=address)
    with pytest.raises(CrossOriginError, match="does not send the account's secrets"):
        session(network).get(GROUPS if is_redirected else address, timeout=1)
    assert network.sent == [GROUPS] * is_redirected


def test_a_redirection_within_the_account_is_followed() -> None:
    network = Network(groups="/api/v2/teams")
    assert session(network).get(GROUPS, timeout=1).status_code == 200
    assert network.sent == [GROUPS, f"{ACCOUNT}/api/v2/teams"]


def test_a_brand_is_reached_once_it_is_named() -> None:
    others: set[str] = set()
    network = Network()
    kept = session(network, others)
    with pytest.raises(CrossOriginError, match=r"to acme-eu\.zendesk\.com,"):
        kept.get(BRAND, timeout=1)
    others.add(BRAND)
    kept.get(BRAND, timeout=1)
    assert network.sent == [BRAND]


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://user:s3cret@evil.example/a?b=s3cret", "evil.example"),
        ("/oauth", "acme.zendesk.com"),
        ("https://[bad", "nowhere"),
        ("mailto:s3cret", "nowhere"),
    ],
)
def test_where_a_redirection_leads_is_told_by_its_host_alone(location: str, host: str) -> None:
    response = requests.Response()
    response.url = GROUPS
    response.headers["Location"] = location
    message = str(CrossOriginError.from_redirect(response))
    assert f"redirects this request to {host}," in message
    assert "s3cret" not in message


@pytest.mark.parametrize(
    ("address", "found"), [(GROUPS, f"{ACCOUNT}/"), ("http://127.0.0.1:80/x?y", "http://127.0.0.1:80/")]
)
def test_an_origin_is_scheme_host_and_port(address: str, found: str) -> None:
    assert origin(address) == found
