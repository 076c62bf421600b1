"""Fixtures for components: responses of a Zendesk that `requests_mock` imitates."""

from typing import Any

import pytest
import requests
from requests_mock import Mocker

from unit_tests.account import ACCOUNT, ResponseFactory


@pytest.fixture
def make_response(requests_mock: Mocker) -> ResponseFactory:
    """Makes a response as a component receives it; a body that is not text is sent as JSON.

    `_` in the name of a header becomes `-`.
    """

    def make(status: int = 200, body: Any = None, /, **headers: str) -> requests.Response:
        content = {"text": body or ""} if isinstance(body, str | None) else {"json": body}
        dashed = {name.replace("_", "-"): value for name, value in headers.items()}
        requests_mock.get(f"{ACCOUNT}/api/v2/groups", status_code=status, headers=dashed, **content)
        return requests.get(f"{ACCOUNT}/api/v2/groups", allow_redirects=False, timeout=1)

    return make
