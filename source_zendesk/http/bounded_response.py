"""Response bodies with a deadline and a size limit."""

import io
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import requests
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import DecodeError, LocationParseError, ProtocolError, ReadTimeoutError, SSLError
from urllib3.util.ssl_ import create_urllib3_context

from source_zendesk.http.reachability import HostReachability
from source_zendesk.http.timed_connection import DEADLINE_IN_SECONDS, POOLS, ResponseDeadlineError

# The maximum number of threads, and of hosts (one for each brand). Further connections are closed after their request.
MAX_CONNECTIONS = 80
# After decompression. A page of 1000 tickets has up to about 60 MB.
MAX_MEGABYTES = 256
CHUNK_BYTES = 64 * 1024


class ResponseTooLargeError(requests.RequestException):
    """A response exceeds `MAX_MEGABYTES`."""

    def __init__(self) -> None:
        super().__init__(f"the response has more than {MAX_MEGABYTES} MB after decompression")


class ResponseTooSlowError(requests.ReadTimeout):
    """A response exceeds the deadline of `timed_connection`."""

    def __init__(self) -> None:
        super().__init__(f"the response did not end within {DEADLINE_IN_SECONDS:.0f} s")


class BoundedResponse(requests.Response):
    """Reads its body within the deadline of `timed_connection`, and up to `MAX_MEGABYTES` after decompression.

    Raises `ResponseTooSlowError` after the deadline, `ResponseTooLargeError` above the size limit, and the errors of
    `requests` if the body is truncated or damaged. If the status is 400 or above, the body ends there without an error:
    the status is the result. A reader that does not store the body in memory can set another limit, `max_bytes`.
    """

    decodes_content = True
    max_bytes: float | None = None

    def iter_content(self, chunk_size: int | None = 1, decode_unicode: bool = False) -> Iterator[Any]:  # noqa: FBT001, FBT002
        """The body as it arrives, in chunks of any size; `content` stores all of it."""
        if self._content_consumed:
            return super().iter_content(chunk_size, decode_unicode)
        return self._chunks()

    def _chunks(self) -> Iterator[bytes]:
        bytes_left = MAX_MEGABYTES * 1024 * 1024 if self.max_bytes is None else self.max_bytes
        try:
            while chunk := self.raw.read1(CHUNK_BYTES, decode_content=self.decodes_content):
                bytes_left -= len(chunk)
                if bytes_left < 0:
                    raise ResponseTooLargeError
                yield chunk
        except BaseException as error:
            self.close()
            raised = _to_requests_error(error)
            if self.status_code < 400 or not isinstance(raised, requests.RequestException):
                raise raised from error
        self._content_consumed = True


