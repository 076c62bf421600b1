"""Streams that share a scarce limit begin first, and do not wait in the place of others."""

import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.schedule import Schedule

MANIFEST = Manifest.load()


def test_exports_begin_before_lists_each_in_the_order_of_the_catalog() -> None:
    names = ["groups", "users", "views", "tickets", "articles"]
    assert Schedule(MANIFEST, names).order == ["users", "tickets", "articles", "groups", "views"]


@pytest.mark.parametrize("name", ["deleted_tickets", "access_logs"])
def test_so_does_a_list_with_a_limit_of_its_own(name: str) -> None:
    assert Schedule(MANIFEST, ["groups", name]).order == [name, "groups"]


@pytest.mark.parametrize("name", ["execute_view", "no_such_stream"])
def test_but_not_what_has_one_for_each_parent_or_none(name: str) -> None:
    assert Schedule(MANIFEST, ["groups", name]).order == ["groups", name]


def test_products_with_a_budget_of_their_own_take_turns() -> None:
    names = ["groups", "views", "macros", "posts", "topics", "lines"]
    assert Schedule(MANIFEST, names).order == ["groups", "posts", "lines", "views", "topics", "macros"]


def test_who_waits_has_a_thread_besides() -> None:
    assert Schedule(MANIFEST, ["groups", "views"]).threads(8) == 8
    assert Schedule(MANIFEST, ["groups", "tickets", "users"]).threads(8) == 10
    assert Schedule(MANIFEST, ["tickets", "users", "organizations"]).threads(2) == 4
