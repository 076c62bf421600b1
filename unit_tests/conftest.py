"""What `requests_mock` stands for: Zendesk, for whoever asks of the components."""

from typing import Any

import pytest
import requests
from requests_mock import Mocker

from unit_tests.account import ACCOUNT, Answering


@pytest.fixture
def answer(requests_mock: Mocker) -> Answering:
    """Gets an answer of Zendesk as a component gets it; a body that is no text is sent as JSON.

    `_` in the names of headers stands for `-`.
    """

    def answered(status: int = 200, body: Any = None, /, **headers: str) -> requests.Response:
        content = {"text": body or ""} if isinstance(body, str | None) else {"json": body}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        requests_mock.get(f"{ACCOUNT}/api/v2/groups", status_code=status, headers=named, **content)
        return requests.get(f"{ACCOUNT}/api/v2/groups", allow_redirects=False, timeout=1)

    return answered
