"""What answers in the place of the API is told from Zendesk."""

import pytest

from source_zendesk.http.intermediaries import intermediary
from unit_tests.account import Answering

PAGE = "<html><title>Access denied</title>{}</html>"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (403, PAGE.format("Your proxy is squid/5.7"), "(Squid): Access denied"),
        (403, PAGE.format("errors.edgesuite.net"), "(Akamai)"),
        (200, PAGE.format(""), "the response is a web page"),
        (511, PAGE.format(""), "the response is a web page"),
        (407, None, "requires a user name and a password (407)"),
    ],
)
def test_it_is_named(status: int, body: str | None, said: str, answer: Answering) -> None:
    found = intermediary(answer(status, body))
    assert found
    assert said in found.cause


@pytest.mark.parametrize("location", ["/access/unauthenticated", "/auth/v3/signin", "https://login.example.com/a"])
def test_a_redirect_to_a_sign_in_page_is_named(location: str, answer: Answering) -> None:
    found = intermediary(answer(302, None, Location=location))
    assert found
    assert "sign-in page" in found.cause


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
def test_an_answer_of_zendesk_is_none(status: int, body: object, answer: Answering) -> None:
    assert intermediary(answer(status, body)) is None


@pytest.mark.parametrize("location", ["/api/v2/other", "/oauth/other"])
def test_another_redirect_is_none(location: str, answer: Answering) -> None:
    assert intermediary(answer(302, None, Location=location)) is None
