"""How many requests a sync sends, computed from the entries of its streams and the size of an account."""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from source_zendesk.endpoints import load_cursor
from source_zendesk.manifest import Endpoint, Manifest, ParentRef
from source_zendesk.manifest.endpoint import SINGLE_PAGE
from source_zendesk.request_card import ListPaging

WITHOUT_LAST_PAGE = "$talk_export_paginator"
"""The paginator of exports that end with an empty page."""
SET_BY_ZENDESK = {
    "articles": 1000,
    "call_legs": 1000,
    "calls": 1000,
    "dashboard_agent_activity": 25,
    "export_routing_attribute_values": 3000,
    "export_routing_attributes": 3000,
    "export_routing_instance_values": 3000,
    "ticket_metric_events": 1000,
}
"""The documented rows on a full page of endpoints that take no size; 100 for all others."""


class AccountSize(Protocol):
    """The number of rows of an account.

    Streams on the same pages, such as `tickets` and `ticket_metrics`, count as the stream that has all rows.
    """

    def rows(self, stream: str, query: Mapping[str, object]) -> float:
        """The rows of a list with a query."""

    def changes(self, stream: str) -> float:
        """The rows that were added or changed since the last sync."""

    def parents(self, parent: ParentRef, *, only_changes: bool) -> float:
        """The rows of a parent stream that have children, or those of them that were added or changed."""


@dataclass(frozen=True)
class Read:
    """All pages of an endpoint: streams with the same endpoint and query share them.

    If `only_changes`, Zendesk returns only the rows that changed since the last sync.
    """

    stream: str
    query: tuple[tuple[str, object], ...]
    only_changes: bool


@dataclass(frozen=True)
class RequestModel:
    """The requests of a sync of the streams `names`, by the stream whose pages they request."""

    manifest: Manifest
    names: Collection[str]
    account: AccountSize

    def first_sync(self) -> Counter[str]:
        """The requests of a sync without a state."""
        return self._requests(is_first=True)

    def later_sync(self) -> Counter[str]:
        """The requests of a sync after a complete one."""
        return self._requests(is_first=False)

    def _requests(self, *, is_first: bool) -> Counter[str]:
        endpoints = self.manifest.endpoints
        reads = {read for name in self.names for read in self._reads(endpoints[name], is_first=is_first)}
        requests: Counter[str] = Counter()
        for read in reads:
            requests[read.stream] += self._requests_of(read)
        return requests

    @cached_property
    def _hosts(self) -> Mapping[str, Endpoint]:
        """The stream with all rows on the pages of a path: not one with a part of them, or with lists within them."""
        hosts: dict[str, Endpoint] = {}
        for endpoint in sorted(self.manifest.endpoints.values(), key=_has_other_rows):
            hosts.setdefault(endpoint.path, endpoint)
        return hosts

    def _reads(self, endpoint: Endpoint, *, is_first: bool) -> Iterator[Read]:
        host = self._hosts[endpoint.path]
        yield from self._reads_with_parents(host, {}, only_changes=not is_first and has_only_changes(host))

    def _reads_with_parents(
        self, endpoint: Endpoint, query: Mapping[str, object], *, only_changes: bool
    ) -> Iterator[Read]:
        params = {name: str(value) for name, value in {**endpoint.options.query, **query}.items()}
        yield Read(endpoint.name, tuple(sorted(params.items())), only_changes and has_only_changes(endpoint))
        follows = only_changes and endpoint.follows_parents
        for parent in endpoint.parents:
            if parent.stream:
                source = self.manifest.endpoints[parent.stream]
                yield from self._reads_with_parents(source, parent.query, only_changes=follows)

    def _requests_of(self, read: Read) -> int:
        endpoint, size = self.manifest.endpoints[read.stream], self._page_size(read.stream)
        account = self.account
        rows = account.changes(read.stream) if read.only_changes else account.rows(read.stream, dict(read.query))
        follows = read.only_changes and endpoint.follows_parents
        partitions = math.prod(self._partitions(parent, only_changes=follows) for parent in endpoint.parents)
        last_page = int(endpoint.options.paginator == WITHOUT_LAST_PAGE)
        return partitions * (max(1, math.ceil(rows / partitions / size)) + last_page) if partitions else 0

    def _partitions(self, parent: ParentRef, *, only_changes: bool) -> int:
        parents = self.account.parents(parent, only_changes=only_changes) if parent.stream else 0
        return len(parent.values) + math.ceil(parents / (parent.batch or 1))

    def _page_size(self, stream: str) -> float:
        """The rows on a full page; infinite if one response contains all rows."""
        endpoint = self.manifest.endpoints[stream]
        if endpoint.options.paginator == SINGLE_PAGE:
            return math.inf
        return ListPaging(endpoint, self.manifest).max_rows or SET_BY_ZENDESK.get(stream, 100)


def _has_other_rows(endpoint: Endpoint) -> bool:
    options = endpoint.options
    return endpoint.kind != "read" or bool(options.part or options.nested)


def has_only_changes(endpoint: Endpoint) -> bool:
    """Whether a later sync requests only changed rows, or the rows of changed parents."""
    if not endpoint.cursor_field:
        return False
    return endpoint.follows_parents or bool(load_cursor(endpoint).server_filter)
