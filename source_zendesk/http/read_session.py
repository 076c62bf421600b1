"""The session of reads, whose requests differ in address, query and signature only."""

from typing import Any

import requests
from airbyte_cdk.sources.streams.call_rate import APIBudget, LimiterSession


class ReadSession(LimiterSession):
    """Prepares headers, proxies and certificates once; the API budget delays each request.

    By default, `requests` merges the settings of session and request for each request, which costs more than to parse
    a page of 20 rows. A request with headers or a body of its own is prepared in the default way.
    """

    def __init__(self, api_budget: APIBudget) -> None:
        super().__init__(api_budget=api_budget)
        self._templates: dict[str, requests.PreparedRequest] = {}

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """The request with the session's headers, hooks, cookies and signature."""
        if request.headers or request.json or request.data:
            return super().prepare_request(request)
        method = str(request.method)
        if method not in self._templates:
            self._templates[method] = super().prepare_request(requests.Request(method, request.url))
        prepared = self._templates[method].copy()
        prepared.hooks = self.hooks
        prepared.prepare_url(request.url, request.params)
        if self.cookies:
            prepared.headers.pop("Cookie", None)
            prepared.prepare_cookies(self.cookies)
        prepared.prepare_auth(self.auth)
        return prepared

    def merge_environment_settings(self, *args: Any, **options: Any) -> Any:
        """The settings of the session, unless they come from the environment."""
        if self.trust_env:
            return super().merge_environment_settings(*args, **options)
        return {"proxies": self.proxies, "stream": self.stream, "verify": self.verify, "cert": self.cert}
