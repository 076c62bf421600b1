"""The children of each parent go on from a state of their own, by whatever values the parent goes by."""

from source_zendesk.extract.partition_states import MAX_PARTITION_STATES, PartitionStates

BRAND = '{"brand_id": 1}'
SAVED = {BRAND: {"updated_at": "a"}}


def test_a_parent_goes_on_from_its_own_state_and_a_new_one_from_the_beginning() -> None:
    states = PartitionStates(SAVED, is_enabled=True)
    assert states.get({"brand_id": 1}) == {"updated_at": "a"}
    assert states.get({"brand_id": 2}) == {}


def test_the_order_of_a_parents_values_does_not_matter() -> None:
    states = PartitionStates({}, is_enabled=True)
    states.update({"a": 1, "b": 2}, {"updated_at": "b"})
    assert states.get({"b": 2, "a": 1}) == {"updated_at": "b"}


def test_parents_that_were_not_met_are_forgotten() -> None:
    states = PartitionStates(SAVED, is_enabled=True)
    states.update({"brand_id": 2}, {"updated_at": "b"})
    states.drop_unvisited()
    assert states.states == {'{"brand_id": 2}': {"updated_at": "b"}}


def test_children_that_are_read_whole_hand_the_states_on_as_they_came() -> None:
    states = PartitionStates(SAVED, is_enabled=False)
    states.update({"brand_id": 1}, {"updated_at": "b"})
    states.drop_unvisited()
    assert states.get({"brand_id": 1}) == {}
    assert states.states == SAVED


def test_beyond_the_most_only_parents_that_are_known_are_kept_track_of() -> None:
    saved = {f'{{"brand_id": {number}}}': {"updated_at": "a"} for number in range(MAX_PARTITION_STATES)}
    states = PartitionStates(saved, is_enabled=True)
    states.update({"brand_id": 1}, {"updated_at": "b"})
    states.update({"brand_id": MAX_PARTITION_STATES}, {"updated_at": "b"})
    assert states.states == {**saved, BRAND: {"updated_at": "b"}}


def test_an_empty_state_takes_nothing_away() -> None:
    states = PartitionStates(SAVED, is_enabled=True)
    states.update({"brand_id": 1}, {})
    assert states.states == SAVED
