"""The field `files` of the configuration."""

from source_zendesk.files.limits import FileLimits


def test_without_the_field_only_the_size_is_limited() -> None:
    limits = FileLimits.from_config({})
    assert limits == FileLimits(1500, (), include_flagged=False)
    assert limits.max_bytes == 1_500_000_000


def test_types_are_compared_in_lower_case() -> None:
    limits = FileLimits.from_config({"max_size_mb": 2, "content_types": [" Image/* "], "include_flagged": True})
    assert limits == FileLimits(2, ("image/*",), include_flagged=True)


def test_the_reason_names_the_field() -> None:
    assert FileLimits(7).size_reason == "the file is larger than 7 MB, see `files.max_size_mb`"
