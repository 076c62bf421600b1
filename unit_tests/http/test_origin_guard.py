"""A restricted session blocks requests and redirects to other origins."""

import io
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from source_zendesk.http.origin_guard import CrossOriginError, origin, restrict_to_origin
from unit_tests.account import ACCOUNT

BRAND = "https://acme-eu.zendesk.com/"
GROUPS = f"{ACCOUNT}/api/v2/groups"


class Network(BaseAdapter):
    """Records the requested addresses; an address may redirect to another."""

    def __init__(self, **redirects: str) -> None:
        super().__init__()
        self.redirects, self.sent = redirects, list[str]()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        response = requests.Response()
        response.request, response.url = request, str(request.url)
        self.sent.append(response.url)
        target = self.redirects.get(response.url.rpartition("/")[2])
        response.status_code = 302 if target else 200
        response.headers["Location"] = target or ""
        response.raw = io.BytesIO()
        return response

    def close(self) -> None:
        """Nothing is open."""


def session(network: Network, others: set[str] | None = None) -> requests.Session:
    new_session = requests.Session()
    new_session.mount(origin(ACCOUNT), network)
    return restrict_to_origin(new_session, GROUPS, others if others is not None else set())


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
def test_another_scheme_host_port_or_user_is_blocked(address: str, *, is_redirected: bool) -> None:
    network = Network(groups=address)
    with pytest.raises(CrossOriginError, match="sends no secrets to other addresses"):
        session(network).get(GROUPS if is_redirected else address, timeout=1)
    assert network.sent == [GROUPS] * is_redirected


def test_a_redirect_within_the_account_is_followed() -> None:
    network = Network(groups="/api/v2/teams")
    assert session(network).get(GROUPS, timeout=1).status_code == 200
    assert network.sent == [GROUPS, f"{ACCOUNT}/api/v2/teams"]


def test_a_brand_is_allowed_once_its_origin_is_added() -> None:
    others: set[str] = set()
    network = Network()
    restricted = session(network, others)
    with pytest.raises(CrossOriginError, match=r"to acme-eu\.zendesk\.com,"):
        restricted.get(BRAND, timeout=1)
    others.add(BRAND)
    restricted.get(BRAND, timeout=1)
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
def test_the_error_names_only_the_host_of_a_redirect(location: str, host: str) -> None:
    response = requests.Response()
    response.url = GROUPS
    response.headers["Location"] = location
    message = str(CrossOriginError.from_redirect(response))
    assert f"redirects this request to {host}," in message
    assert "s3cret" not in message


@pytest.mark.parametrize(
    ("address", "expected"), [(GROUPS, f"{ACCOUNT}/"), ("http://127.0.0.1:80/x?y", "http://127.0.0.1:80/")]
)
def test_an_origin_is_scheme_host_and_port(address: str, expected: str) -> None:
    assert origin(address) == expected
