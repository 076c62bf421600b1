"""Which streams the recommended catalog leaves out, and why."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from source_zendesk.manifest.endpoint import Endpoint
from source_zendesk.manifest.parents import BRAND
from source_zendesk.manifest.resources import schema_path

Entries = Mapping[str, Endpoint]


@dataclass(frozen=True)
class Exclusion:
    """A reason that names a stream: `source` has the rows, or stands for those that would be asked for one by one."""

    why: str
    source: str
    has_the_rows: bool = True

    def __str__(self) -> str:
        return self.why.format(f"`{self.source}`")


def find_exclusion(endpoint: Endpoint, endpoints: Entries) -> Exclusion | None:
    """The first reason for leaving a readable stream out; nothing where it is recommended."""
    for why, source_of, has_the_rows in REASONS:
        if source := source_of(endpoint, endpoints):
            return Exclusion(why, source, has_the_rows)
    return None


def parent_endpoints(endpoint: Endpoint, endpoints: Entries) -> list[Endpoint]:
    """The streams whose rows it is asked for."""
    return [endpoints[parent["stream"]] for parent in endpoint.parents if "stream" in parent]


def _has_preferred_stream(endpoint: Endpoint, _: Entries) -> str:
    return endpoint.preferred_stream


def _in_parts(endpoint: Endpoint, endpoints: Entries) -> str:
    """The first of the streams that have its rows among them, each those of one kind."""
    found = (each for each in endpoints.values() if each.path == endpoint.path)
    return "" if "part" in endpoint.options else next((each.name for each in found if "part" in each.options), "")


def _counted(endpoint: Endpoint, _: Entries) -> str:
    return endpoint.counts


def _repeats_another_stream(endpoint: Endpoint, endpoints: Entries) -> str:
    """The parent that has the same kind of object: it was read with these very rows."""
    same = schema_path(endpoint.schema, endpoint.product)
    found = (
        each.name for each in parent_endpoints(endpoint, endpoints) if schema_path(each.schema, each.product) == same
    )
    return next(found, "")


def _is_cross_product(endpoint: Endpoint, _: Entries) -> str:
    """The last of several parents, each row of which is asked for with each row of the others.

    The brands at whose hosts something is asked are places to ask at, and few.
    """
    hosts = [BRAND] if endpoint.is_per_brand else []
    parents = [
        parent["stream"] for parent in endpoint.parents if "stream" in parent and list(parent["fields"]) != hosts
    ]
    return str(parents[-1]) if len(parents) > 1 else ""


def _needs_full_read(endpoint: Endpoint, endpoints: Entries) -> str:
    """The stream of many rows, all of which every run asks for anew, one by one, whatever changed."""
    return "" if endpoint.incremental == "follows_parent" else next(_many_above(endpoint, endpoints), "")


def _many_above(endpoint: Endpoint, endpoints: Entries) -> Iterator[str]:
    for parent in endpoint.parents:
        # A parent that is asked with a query gives some of its rows alone: the agents of all users.
        if "stream" in parent and "query" not in parent:
            source = endpoints[parent["stream"]]
            if cheapest(source, endpoints).grows_with_usage:
                yield source.name
            yield from _many_above(source, endpoints)


def cheapest(endpoint: Endpoint, endpoints: Entries) -> Endpoint:
    """The stream at the end of the better sources, itself where there is none."""
    while endpoint.preferred_stream:
        endpoint = endpoints[endpoint.preferred_stream]
    return endpoint


REASONS: tuple[tuple[str, Callable[[Endpoint, Entries], str], bool], ...] = (
    ("{} has its rows", _has_preferred_stream, True),
    ("{} and its like have its rows", _in_parts, True),
    ("counts rows of {}", _counted, True),
    ("shows rows of {} again", _repeats_another_stream, True),
    ("asks for each pair with {}", _is_cross_product, False),
    ("asks for each of {} on every run", _needs_full_read, False),
)
"""From the reason that says most to the one that says least."""
