"""Which streams the recommended catalog leaves out, and why: it has every row once, by its cheapest way."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from source_zendesk.manifest.entry import Entry
from source_zendesk.manifest.parents import BRAND
from source_zendesk.manifest.resources import schema_path

Entries = Mapping[str, Entry]


@dataclass(frozen=True)
class LeftOut:
    """A reason that names a stream: `source` has the rows, or stands for those that would be asked for one by one."""

    why: str
    source: str
    has_the_rows: bool = True

    def __str__(self) -> str:
        return self.why.format(f"`{self.source}`")


def left_out(entry: Entry, entries: Entries) -> LeftOut | None:
    """The first reason for leaving a readable stream out; nothing where it is recommended."""
    for why, source_of, has_the_rows in REASONS:
        if source := source_of(entry, entries):
            return LeftOut(why, source, has_the_rows)
    return None


def parents_of(entry: Entry, entries: Entries) -> list[Entry]:
    """The streams whose rows it is asked for."""
    return [entries[parent["stream"]] for parent in entry.parents if "stream" in parent]


def _better(entry: Entry, _: Entries) -> str:
    return entry.better


def _in_parts(entry: Entry, entries: Entries) -> str:
    """The first of the streams that have its rows among them, each those of one kind."""
    found = (each for each in entries.values() if each.endpoint == entry.endpoint)
    return "" if "part" in entry.facts else next((each.name for each in found if "part" in each.facts), "")


def _counted(entry: Entry, _: Entries) -> str:
    return entry.counts


def _shown_again(entry: Entry, entries: Entries) -> str:
    """The parent that has the same kind of object: it was read with these very rows."""
    same = schema_path(entry.schema, entry.product)
    found = (each.name for each in parents_of(entry, entries) if schema_path(each.schema, each.product) == same)
    return next(found, "")


def _crossed(entry: Entry, _: Entries) -> str:
    """The last of several parents, each row of which is asked for with each row of the others.

    The brands at whose hosts something is asked are places to ask at, and few.
    """
    hosts = [BRAND] if entry.is_per_brand else []
    parents = [parent["stream"] for parent in entry.parents if "stream" in parent and list(parent["fields"]) != hosts]
    return str(parents[-1]) if len(parents) > 1 else ""


def _asked_anew(entry: Entry, entries: Entries) -> str:
    """The stream of many rows, all of which every run asks for anew, one by one, whatever changed."""
    return "" if entry.incremental == "follows_parent" else next(_many_above(entry, entries), "")


def _many_above(entry: Entry, entries: Entries) -> Iterator[str]:
    for parent in entry.parents:
        # A parent that is asked with a query gives some of its rows alone: the agents of all users.
        if "stream" in parent and "query" not in parent:
            source = entries[parent["stream"]]
            if cheapest(source, entries).many:
                yield source.name
            yield from _many_above(source, entries)


def cheapest(entry: Entry, entries: Entries) -> Entry:
    """The stream at the end of the better sources, itself where there is none."""
    while entry.better:
        entry = entries[entry.better]
    return entry


REASONS: tuple[tuple[str, Callable[[Entry, Entries], str], bool], ...] = (
    ("{} has its rows", _better, True),
    ("{} and its like have its rows", _in_parts, True),
    ("counts rows of {}", _counted, True),
    ("shows rows of {} again", _shown_again, True),
    ("asks for each pair with {}", _crossed, False),
    ("asks for each of {} on every run", _asked_anew, False),
)
"""From the reason that says most to the one that says least."""
