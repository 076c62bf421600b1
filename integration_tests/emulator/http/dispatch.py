"""Handles a request: faults, credentials, rate limits, parameters, then the endpoint's handler."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from integration_tests.emulator import exports, products, reads, writes
from integration_tests.emulator.api import errors
from integration_tests.emulator.api.account import LOOPBACK, Account, Request
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import COMPLETE_ROWS, HANDLERS
from integration_tests.emulator.api.replies import Reply
from integration_tests.emulator.api.routes import Endpoint, endpoints, nearest
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.http import auth
from integration_tests.emulator.http.faults import Fault, Faults
from integration_tests.emulator.http.limits import Limits
from integration_tests.emulator.http.oauth import OAuth
from integration_tests.emulator.http.sell_oauth import SELL_TOKENS, grant_sell_token
from integration_tests.emulator.reads import paging

for package in (reads, exports, writes, products):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
JSON = {"Content-Type": "application/json; charset=utf-8"}


def parse_query(text: str) -> dict[str, list[str]]:
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    return query


def error_reply(error: errors.ApiError) -> Reply:
    body = error.body.encode() if isinstance(error.body, str) else orjson.dumps(error.body)
    return Reply(error.status, body, error.headers)


class Dispatcher:
    """Responds to the requests of one account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.faults = Faults()
        self.limits = Limits()
        self.oauth = OAuth(account.clock)

    def respond(
        self, endpoint: Endpoint | None, params: Mapping[str, str], request: Request, base: str
    ) -> tuple[Reply, float]:
        """The reply, and the seconds to delay it."""
        with self.account.lock:
            self.account.before_response()
            self.account.requests.append(request)
            fault = self.faults.match(request.method, request.path, request.query)
            reply = (
                self._respond_with_fault(fault, endpoint, params, request, base)
                if fault
                else self._respond_normally(endpoint, params, request, base)
            )
            request.status = reply.status
            return Reply(reply.status, reply.body, JSON | reply.headers), fault.delay if fault else 0.0

    def _respond_with_fault(
        self, fault: Fault, endpoint: Endpoint | None, params: Mapping[str, str], request: Request, base: str
    ) -> Reply:
        replacement = self.faults.replacement(fault)
        if replacement is not None:
            return replacement
        if fault.kind == "anonymous":
            request.headers.pop("authorization", None)
        return self.faults.damage(fault, request.path, self._respond_normally(endpoint, params, request, base))

    def _respond_normally(
        self, endpoint: Endpoint | None, params: Mapping[str, str], request: Request, base: str
    ) -> Reply:
        headers: dict[str, str] = {}
        try:
            brand = _brand(self.account, endpoint, request.headers)
            if endpoint is None:
                auth.authenticate(self.account, self.oauth, endpoints()[0], request.headers)
                raise errors.invalid_endpoint(nearest(request.method, request.path))
            auth.authenticate(self.account, self.oauth, endpoint, request.headers)
            page = request.query.get("page", ["1"])[-1]
            headers = self.limits.acquire(request.method, request.path, int(page) if page.isdigit() else 1)
            auth.authorize(self.account, endpoint)
            parts = (request.query, request.headers, request.body, base, request.path)
            call = Call(self.account, endpoint, params, *parts, brand)
            check_query(call)
            reply = run_handler(call)
        except errors.ApiError as error:
            reply = error_reply(error)
        self.faults.remember(request.path, reply)
        reply.headers = headers | reply.headers
        return reply

    def token(self, request: Request) -> Reply:
        """Respond to a request for an OAuth token."""
        with self.account.lock:
            self.account.requests.append(request)
            fault = self.faults.match(request.method, request.path, request.query)
            reply = self.faults.replacement(fault) if fault else None
            reply = reply or self._grant(request)
            request.status = reply.status
            return Reply(reply.status, reply.body, JSON | reply.headers)

    def _grant(self, request: Request) -> Reply:
        try:
            if request.path == SELL_TOKENS:
                return Reply(200, orjson.dumps(grant_sell_token(self.account, request)))
            form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
            body = dict(parse_qsl(request.body.decode())) if form else orjson.loads(request.body)
            return Reply(200, orjson.dumps(self.oauth.grant(body)))
        except orjson.JSONDecodeError:
            return error_reply(errors.unprocessable_body())
        except errors.ApiError as error:
            return error_reply(error)

    def rows(
        self, endpoint: Endpoint, params: Mapping[str, str], query: dict[str, list[str]], path: str, host: str = ""
    ) -> list[Row]:
        """All rows of a list, without its pages."""
        with self.account.lock:
            self.account.user = self.account.owner()
            brand = _brand(self.account, endpoint, {"host": host})
            call = Call(self.account, endpoint, params, query, {"host": host}, b"", "", path, brand)
            return rows_of_call(call)


def _brand(account: Account, endpoint: Endpoint | None, headers: Mapping[str, str]) -> Any:
    """The brand of the requested host; 404 for an unknown host and for a brand without a help center."""
    host = headers.get("host", "")
    if endpoint is not None and endpoint.account:
        return _check_product_host(endpoint, host)
    needs_help_center = endpoint is not None and bool(endpoint.brand or endpoint.help_center)
    if host.partition(":")[0] in LOOPBACK and not needs_help_center:
        return None
    brand = account.brand_at(host)
    if brand is None:
        raise errors.no_help_desk(host)
    if needs_help_center and not brand["has_help_center"]:
        raise errors.not_found()
    return brand["id"]


def _check_product_host(endpoint: Endpoint, host: str) -> None:
    """404 for a request to another host than the product's; a loopback address is that of any host."""
    if host.partition(":")[0] not in {*LOOPBACK, endpoint.host or "acme.zendesk.com"}:
        raise errors.no_help_desk(host)


def check_query(call: Call) -> None:
    """400 for an unknown parameter and for a missing required one."""
    unknown = [name for name in call.query if name not in call.endpoint.accepts]
    if unknown:
        raise errors.bad_parameter(unknown[0], "is not a parameter of this endpoint")
    missing = [name for name in call.endpoint.required if not call.query.get(name)]
    if missing:
        raise errors.bad_parameter(missing[0], "is required")


def run_handler(call: Call) -> Reply:
    result = HANDLERS[call.endpoint.serve](call)
    return result if isinstance(result, Reply) else paging.paginate(call, result)


def rows_of_call(call: Call) -> list[Row]:
    """All rows of a list, an export or a single object, without its pages."""
    return COMPLETE_ROWS.get(call.endpoint.serve, _all_pages)(call)


def _all_pages(call: Call) -> list[Row]:
    result = HANDLERS[call.endpoint.serve](call)
    if isinstance(result, Rows):
        return result.dicts()
    body = orjson.loads(result.body)
    rows = body.get(call.endpoint.key, body) if isinstance(body, dict) else body
    return rows if isinstance(rows, list) else [rows]
