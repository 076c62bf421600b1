"""Which streams the recommended catalog excludes, and why."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from source_zendesk.manifest.endpoint import Endpoint
from source_zendesk.manifest.parent_ref import BRAND
from source_zendesk.manifest.resources import schema_path

Endpoints = Mapping[str, Endpoint]


@dataclass(frozen=True)
class Exclusion:
    """Why a stream is excluded; `source` is the stream that has its records, or that causes the many requests."""

    reason: str
    source: str
    source_has_records: bool = True

    def __str__(self) -> str:
        return self.reason.format(f"`{self.source}`")


def find_exclusion(endpoint: Endpoint, endpoints: Endpoints) -> Exclusion | None:
    """The first reason to exclude a readable stream; None if it is recommended."""
    for reason, find_source, source_has_records in REASONS:
        if source := find_source(endpoint, endpoints):
            return Exclusion(reason, source, source_has_records)
    return None


def recommended_endpoints(endpoints: Endpoints) -> list[Endpoint]:
    """The readable streams without a reason to exclude them, in the order of the manifest.

    These are the streams of a configuration without products that have credentials of their own.
    """
    candidates = (each for each in endpoints.values() if each.is_readable and not each.options.account)
    return [each for each in candidates if not find_exclusion(each, endpoints)]


def parent_endpoints(endpoint: Endpoint, endpoints: Endpoints) -> list[Endpoint]:
    """The parent streams of a substream."""
    return [endpoints[parent.stream] for parent in endpoint.parents if parent.stream]


def _preferred_stream(endpoint: Endpoint, _: Endpoints) -> str:
    return endpoint.options.preferred_stream


def _first_part(endpoint: Endpoint, endpoints: Endpoints) -> str:
    """The first of the streams that split the records of this one by their kind."""
    if endpoint.options.part:
        return ""
    parts = (each.name for each in endpoints.values() if each.path == endpoint.path and each.options.part)
    return next(parts, "")


def _counted_stream(endpoint: Endpoint, _: Endpoints) -> str:
    return endpoint.options.counts


def _repeated_parent(endpoint: Endpoint, endpoints: Endpoints) -> str:
    """The parent with the same schema: its records already are the records of this stream.

    A parameter that the parent does not send can add fields to the records, such as `include=settings`. The parent's
    list may be refused if the value can come from the configuration.
    """
    own = schema_path(endpoint.schema, endpoint.product)
    parents = [endpoints[parent.stream] for parent in endpoint.parents if parent.stream and not parent.setting]
    same = (each for each in parents if schema_path(each.schema, each.product) == own)
    return next((each.name for each in same if endpoint.options.query.items() <= each.options.query.items()), "")


def _cross_product_parent(endpoint: Endpoint, _: Endpoints) -> str:
    """The last of several parents, if the stream sends a request for each combination of their records.

    Brands whose hosts receive the requests do not count: an account has few.
    """
    hosts = [BRAND] if endpoint.options.per_brand else []
    parents = [parent.stream for parent in endpoint.parents if parent.stream and list(parent.fields) != hosts]
    return parents[-1] if len(parents) > 1 else ""


def _growing_parent(endpoint: Endpoint, endpoints: Endpoints) -> str:
    """The growing parent whose number of records determines the number of requests of a first sync."""
    return next(_growing_parents(endpoint, endpoints), "")


def _growing_parents(endpoint: Endpoint, endpoints: Endpoints) -> Iterator[str]:
    for parent in endpoint.parents:
        # A query selects few records, such as the agents among all users: in batches, they need some requests only.
        if parent.stream and not (parent.query and parent.batch):
            source = endpoints[parent.stream]
            if resolve_preferred_stream(source, endpoints).options.grows_with_usage:
                yield source.name
            yield from _growing_parents(source, endpoints)


def resolve_preferred_stream(endpoint: Endpoint, endpoints: Endpoints) -> Endpoint:
    """The last stream of the chain of preferred streams; the stream itself if it prefers none."""
    while endpoint.options.preferred_stream:
        endpoint = endpoints[endpoint.options.preferred_stream]
    return endpoint


REASONS: tuple[tuple[str, Callable[[Endpoint, Endpoints], str], bool], ...] = (
    ("{} has its records", _preferred_stream, True),
    ("{} and similar streams have its records", _first_part, True),
    ("counts records of {}", _counted_stream, True),
    ("repeats records of {}", _repeated_parent, True),
    ("one request for each combination with {}", _cross_product_parent, False),
    ("its requests grow with the records of {}", _growing_parent, False),
)
"""Reason, function that finds the source, and whether the source has the records; the most specific reason first."""
