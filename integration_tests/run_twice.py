"""Two runs of the same streams, and the requests of each run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from integration_tests.compare import TIME
from integration_tests.emulator import Emulator
from integration_tests.emulator.api.account import Request
from integration_tests.emulator.emulator import STORAGE, find_endpoint
from integration_tests.harness import Result, sync
from source_zendesk import times
from source_zendesk.manifest import Endpoint, Manifest

Requests = Counter[tuple[str, frozenset[tuple[str, str]]]]
"""How often each URL without its query was requested with each query."""


@dataclass
class TwoRuns:
    """A run, and a run with the state of the first; the requests of each, by method and path of their endpoint."""

    first: Result
    second: Result
    requests: tuple[dict[tuple[str, str], Requests], dict[tuple[str, str], Requests]]

    def read_mode(self, entry: Endpoint) -> str:
        """What the second run requested of a stream, compared with the first, in the words of `docs/streams.md`.

        `all` stands for everything that the page says about a list that is requested in full.
        """
        first, second = (run[entry.method, entry.path.removesuffix(".json")] for run in self.requests)
        if not first:
            return "nothing"
        if second == first:
            return "all"
        if any(parent.stream for parent in entry.parents) and second < first:
            return "children of changed parents"
        if {url for url, _ in second} == {url for url, _ in (first - second)}:
            return "changes of each parent" if entry.parents else "changes"
        return f"unclear: first {dict(first)}, then {dict(second)}"


def run_twice(zendesk: Emulator, streams: Sequence[str], change: Callable[[], object]) -> TwoRuns:
    """Sync streams, change the account, and sync them with the state of the first run."""
    zendesk.clear_requests()
    first, first_requests = sync(zendesk.config(), streams), requests_by_endpoint(zendesk.requests)
    change()
    zendesk.clear_requests()
    second = sync(zendesk.config(), streams, first.state)
    return TwoRuns(first, second, (first_requests, requests_by_endpoint(zendesk.requests)))


def requests_by_endpoint(requests: Iterable[Request]) -> dict[tuple[str, str], Requests]:
    """The requests by method and path of their endpoint, without the values that differ in each run."""
    found: dict[tuple[str, str], Requests] = defaultdict(Counter)
    now = times.iso(times.now())
    for request in requests:
        if request.path.startswith(STORAGE):
            continue
        endpoint, _ = find_endpoint(request.method, request.path)
        pairs = [(name, value) for name, values in request.query.items() for value in values]
        query = frozenset(pair for pair in pairs if pair[0] != "page[after]" and not _is_future(pair[1], now))
        found[endpoint.method, endpoint.path][request.headers["host"] + request.path, query] += 1
    return found


def _is_future(value: str, now: str) -> bool:
    return TIME.fullmatch(value) is not None and value > now


def incremental_streams_by_depth() -> list[list[Endpoint]]:
    """The incremental streams by the number of their parents' generations, so that no stream has its parent beside."""
    endpoints = Manifest.load().endpoints

    def depth(name: str) -> int:
        return max((1 + depth(parent.stream) for parent in endpoints[name].parents if parent.stream), default=0)

    found: dict[int, list[Endpoint]] = defaultdict(list)
    for entry in endpoints.values():
        if entry.cursor_field:
            found[depth(entry.name)].append(entry)
    return [found[level] for level in sorted(found)]