class BoundedAdapter(HTTPAdapter):
    """Adapter that bounds all responses of a session; sessions can share one, and thereby its connections.

    Raises `InvalidURL` and `InvalidProxyURL`, before anything is sent, where `requests` raises none of its own errors.
    Until the first response of a host, `reachability` bounds the requests to it.
    """

    def __init__(self, reachability: HostReachability | None = None) -> None:
        self._contexts: dict[str | None, ssl.SSLContext] = {}
        super().__init__(pool_connections=MAX_CONNECTIONS, pool_maxsize=MAX_CONNECTIONS)
        self.reachability = reachability or HostReachability()
        # Weak, because the pool managers drop pools when they are closed or have too many.
        self._pools: WeakValueDictionary[Any, Any] = WeakValueDictionary()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """The connections time the whole response, its headers and trailers included."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """The same for the connections to a proxy; connections through SOCKS have classes of their own."""
        manager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = POOLS
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """The response; a host that cannot be resolved, such as one with too long a label, is an invalid URL.

        Raises `ResponseTooSlowError` for headers that arrive after the deadline, and `UnreachedError`.
        """
        reachability = self.reachability.for_url(str(request.url))
        timeout = reachability.start_attempt(options.get("timeout"))
        try:
            response = self._send(request, *args, **{**options, "timeout": timeout})
        except requests.RequestException as error:
            reachability.note_failure(error)
            raise
        reachability.note_response()
        return response

    def _send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        try:
            return super().send(request, *args, **options)
        except LocationParseError as error:
            raise requests.exceptions.InvalidURL(error, request=request) from error
        except requests.ReadTimeout as error:
            if isinstance(getattr(error.__context__, "__cause__", None), ResponseDeadlineError):
                raise ResponseTooSlowError from error
            raise

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        """The connection pool of a host, with its certificates; looked up once, not for each request."""
        key = urlsplit(str(request.url))[:2], verify, cert, *sorted((proxies or {}).items())
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = self._find_pool(request, verify, proxies, cert)
        return pool

    def _find_pool(self, request: requests.PreparedRequest, verify: Any, proxies: Any, cert: Any) -> Any:
        """The connection pool; a proxy's address without a host or with a password that is not Latin-1 is invalid."""
        try:
            pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
        except (TypeError, UnicodeError) as error:
            raise requests.exceptions.InvalidProxyURL("the proxy's address is not valid", request=request) from error
        return pool

    def build_connection_pool_key_attributes(self, *args: Any, **options: Any) -> Any:
        """The attributes of a pool; its connections verify certificates with one context.

        urllib3 would load the trusted certificates for each connection, which takes 0.7 MB and 17 ms.
        """
        host, tls = super().build_connection_pool_key_attributes(*args, **options)
        if host["scheme"] != "https" or tls["cert_reqs"] == "CERT_NONE":
            return host, tls
        location = tls.get("ca_certs") or tls.get("ca_cert_dir")
        context = self._contexts.get(location) or self._contexts.setdefault(location, _trusting_context(location))
        return host, {"cert_reqs": "CERT_REQUIRED", "ssl_context": context}

    def cert_verify(self, *_: Any) -> None:
        """Nothing: the context of the connections has the trusted certificates."""

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """The response; only its headers are read."""
        response = super().build_response(req, resp)
        response.__class__ = BoundedResponse
        return response


def _trusting_context(location: str | None) -> ssl.SSLContext:
    """A context that trusts the certificates in a file or directory, or by default those of `requests`."""
    path, context = location or DEFAULT_CA_BUNDLE_PATH, create_urllib3_context()
    context.load_verify_locations(**{"capath" if Path(path).is_dir() else "cafile": path})
    return context


def bound_responses(session: requests.Session, connections: BoundedAdapter | None = None) -> requests.Session:
    """The session, with bounded responses from every address; it can use the `connections` of other sessions."""
    adapter = connections or BoundedAdapter()
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    return session


def read_partial_body(response: requests.Response) -> requests.RequestException | None:
    """Read a streamed body, so that `content` has every byte that arrived; return the error that truncated it.

    A body that is not encoded as its header says is returned as it arrived.
    """
    if not isinstance(response, BoundedResponse) or "Content-Encoding" not in response.headers:
        response._content, error = _read_chunks(response)
        return error
    response.decodes_content = False
    encoded, error = _read_chunks(response)
    response.decodes_content, response._content_consumed = True, False
    coding = {"Content-Encoding": response.headers["Content-Encoding"]}
    response.raw = HTTPResponse(io.BytesIO(encoded), coding, preload_content=False)
    decoded, fault = _read_chunks(response)
    response._content = decoded if decoded or not fault else encoded
    return error or fault


def _read_chunks(response: requests.Response) -> tuple[bytes, requests.RequestException | None]:
    chunks: list[bytes] = []
    try:
        chunks.extend(response.iter_content(CHUNK_BYTES))
    except requests.RequestException as error:
        return b"".join(chunks), error
    return b"".join(chunks), None


def _to_requests_error(error: BaseException) -> BaseException:
    """The error that `requests` raises for an error of urllib3."""
    if isinstance(error, ProtocolError):
        return requests.exceptions.ChunkedEncodingError(error)
    if isinstance(error, DecodeError):
        return requests.exceptions.ContentDecodingError(error)
    if isinstance(error.__cause__, ResponseDeadlineError):
        return ResponseTooSlowError()
    if isinstance(error, ReadTimeoutError):
        return requests.ConnectionError(error)
    return requests.exceptions.SSLError(error) if isinstance(error, SSLError) else error
