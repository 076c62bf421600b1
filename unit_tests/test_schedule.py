"""Streams with a scarce rate limit start first, and do not block the threads of others."""

import pytest

from source_zendesk.http.adaptive_executor import MAX_TASKS
from source_zendesk.manifest import Manifest
from source_zendesk.schedule import Schedule

MANIFEST = Manifest.load()


def test_exports_start_before_lists_in_catalog_order() -> None:
    names = ["groups", "users", "views", "tickets", "articles"]
    assert Schedule(MANIFEST, names).order == ["users", "tickets", "articles", "groups", "views"]


@pytest.mark.parametrize("name", ["deleted_tickets", "access_logs"])
def test_list_with_a_scarce_limit_starts_first(name: str) -> None:
    assert Schedule(MANIFEST, ["groups", name]).order == [name, "groups"]


@pytest.mark.parametrize("name", ["execute_view", "no_such_stream"])
def test_limits_per_parent_are_not_scarce(name: str) -> None:
    assert Schedule(MANIFEST, ["groups", name]).order == ["groups", name]


def test_products_with_separate_budgets_take_turns() -> None:
    names = ["groups", "views", "macros", "posts", "topics", "lines"]
    assert Schedule(MANIFEST, names).order == ["groups", "posts", "lines", "views", "topics", "macros"]


def test_waiting_streams_get_additional_threads() -> None:
    assert Schedule(MANIFEST, ["groups", "views"]).threads(8) == 8
    assert Schedule(MANIFEST, ["groups", "tickets", "users"]).threads(8) == 10
    assert Schedule(MANIFEST, ["tickets", "users", "organizations"]).threads(2) == 4


def test_the_longest_chains_of_requests_start_first() -> None:
    names = ["macro_attachments", "count_groups", "groups", "posts"]
    assert Schedule(MANIFEST, names).order == ["groups", "posts", "count_groups", "macro_attachments"]


def test_without_a_number_of_workers_there_is_a_thread_for_each_task() -> None:
    assert Schedule(MANIFEST, ["groups", "tickets"]).threads(None) == MAX_TASKS


def test_the_lists_with_most_pages_in_the_last_run_start_first() -> None:
    names = ["groups", "views", "macros", "posts", "topics"]
    pages = {"groups": 2, "macros": 9, "topics": 3}
    assert Schedule(MANIFEST, names, pages).order == ["macros", "topics", "groups", "posts", "views"]


def test_lists_that_grow_with_usage_start_before_others_of_unknown_length() -> None:
    names = ["groups", "ticket_activities", "views", "deleted_users", "macros"]
    order = ["macros", "ticket_activities", "deleted_users", "groups", "views"]
    assert Schedule(MANIFEST, names, {"macros": 2}).order == order
