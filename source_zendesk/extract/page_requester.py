"""Requests for the pages of one endpoint."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from airbyte_cdk.sources.declarative.requesters.requester import Requester
from airbyte_cdk.sources.types import StreamSlice

from source_zendesk.errors import ResponseError
from source_zendesk.extract.paginators import Query
from source_zendesk.extract.sideload_join import include_parameter
from source_zendesk.extract.stream_context import StreamContext
from source_zendesk.extract.transformations import BRAND
from source_zendesk.http import response as answers
from source_zendesk.http.rate_limit_retry import send_within_limit
from source_zendesk.http.refusals import ParentSkipped
from source_zendesk.http.response import ParsedResponse
from source_zendesk.manifest.placeholders import InvalidPathValueError, fill_path, find_placeholders

LOGGER = logging.getLogger("airbyte")


@dataclass
class PageRequester:
    """Puts the values of a slice into the path of an `endpoint`, and all others into its query or the JSON body.

    `query` is what every page is asked with; like the `savers` it can be done without, and what Zendesk `refused` of
    it is left out from then on.
    """

    name: str
    endpoint: str
    requester: Requester
    query: Mapping[str, Any] = field(default_factory=dict)
    optional_params: frozenset[str] = frozenset()
    body_parameters: bool = False
    per_brand: bool = False
    context: StreamContext = field(default_factory=StreamContext)
    refused_params: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Nothing is sent yet."""
        self._placeholders = find_placeholders(self.endpoint)

    def send(self, query: Query, values: Mapping[str, Any], *, is_again: bool) -> ParsedResponse | requests.Response:
        """The answer, or the response where its status is 400 and above; pages that are read again are not shared."""
        params, path = self.params(query, values), self._path(values)
        if is_again:
            return answers.parse_response(self._request(path, params, values))
        position = f"{values.get(BRAND)}{path}" if self.per_brand else path
        return self.context.response_cache.get(
            self.context.cache_key, position, params, lambda: self._request(path, params, values)
        )

    def params(self, query: Query, values: Mapping[str, Any]) -> Query:
        """The whole query of a page."""
        params = {**self.query, **self._parameters(values, in_body=False), **query}
        if self.context.include:
            own = {self.query["include"]} if "include" in self.query else set()
            params["include"] = include_parameter(self.context.include | own)
        return {name: value for name, value in params.items() if name not in self.refused_params}

    def drop_refused_params(self, query: Query, values: Mapping[str, Any], refusal: str) -> bool:
        """Leave out what nobody asked for when the server refuses it by name; False where it names none of that."""
        named = {
            name for name in {*self.query, *self.optional_params} - self.refused_params - set(values) if name in refusal
        }
        named &= {*self.query, *query}
        if named:
            LOGGER.warning("Stream %s: Zendesk refuses %s here; asking without", self.name, ", ".join(sorted(named)))
        self.refused_params |= named
        return bool(named)

    def _path(self, values: Mapping[str, Any]) -> str:
        try:
            return fill_path(self.endpoint, {name: str(values[name]) for name in self._placeholders})
        except InvalidPathValueError as error:
            raise ParentSkipped(str(error), is_access=False) from error

    def _parameters(self, values: Mapping[str, Any], *, in_body: bool) -> dict[str, Any]:
        elsewhere = {*self._placeholders, *([BRAND] if self.per_brand else [])}
        rest = {name: value for name, value in values.items() if name not in elsewhere}
        if not self.body_parameters:
            return {} if in_body else rest
        return {name: value for name, value in rest.items() if (name in self.context.parameters) is not in_body}

    def _address(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Where a request goes that is not for the account's own host."""
        if not self.per_brand or self.context.brand_hosts is None:
            return {}
        with answers.expect_documented_shape(self.name):
            address = self.context.brand_hosts.address(self.name, values.get(BRAND))
        url = StreamSlice(partition={"address": address.url}, cursor_slice={})
        return {"stream_slice": url, "request_headers": address.headers}

    def _request(self, path: str, params: Query, values: Mapping[str, Any]) -> requests.Response:
        response = send_within_limit(
            self.name,
            lambda: self.requester.send_request(
                path=path,
                request_params=params,
                request_body_json=self._parameters(values, in_body=True) or None,
                **self._address(values),
            ),
        )
        if response is None:
            raise ResponseError(self.name, "Zendesk gave no answer")
        return response
