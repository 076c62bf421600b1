"""The file of a record, as the record describes it."""

from typing import Any

import pytest

from source_zendesk.files.limits import FileLimits
from source_zendesk.files.remote_file import FileSkipped, RemoteFile
from source_zendesk.manifest.file_fields import FileFields

FIELDS = FileFields(
    url="data.url",
    name="name",
    stem="call",
    size="size",
    content_type="type",
    changed_at="at",
    deleted="deleted",
    malware="scan",
    malware_override="allowed",
)
ROW: dict[str, Any] = {
    "data": {"url": "https://acme.zendesk.com/a"}, "name": "a.png", "call": 5, "size": 7, "type": "image/png",
    "at": "2024-01-01T00:00:00Z", "deleted": False, "scan": "malware_not_found", "allowed": False,
}  # fmt: skip


def remote(row: dict[str, Any], fields: FileFields) -> RemoteFile:
    return RemoteFile.from_row(row, fields, lambda: "https://acme.zendesk.com")


def check(limits: FileLimits | None = None, **changed: Any) -> None:
    remote({**ROW, **changed}, FIELDS).check(limits or FileLimits())


def test_the_file_has_the_values_of_the_fields() -> None:
    assert remote(ROW, FIELDS) == RemoteFile(
        "https://acme.zendesk.com/a", "a.png", 5, 7, "image/png", 1704067200, is_deleted=False, is_flagged=False
    )


def test_fields_without_a_value_are_unknown() -> None:
    file = remote({"url": "u"}, FileFields(url="url", size="size"))
    assert file == RemoteFile("u", None, None, None, "", None, is_deleted=False, is_flagged=False)


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("/guide-media/1", "https://acme.zendesk.com/guide-media/1"),
        ("/@evil.example.com", "https://acme.zendesk.com/@evil.example.com"),
        ("//evil.example.com", "//evil.example.com"),
        ("@evil.example.com", "@evil.example.com"),
        (".evil.example.com", ".evil.example.com"),
        ("https://a.example.com/1", "https://a.example.com/1"),
    ],
)
def test_a_path_is_one_on_the_host(url: str, absolute: str) -> None:
    assert remote({**ROW, "data": {"url": url}}, FIELDS).url == absolute


@pytest.mark.parametrize("name", ["", None])
def test_an_empty_name_is_none(name: str | None) -> None:
    assert remote({**ROW, "name": name}, FIELDS).name is None


def test_without_a_type_the_name_determines_it() -> None:
    assert remote({**ROW, "type": None}, FIELDS).content_type == "image/png"
    assert remote({**ROW, "type": None, "name": "a"}, FIELDS).content_type == ""


@pytest.mark.parametrize("size", [-1, "7", 7.0, True, None])
def test_a_size_that_is_no_count_of_bytes_is_unknown(size: object) -> None:
    assert remote({**ROW, "size": size}, FIELDS).size is None


@pytest.mark.parametrize("data", [{}, {"url": None}, {"url": ""}, {"url": 7}, None, "text"])
def test_a_record_without_an_address_has_no_file(data: object) -> None:
    with pytest.raises(FileSkipped, match="the record has no address of a file"):
        remote({**ROW, "data": data}, FIELDS)


@pytest.mark.parametrize(
    ("limits", "changed", "reason"),
    [
        (FileLimits(), {"deleted": True}, "deleted or redacted"),
        (FileLimits(), {"scan": "malware_found"}, "malware scan flagged"),
        (FileLimits(max_megabytes=1), {"size": 1_000_001}, "larger than 1 MB"),
        (FileLimits(content_types=("text/*",)), {}, "does not include its type"),
        (FileLimits(content_types=("text/*",)), {"type": None}, "does not include its type"),
    ],
)
def test_an_excluded_file_is_skipped_with_the_reason(limits: FileLimits, changed: Any, reason: str) -> None:
    with pytest.raises(FileSkipped, match=reason):
        check(limits, **changed)


@pytest.mark.parametrize(
    ("limits", "changed"),
    [
        (FileLimits(), {}),
        (FileLimits(), {"scan": "malware_found", "allowed": True}),
        (FileLimits(include_flagged=True), {"scan": "malware_found"}),
        (FileLimits(), {"scan": "not_scanned"}),
        (FileLimits(max_megabytes=1), {"size": 1_000_000}),
        (FileLimits(content_types=("image/*",)), {"type": "Image/PNG; charset=binary"}),
        (FileLimits(content_types=("text/*",)), {"type": None, "name": None}),
    ],
)
def test_other_files_are_included(limits: FileLimits, changed: Any) -> None:
    check(limits, **changed)
