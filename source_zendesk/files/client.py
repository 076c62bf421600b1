"""Requests the addresses of files: signed on the account's hosts, without credentials on all others."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from airbyte_cdk.sources.streams.call_rate import APIBudget, LimiterSession

from source_zendesk.extract.brands import BrandAddress
from source_zendesk.files.remote_file import FileSkipped
from source_zendesk.http.bounded_response import BoundedAdapter
from source_zendesk.http.error_handler import REFRESHABLE
from source_zendesk.http.intermediaries import is_sign_in, redirect_target
from source_zendesk.http.origin_guard import origin
from source_zendesk.http.public_connection import AddressRefusedError, PublicClient
from source_zendesk.http.session import SYNC_TIMEOUTS, account_session, data_headers

MAX_REDIRECTS = 5
# The bytes of the file itself: its size is that of the record, and a range continues it.
FILE_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity"}


class Authenticator(Protocol):
    """Signs requests."""

    def get_auth_header(self) -> Mapping[str, Any]:
        """The headers that sign a request."""

    def refresh_and_set_access_token(self) -> None:
        """Replace an OAuth token that Zendesk refused."""


class FileClient:
    """Opens the addresses of files, and follows their redirects to the storage of Zendesk. Thread-safe.

    `account_address` returns where to request an address of the account or one of its brands, None for other hosts.
    Requests to these hosts are signed and use the `api_budget`. All others are https to public addresses, without
    credentials and cookies. After such a request, no further redirect is signed.
    https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        authenticator: Authenticator,
        account_address: Callable[[str], BrandAddress | None],
        api_budget: APIBudget,
        connections: BoundedAdapter,
    ) -> None:
        self._authenticator = authenticator
        self._has_tokens = config["credentials"]["credentials"] in REFRESHABLE
        self._headers = {**data_headers(config), **FILE_HEADERS}
        self._account_address, self._api_budget, self._connections = account_address, api_budget, connections
        self._storage = PublicClient(str(config["api_url"]))
        self._sessions: dict[str, requests.Session] = {}
        self._lock = threading.Lock()

    def open(self, url: str, headers: Mapping[str, str]) -> tuple[requests.Response, bool]:
        """The response at the end of the redirects, with a body that is not read, and whether its request was signed.

        Raises `FileSkipped` for an address that the connector does not request, and the errors of `requests`.
        """
        is_signed = True
        for _ in range(MAX_REDIRECTS + 1):
            address = self._account_address(url) if is_signed else None
            is_signed = address is not None
            response = self._send_signed(address, url, headers) if address else self._send_public(url, headers)
            target = redirect_target(response)
            if not target:
                return response, is_signed
            response.close()
            if is_sign_in(target):
                raise FileSkipped("Zendesk redirects the request to a sign-in page")
            url = target
        raise FileSkipped(f"the address of the file has more than {MAX_REDIRECTS} redirects")

    def renew_credentials(self) -> bool:
        """Replace an OAuth token that Zendesk refused; False if the credentials have none."""
        if self._has_tokens:
            self._authenticator.refresh_and_set_access_token()
        return self._has_tokens

    def close(self) -> None:
        """Close the connections to storage hosts."""
        self._storage.close()

    def _send_signed(self, address: BrandAddress, url: str, headers: Mapping[str, str]) -> requests.Response:
        parts = urlsplit(url)
        target = f"{address.url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        signature = self._authenticator.get_auth_header()
        session = self._session(origin(target))
        all_headers = {**self._headers, **address.headers, **signature, **headers}
        return session.get(
            target, headers=all_headers, stream=True, allow_redirects=False, timeout=SYNC_TIMEOUTS.timeout
        )

    def _send_public(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        try:
            return self._storage.get(url, {**FILE_HEADERS, **headers})
        except AddressRefusedError as error:
            raise FileSkipped(str(error)) from error

    def _session(self, address: str) -> requests.Session:
        with self._lock:
            session = self._sessions.get(address)
            if session is None:
                limited = LimiterSession(api_budget=self._api_budget)
                session = self._sessions[address] = account_session(address, None, limited, self._connections)
            return session
