"""The children of each parent resume at a state of their own."""

from source_zendesk.extract.partition_states import MAX_PARTITION_STATES, PartitionStates

BRAND = '{"brand_id": 1}'
SAVED = {BRAND: {"updated_at": "a"}}


def test_parent_resumes_at_its_own_state_and_a_new_one_at_the_start() -> None:
    states = PartitionStates(SAVED, is_enabled=True)
    assert states.get({"brand_id": 1}) == {"updated_at": "a"}
    assert states.get({"brand_id": 2}) == {}


def test_order_of_a_parents_values_does_not_matter() -> None:
    states = PartitionStates({}, is_enabled=True)
    states.update({"a": 1, "b": 2}, {"updated_at": "b"})
    assert states.get({"b": 2, "a": 1}) == {"updated_at": "b"}


def test_states_of_unvisited_parents_are_dropped() -> None:
    states = PartitionStates(SAVED, is_enabled=True)
    states.update({"brand_id": 2}, {"updated_at": "b"})
    states.drop_unvisited()
    assert states.states == {'{"brand_id": 2}': {"updated_at": "b"}}


def test_disabled_states_stay_unchanged() -> None:
    states = PartitionStates(SAVED, is_enabled=False)
    states.update({"brand_id": 1}, {"updated_at": "b"})
    states.drop_unvisited()
    assert states.get({"brand_id": 1}) == {}
    assert states.states == SAVED


def test_limit_keeps_only_the_states_of_known_parents() -> None:
    saved = {f'{{"brand_id": {number}}}': {"updated_at": "a"} for number in range(MAX_PARTITION_STATES)}
    states = PartitionStates(saved, is_enabled=True)
    states.update({"brand_id": 1}, {"updated_at": "b"})
    states.update({"brand_id": MAX_PARTITION_STATES}, {"updated_at": "b"})
    assert states.states == {**saved, BRAND: {"updated_at": "b"}}


def test_empty_state_removes_nothing() -> None:
    states = PartitionStates(SAVED, is_enabled=True)
    states.update({"brand_id": 1}, {})
    assert states.states == SAVED
