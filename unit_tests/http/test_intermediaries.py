"""Responses of proxies, firewalls and sign-in pages are distinguished from Zendesk's."""

import pytest

from source_zendesk.http.intermediaries import detect_intermediary
from unit_tests.account import ResponseFactory

PAGE = "<html><title>Access denied</title>{}</html>"


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (403, PAGE.format("Your proxy is squid/5.7"), "(Squid): Access denied"),
        (403, PAGE.format("errors.edgesuite.net"), "(Akamai)"),
        (200, PAGE.format(""), "the response is a web page"),
        (511, PAGE.format(""), "the response is a web page"),
        (407, None, "requires a user name and a password (407)"),
    ],
)
def test_a_proxy_or_firewall_is_named(
    status: int, body: str | None, cause: str, make_response: ResponseFactory
) -> None:
    failure = detect_intermediary(make_response(status, body))
    assert failure
    assert cause in failure.cause


@pytest.mark.parametrize("location", ["/access/unauthenticated", "/auth/v3/signin", "https://login.example.com/a"])
def test_a_redirect_to_a_sign_in_page_is_named(location: str, make_response: ResponseFactory) -> None:
    failure = detect_intermediary(make_response(302, None, Location=location))
    assert failure
    assert "sign-in page" in failure.cause


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, {"error": "Forbidden"}),
        (404, PAGE.format("No help desk")),
        (403, PAGE.format("acme.zendesk.com used Cloudflare to restrict access")),
        (403, None),
        (500, PAGE.format("")),
    ],
)
def test_a_response_of_zendesk_is_none(status: int, body: object, make_response: ResponseFactory) -> None:
    assert detect_intermediary(make_response(status, body)) is None


@pytest.mark.parametrize("location", ["/api/v2/other", "/oauth/other"])
def test_another_redirect_is_none(location: str, make_response: ResponseFactory) -> None:
    assert detect_intermediary(make_response(302, None, Location=location)) is None


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_to_a_host_that_is_not_zendesks_is_named(status: int, make_response: ResponseFactory) -> None:
    found = detect_intermediary(make_response(status, None, Location="http://portal.hotel.example/welcome"))
    assert found
    assert "redirected to portal.hotel.example, as a captive portal" in found.cause
    assert "sign in to the network" in found.remedy


@pytest.mark.parametrize("location", ["https://www.zendesk.com/", "https://zendesk.com/x"])
def test_a_redirect_to_another_host_of_zendesk_is_no_intermediary(
    location: str, make_response: ResponseFactory
) -> None:
    assert detect_intermediary(make_response(302, None, Location=location)) is None
