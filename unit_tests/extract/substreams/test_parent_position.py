"""A position among parents is valid only for the same parents, and inputs have their own."""

from typing import Any

import pytest

from source_zendesk.extract.substreams import ParentPosition

PARENT = {"parent": {"cursor": "abc"}}
REACHED = {**PARENT, "last": {"user_id": 1}}
ELSE = {"parent": {"cursor": "xyz"}}


@pytest.mark.parametrize("has_inputs", [False, True])
def test_stream_state_resumes_at_the_position(*, has_inputs: bool) -> None:
    position = ParentPosition("users", has_inputs=has_inputs)
    assert position.resume_state(position.stream_state({}, REACHED)) == REACHED


@pytest.mark.parametrize("follows", [False, True])
def test_parents_of_another_origin_are_read_from_the_start(*, follows: bool) -> None:
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
def test_state_without_an_origin_is_valid_for_streams_that_follow_their_parents(
    state: Any, begins: Any, *, follows: bool
) -> None:
    assert ParentPosition("users", follows_parent=follows).resume_state(state) == begins


def test_inputs_and_parents_keep_separate_positions() -> None:
    parents, inputs = ParentPosition("users"), ParentPosition("given", has_inputs=True)
    both = inputs.stream_state(parents.stream_state({}, REACHED), ELSE)
    assert parents.resume_state(both) == REACHED
    assert inputs.resume_state(both) == ELSE


def test_end_of_inputs_keeps_the_position_among_the_parents() -> None:
    parents, inputs = ParentPosition("users"), ParentPosition("given", has_inputs=True)
    given = inputs.stream_state(parents.stream_state({}, REACHED), ELSE)
    assert inputs.stream_state(given, {}) == parents.stream_state({}, REACHED)
    assert parents.stream_state({}, {}) == {}
