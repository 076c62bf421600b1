"""Signs requests of tests to the emulator."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase, HTTPBasicAuth

from integration_tests.emulator import Emulator
from integration_tests.emulator.emulator import find_endpoint
from integration_tests.emulator.http.server import strip_suffix


class EmulatorAuth(AuthBase):
    """Signs each request with the credentials of Support, or with those of its product."""

    def __init__(self, zendesk: Emulator) -> None:
        self._login = zendesk.account.login

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign a request."""
        try:
            path = strip_suffix(unquote(urlsplit(str(request.url)).path))
            product = find_endpoint(str(request.method), path)[0].account
        except KeyError:
            product = ""
        if product:
            request.headers["Authorization"] = f"Bearer {self._login.product_token(product)}"
            return request
        signed: PreparedRequest = HTTPBasicAuth(f"{self._login.email}/token", self._login.api_token)(request)
        return signed
