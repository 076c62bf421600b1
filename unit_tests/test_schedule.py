"""Streams that share a scarce limit begin first, and do not wait in the place of others."""

from source_zendesk.manifest import Manifest
from source_zendesk.schedule import Schedule

MANIFEST = Manifest.load()


def test_exports_begin_before_lists_each_in_the_order_of_the_catalog() -> None:
    names = ["groups", "users", "views", "tickets", "no_such_stream", "articles"]
    assert Schedule(MANIFEST, names).order == ["users", "tickets", "articles", "groups", "views", "no_such_stream"]


def test_who_waits_has_a_thread_besides() -> None:
    assert Schedule(MANIFEST, ["groups", "views"]).threads(8) == 8
    assert Schedule(MANIFEST, ["groups", "tickets", "users"]).threads(8) == 10
    assert Schedule(MANIFEST, ["tickets", "users", "organizations"]).threads(2) == 4
