"""Records nested in rows of another stream contain the ids of those rows."""

from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import DocumentedListExtractor, NestedListExtractor

MENUS = NestedListExtractor("ivr_menus", "ivrs", nested=["menus"], nested_ids=["ivr_id"])
ROUTES = NestedListExtractor("ivr_routes", "ivrs", nested=["menus", "routes"], nested_ids=["ivr_id", "menu_id"])
ANSWER = {
    "ivrs": [
        {"id": 1, "menus": [{"id": 11, "routes": [{"id": 111}, {"id": 112}]}, {"id": 12, "routes": None}]},
        {"id": 2, "menus": []},
        {"id": 3},
    ]
}


def test_one_level_deep() -> None:
    assert [(row["ivr_id"], row["id"]) for row in MENUS.extract(ANSWER)] == [(1, 11), (1, 12)]


def test_two_levels_deep() -> None:
    assert ROUTES.extract(ANSWER) == [
        {"ivr_id": 1, "menu_id": 11, "id": 111},
        {"ivr_id": 1, "menu_id": 11, "id": 112},
    ]


def test_parent_id_in_the_row_takes_precedence() -> None:
    assert MENUS.extract({"ivrs": [{"id": 1, "menus": [{"id": 11, "ivr_id": 9}]}]}) == [{"ivr_id": 9, "id": 11}]


def test_page_of_rows_without_nested_items_is_not_empty() -> None:
    body = {"ivrs": [{"id": 2, "menus": []}]}
    assert MENUS.extract_page(body).cursor_rows == body["ivrs"]


@pytest.mark.parametrize("body", [{}, {"menus": []}, None, {"ivrs": [{"id": 1, "menus": ["text"]}]}])
def test_response_without_the_lists_is_an_error(body: Any) -> None:
    with pytest.raises(ResponseError, match="ivr_menus"):
        MENUS.extract(body)


PHOTOS = NestedListExtractor(
    "user_photos", "users", nested=["photo"], nested_ids=["user_id"], outer_fields=["updated_at"]
)


def test_an_object_is_a_list_of_one() -> None:
    users = [{"id": 1, "photo": {"id": 11}, "updated_at": "a"}, {"id": 2, "photo": None}, {"id": 3}]
    assert PHOTOS.extract({"users": users}) == [{"user_id": 1, "updated_at": "a", "id": 11}]


def test_another_value_in_place_of_the_object_is_an_error() -> None:
    with pytest.raises(ResponseError, match="`photo` is not a list"):
        PHOTOS.extract({"users": [{"id": 1, "photo": "text"}]})


@pytest.mark.parametrize("ivrs", [[{"id": 1}], [{"id": 1, "menus": None}, {"id": 2}]])
def test_rows_of_which_none_has_the_list_are_an_error(ivrs: Any) -> None:
    assert MENUS.extract({"ivrs": ivrs}) == []
    extractor = DocumentedListExtractor("ivr_routes", "ivrs", nested=ROUTES.nested, nested_ids=ROUTES.nested_ids)
    assert extractor.extract(ANSWER) == ROUTES.extract(ANSWER)
    bodies: dict[str, Any] = {"menus": {"ivrs": ivrs}, "routes": {"ivrs": [{"id": 1, "menus": ivrs}]}}
    for key, body in bodies.items():
        with pytest.raises(ResponseError, match=f"has a list `{key}`; if that persists, read list_ivr_routes"):
            extractor.extract(body)


def test_an_empty_list_has_no_nested_items() -> None:
    bodies: list[dict[str, Any]] = [{"ivrs": []}, {"ivrs": [{"id": 1, "menus": []}]}]
    for body in bodies:
        assert MENUS.extract(body) == ROUTES.extract(body) == []
