"""Requests to a host whose paths lack a part of those that Zendesk documents."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import BaseAdapter


class ShortenedPaths(BaseAdapter):
    """Sends each request without a `part` of its path; rate limits and log messages have the documented path."""

    def __init__(self, part: str, adapter: BaseAdapter) -> None:
        super().__init__()
        self._part, self._adapter = part, adapter

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """The response to the request with the shorter path."""
        sent = request.copy()
        parts = urlsplit(str(request.url))
        path = parts.path.replace(f"{self._part}/", "/", 1)
        sent.url = urlunsplit((parts.scheme, parts.netloc, path, parts.query, parts.fragment))
        return self._adapter.send(sent, *args, **options)

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()
