"""The names of the streams of custom objects: each its own, and each tells its object."""

import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.manifest.custom_objects import object_key, stream_name, with_object_streams

MANIFEST = Manifest.load()
TAKEN = sorted(
    name.removeprefix("custom_object_") for name in MANIFEST.endpoints if name.startswith("custom_object_")
)  # fmt: skip
KEYS = [*TAKEN, *(f"{key}_object" for key in TAKEN), *(f"{key}_object_object" for key in TAKEN)]
KEYS += ["car", "car_object", "_object", "object", "s", "custom_object_car", "a-b", "ü"]


def test_streams_of_this_connector_are_among_them() -> None:
    assert {"records_limit", "fields", "access_rules"} <= set(TAKEN)


@pytest.mark.parametrize("key", KEYS)
def test_a_name_tells_its_object(key: str) -> None:
    assert object_key(stream_name(key, MANIFEST), MANIFEST) == key
    assert stream_name(key, MANIFEST) not in MANIFEST.endpoints


def test_no_two_objects_have_one_name() -> None:
    assert len({stream_name(key, MANIFEST) for key in KEYS}) == len(KEYS)


def test_streams_of_this_connector_are_those_of_no_object() -> None:
    assert {object_key(name, MANIFEST) for name in MANIFEST.endpoints} == {""}


@pytest.mark.parametrize("key", ["..", "", "a/../b", ".json", "a\nb"])
def test_a_key_that_cannot_stand_in_a_path_has_no_stream(key: str) -> None:
    assert with_object_streams(MANIFEST, [key]).endpoints == MANIFEST.endpoints


def test_a_key_is_escaped_and_the_manifest_left_as_it_was() -> None:
    made = with_object_streams(MANIFEST, ["a b"]).endpoints
    assert made["custom_object_a b"].path == "/api/v2/incremental/custom_objects/a%20b/cursor"
    assert "custom_object_a b" not in MANIFEST.endpoints
