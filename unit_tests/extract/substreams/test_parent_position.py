"""A place among parents is trusted for the same parents alone, and inputs have one of their own."""

from typing import Any

import pytest

from source_zendesk.extract.substreams import ParentPosition

PARENT = {"parent": {"cursor": "abc"}}
REACHED = {**PARENT, "last": {"user_id": 1}}
ELSE = {"parent": {"cursor": "xyz"}}


@pytest.mark.parametrize("has_inputs", [False, True])
def test_what_is_told_is_where_the_next_run_goes_on(*, has_inputs: bool) -> None:
    place = ParentPosition("users", has_inputs=has_inputs)
    assert place.resume_state(place.stream_state({}, REACHED)) == REACHED


@pytest.mark.parametrize("follows", [False, True])
def test_parents_of_another_origin_are_begun_anew(*, follows: bool) -> None:
    assert (
        ParentPosition("list_users", follows_parent=follows).resume_state(
            ParentPosition("users").stream_state({}, REACHED)
        )
        == {}
    )


@pytest.mark.parametrize(
    ("state", "follows", "begins"),
    [
        (REACHED, True, PARENT),
        (REACHED, False, {}),
        ({"parent": {"slot": REACHED, "page": {}}, "last": {}}, True, {"parent": {"slot": PARENT}}),
        ({}, True, {"parent": {}}),
    ],
)
def test_a_state_that_names_no_origin_counts_for_whoever_follows_its_parents(
    state: Any, begins: Any, *, follows: bool
) -> None:
    assert ParentPosition("users", follows_parent=follows).resume_state(state) == begins


def test_neither_inputs_nor_parents_move_the_place_of_the_other() -> None:
    parents, inputs = ParentPosition("users"), ParentPosition("given", has_inputs=True)
    both = inputs.stream_state(parents.stream_state({}, REACHED), ELSE)
    assert parents.resume_state(both) == REACHED
    assert inputs.resume_state(both) == ELSE


def test_at_the_end_of_inputs_the_place_among_the_parents_remains() -> None:
    parents, inputs = ParentPosition("users"), ParentPosition("given", has_inputs=True)
    given = inputs.stream_state(parents.stream_state({}, REACHED), ELSE)
    assert inputs.stream_state(given, {}) == parents.stream_state({}, REACHED)
    assert parents.stream_state({}, {}) == {}
