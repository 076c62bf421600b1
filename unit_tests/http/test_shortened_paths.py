"""A host whose paths lack a part gets requests without it; everything else sees the documented path."""

from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from source_zendesk.http.origin_guard import CrossOriginError
from source_zendesk.http.session import account_session
from source_zendesk.http.shortened_paths import ShortenedPaths
from unit_tests.account import ACCOUNT


class Network(BaseAdapter):
    """Records the requested addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.sent.append(str(request.url))
        return requests.Response()

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("documented", "sent"),
    [
        ("/api/v2/chat/agents?limit=2", "/api/v2/agents?limit=2"),
        ("/api/v2/chat/chats/search?q=/chat/", "/api/v2/chats/search?q=/chat/"),
        ("/api/v2/chat/chats", "/api/v2/chats"),
        ("/oauth2/chat/token", "/oauth2/token"),
        ("/api/v2/chats", "/api/v2/chats"),
    ],
)
def test_the_part_is_left_out_once(documented: str, sent: str) -> None:
    network = Network()
    request = requests.Request("GET", ACCOUNT + documented).prepare()
    ShortenedPaths("/chat", network).send(request)
    assert network.sent == [ACCOUNT + sent]
    assert request.url == ACCOUNT + documented


@pytest.mark.parametrize("left_out", ["", "/chat"])
def test_other_origins_stay_blocked(left_out: str) -> None:
    with account_session(ACCOUNT, left_out=left_out) as session, pytest.raises(CrossOriginError):
        session.get("https://example.com/api/v2/chat/agents", allow_redirects=False)


def test_only_the_account_has_shorter_paths() -> None:
    with account_session(ACCOUNT, left_out="/chat") as session:
        assert isinstance(session.get_adapter(f"{ACCOUNT}/api"), ShortenedPaths)
        assert not isinstance(session.get_adapter("https://example.com"), ShortenedPaths)
    with account_session(ACCOUNT) as session:
        assert not isinstance(session.get_adapter(f"{ACCOUNT}/api"), ShortenedPaths)
