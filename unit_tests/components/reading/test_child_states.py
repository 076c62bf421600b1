"""The children of each parent go on from a state of their own, by whatever values the parent goes by."""

from source_zendesk.components.reading.child_states import MOST_CHILD_STATES, ChildStates

BRAND = '{"brand_id": 1}'
SAVED = {BRAND: {"updated_at": "a"}}


def test_a_parent_goes_on_from_its_own_state_and_a_new_one_from_the_beginning() -> None:
    states = ChildStates(SAVED, keeps=True)
    assert states.of({"brand_id": 1}) == {"updated_at": "a"}
    assert states.of({"brand_id": 2}) == {}


def test_the_order_of_a_parents_values_does_not_matter() -> None:
    states = ChildStates({}, keeps=True)
    states.keep({"a": 1, "b": 2}, {"updated_at": "b"})
    assert states.of({"b": 2, "a": 1}) == {"updated_at": "b"}


def test_parents_that_were_not_met_are_forgotten() -> None:
    states = ChildStates(SAVED, keeps=True)
    states.keep({"brand_id": 2}, {"updated_at": "b"})
    states.forget_others()
    assert states.states == {'{"brand_id": 2}': {"updated_at": "b"}}


def test_children_that_are_read_whole_hand_the_states_on_as_they_came() -> None:
    states = ChildStates(SAVED, keeps=False)
    states.keep({"brand_id": 1}, {"updated_at": "b"})
    states.forget_others()
    assert states.of({"brand_id": 1}) == {}
    assert states.states == SAVED


def test_beyond_the_most_only_parents_that_are_known_are_kept_track_of() -> None:
    saved = {f'{{"brand_id": {number}}}': {"updated_at": "a"} for number in range(MOST_CHILD_STATES)}
    states = ChildStates(saved, keeps=True)
    states.keep({"brand_id": 1}, {"updated_at": "b"})
    states.keep({"brand_id": MOST_CHILD_STATES}, {"updated_at": "b"})
    assert states.states == {**saved, BRAND: {"updated_at": "b"}}


def test_an_empty_state_takes_nothing_away() -> None:
    states = ChildStates(SAVED, keeps=True)
    states.keep({"brand_id": 1}, {})
    assert states.states == SAVED
