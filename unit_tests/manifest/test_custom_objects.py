"""Each custom object has a unique stream name, from which its key can be derived."""

import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.manifest.custom_objects import object_key, stream_name, with_object_streams

MANIFEST = Manifest.load()
TAKEN = sorted(
    name.removeprefix("custom_object_") for name in MANIFEST.endpoints if name.startswith("custom_object_")
)  # fmt: skip
KEYS = [*TAKEN, *(f"{key}_object" for key in TAKEN), *(f"{key}_object_object" for key in TAKEN)]
KEYS += [
    "car",
    "car_object",
    "_object",
    "object",
    "s",
    "custom_object_car",
    "a-b",
    "a_b",
    "A_b",
    "1a",
    "ü",
    "standard::car",
    "_x002d_",
    "a_x002d-",
]


def test_the_connector_has_streams_with_the_prefix() -> None:
    assert {"records_limit", "fields", "access_rules"} <= set(TAKEN)


@pytest.mark.parametrize("key", KEYS)
def test_the_key_can_be_derived_from_the_name(key: str) -> None:
    assert object_key(stream_name(key, MANIFEST), MANIFEST) == key
    assert stream_name(key, MANIFEST) not in MANIFEST.endpoints


def test_stream_names_are_unique() -> None:
    assert len({stream_name(key, MANIFEST).casefold() for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("car", "custom_object_car"),
        ("1car", "custom_object_1car"),
        ("my-car", "custom_object_my_x002d_car"),
        ("Car", "custom_object__x0043_ar"),
        ("standard::car", "custom_object_standard_x003a__x003a_car"),
    ],
)
def test_a_name_has_only_characters_that_destinations_keep(key: str, name: str) -> None:
    assert stream_name(key, MANIFEST) == name


@pytest.mark.parametrize("key", ["my-car", "Car", "standard::car"])
def test_the_key_can_be_derived_from_the_name_of_an_earlier_version(key: str) -> None:
    assert object_key(f"custom_object_{key}", MANIFEST) == key


def test_streams_of_the_connector_belong_to_no_object() -> None:
    assert {object_key(name, MANIFEST) for name in MANIFEST.endpoints} == {""}


@pytest.mark.parametrize("key", ["..", "", "a/../b", ".json", "a\nb"])
def test_a_key_that_is_no_path_segment_has_no_stream(key: str) -> None:
    assert with_object_streams(MANIFEST, {"custom_object_car": key}).endpoints == MANIFEST.endpoints


def test_a_key_is_percent_encoded_and_the_manifest_is_unchanged() -> None:
    endpoints = with_object_streams(MANIFEST, {"custom_object_car": "a b"}).endpoints
    assert endpoints["custom_object_car"].path == "/api/v2/incremental/custom_objects/a%20b/cursor"
    assert "custom_object_car" not in MANIFEST.endpoints
