"""Rows that an earlier run emitted are recognized by their content."""

from source_zendesk.extract.cursors.emitted_rows import MAX_ROWS, EmittedRows, digests_of

ROWS = [{"id": 1, "name": "A", "tags": ["x"]}, {"id": 2, "name": "B", "tags": []}]


def test_unchanged_rows_are_recognized_in_any_order_of_their_fields() -> None:
    reordered = [dict(reversed(row.items())) for row in ROWS]
    assert EmittedRows(digests_of(ROWS)).split(reordered) == ([], ROWS)


def test_a_row_with_any_changed_field_is_new() -> None:
    changed = {**ROWS[0], "tags": ["y"]}
    assert EmittedRows(digests_of(ROWS)).split([changed, ROWS[1]]) == ([changed], [ROWS[1]])


def test_without_a_state_every_row_is_new() -> None:
    for state in (None, ""):
        assert EmittedRows(state).split(ROWS) == (ROWS, [])


def test_after_a_page_without_emitted_rows_none_is_expected() -> None:
    emitted = EmittedRows(digests_of(ROWS))
    assert emitted.split([{"id": 3}]) == ([{"id": 3}], [])
    assert emitted.split(ROWS) == (ROWS, [])


def test_a_full_state_is_kept_until_a_page_has_emitted_rows() -> None:
    """The first page of the next run has the rows that no longer fitted into the state."""
    older, newer = [{"id": -1}], [{"id": number} for number in range(MAX_ROWS)]
    emitted = EmittedRows(digests_of(newer))
    assert emitted.split(older) == (older, [])
    assert emitted.split(newer) == ([], newer)
    assert emitted.split(older) == (older, [])
    assert emitted.split(newer) == (newer, [])


def test_a_state_with_more_rows_is_full_although_some_are_repeated() -> None:
    rows = [{"id": number} for number in range(MAX_ROWS + 5)]
    state = digests_of([*rows, *rows[-5:]])
    assert len(state) == MAX_ROWS * 10
    assert EmittedRows(state).split(rows) == (rows[:5], rows[5:])


def test_repeated_rows_have_one_digest_and_any_value_has_one() -> None:
    assert digests_of(ROWS + ROWS) == digests_of(ROWS)
    assert len(digests_of([{"id": 2**70, "name": "\ud83d"}])) == 10
