"""Requests for the pages of one endpoint."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests
from airbyte_cdk.sources.declarative.requesters.requester import Requester
from airbyte_cdk.sources.types import StreamSlice

from source_zendesk.errors import ResponseError
from source_zendesk.extract.paginator import Query
from source_zendesk.extract.sideload_join import include_parameter
from source_zendesk.extract.stream_context import RequestContext
from source_zendesk.extract.transformations import BRAND
from source_zendesk.http.rate_limit_retry import send_within_limit
from source_zendesk.http.refusals import ParentSkipped
from source_zendesk.http.response import ParsedResponse, expect_documented_shape, parse_response
from source_zendesk.manifest.placeholders import InvalidPathValueError, fill_path, find_placeholders

LOGGER = logging.getLogger("airbyte")


def cache_key(endpoint: str, query: Mapping[str, Any]) -> str:
    """The key under which streams share an endpoint's pages; a `query` selects other rows, so it is part of the key."""
    return f"{endpoint}?{urlencode(query, doseq=True)}" if query else endpoint


@dataclass
class PageRequester:
    """Requests pages of an `endpoint`; a slice's values fill its placeholders, the others its query or JSON body.

    With `query_in_body`, the whole query is in the JSON body of a `POST`.
    `query` is sent with every page. It and `optional_params` are optional: parameters that Zendesk refuses by name are
    added to `refused_params` and no longer sent. With `per_brand`, requests go to the host of the slice's brand;
    without a brand, or with `any_help_center`, to a host with a help center.
    """

    name: str
    endpoint: str
    requester: Requester
    query: Mapping[str, Any] = field(default_factory=dict)
    optional_params: frozenset[str] = frozenset()
    body_parameters: bool = False
    query_in_body: bool = False
    per_brand: bool = False
    any_help_center: bool = False
    context: RequestContext = field(default_factory=RequestContext)
    refused_params: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Parse the placeholders; sends nothing."""
        self._placeholders = find_placeholders(self.endpoint)

    def send(
        self, query: Query, values: Mapping[str, Any], *, bypass_cache: bool
    ) -> ParsedResponse | requests.Response:
        """The parsed response, or the raw one if its status is 400 or above; `bypass_cache` for a repeated page."""
        params, path = self.params(query, values), self.path(values)
        if bypass_cache:
            return parse_response(self._request(path, params, values))
        cache_path = f"{values.get(BRAND)}{path}" if self.per_brand else path
        return self.context.response_cache.get(
            cache_key(self.endpoint, self.context.query),
            cache_path,
            params,
            lambda: self._request(path, params, values),
        )

    def params(self, query: Query, values: Mapping[str, Any]) -> Query:
        """The complete query of a page."""
        params = {**self.query, **self._other_values(values, in_body=False), **query}
        if self.context.include:
            fixed = {self.query["include"]} if "include" in self.query else set()
            params["include"] = include_parameter(self.context.include | fixed)
        return {name: value for name, value in params.items() if name not in self.refused_params}

    def drop_refused_params(self, query: Query, values: Mapping[str, Any], refusal: str) -> bool:
        """Stop sending the optional parameters that the error text `refusal` contains; False if it contains none."""
        optional = {*self.query, *self.optional_params} - self.refused_params - set(values)
        refused = {name for name in optional & {*self.query, *query} if name in refusal}
        if refused:
            LOGGER.warning(
                "Stream %s: Zendesk refuses the parameters %s here; retrying without them",
                self.name,
                ", ".join(sorted(refused)),
            )
        self.refused_params |= refused
        return bool(refused)

    def path(self, values: Mapping[str, Any]) -> str:
        """The path with these values; raises `ParentSkipped` if they are not valid in a path."""
        try:
            return fill_path(self.endpoint, {name: str(values[name]) for name in self._placeholders})
        except InvalidPathValueError as error:
            raise ParentSkipped(str(error), is_permission_denied=False) from error

    def _other_values(self, values: Mapping[str, Any], *, in_body: bool) -> dict[str, Any]:
        path_names = {*self._placeholders, *([BRAND] if self.per_brand else [])}
        other_values = {name: value for name, value in values.items() if name not in path_names}
        if not self.body_parameters:
            return {} if in_body else other_values
        return {name: value for name, value in other_values.items() if (name in self.context.parameters) is not in_body}

    def _brand_options(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The requester's options for a request to a brand's host, empty for the account's host."""
        hosts, brand_id = self.context.brand_hosts, values.get(BRAND) if self.per_brand else None
        if hosts is None or not (self.per_brand or self.any_help_center):
            return {}
        with expect_documented_shape(self.name):
            address = hosts.help_center_address(self.name) if brand_id is None else hosts.address(self.name, brand_id)
        if address is None:
            return {}
        url = StreamSlice(partition={"address": address.url}, cursor_slice={})
        return {"stream_slice": url, "request_headers": address.headers}

    def _request(self, path: str, params: Query, values: Mapping[str, Any]) -> requests.Response:
        body = self._other_values(values, in_body=True)
        if self.query_in_body:
            params, body = {}, {**body, **params}
        response = send_within_limit(
            self.name,
            lambda: self.requester.send_request(
                path=path,
                request_params=params,
                request_body_json=body or None,
                **self._brand_options(values),
            ),
            self.context.credentials_field,
        )
        if response is None:
            raise ResponseError(self.name, "Zendesk sent no response")
        return response
