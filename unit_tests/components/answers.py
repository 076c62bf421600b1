"""Answers of Zendesk as the components get them."""

import json
import time
from typing import Any

import requests

from source_zendesk.components.requests.answer import Answer


def answer(status: int, body: Any = None, **headers: str) -> requests.Response:
    """An HTTP answer; a body that is no text is sent as JSON."""
    made = requests.Response()
    made.status_code = status
    made._content = (body if isinstance(body, str) else "" if body is None else json.dumps(body)).encode()
    made.headers.update(headers)
    made.url = "https://acme.zendesk.com/api/v2/groups"
    return made


def given(body: Any = None, asked_at: int | None = None) -> Answer:
    """An answer as the cursors get it."""
    return Answer({} if body is None else body, int(time.time()) if asked_at is None else asked_at)
