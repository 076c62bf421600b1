"""Paths of files below the staging directory."""

from pathlib import PurePosixPath

import pytest

from source_zendesk.files.names import MAX_BYTES, NO_NAME, extension_of, relative_path, safe_name, type_of

ORDINARY = ["party.png", "Bericht 2024 (final).pdf", "résumé.docx", "日本語.txt", "a.tar.gz", ".htaccess", "COM10.txt"]
HOSTILE = [
    ("../../etc/passwd", ".._.._etc_passwd"),
    ("..", NO_NAME),
    (".", NO_NAME),
    ("", NO_NAME),
    (None, NO_NAME),
    ("   ", NO_NAME),
    ("/etc/passwd", "_etc_passwd"),
    ("C:\\Windows\\system.ini", "C__Windows_system.ini"),
    ("a\x00b\nc\x1b[31m.txt", "a_b_c_[31m.txt"),
    ("exe\u202egnp.exe", "exe_gnp.exe"),
    ("half\ud800.txt", "half_.txt"),
    ("CON", "_CON"),
    ("nul.txt", "_nul.txt"),
    ("lpt1.tar.gz", "_lpt1.tar.gz"),
    ("report.pdf. . ", "report.pdf"),
    ('<a href="x">|?*.txt', "_a href=_x_____.txt"),
    (17, "17"),
]


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(("name", "expected"), HOSTILE)
def test_a_hostile_name_becomes_a_single_segment(name: object, expected: str) -> None:
    assert safe_name(name) == expected


@pytest.mark.parametrize("name", [name for name, _ in HOSTILE])
def test_no_path_leaves_its_folder(name: object) -> None:
    path = relative_path("ticket_attachments", [name], name)

    assert path.parts[0] == "ticket_attachments"
    assert len(path.parts) == 3
    assert not {"..", ".", ""}.intersection(path.parts)


@pytest.mark.parametrize("name", ["x" * 500 + ".pdf", "é" * 500 + ".pdf", "日" * 300 + ".pdf"])
def test_a_long_name_is_shortened_and_keeps_its_extension(name: str) -> None:
    short = safe_name(name)

    assert len(short.encode()) <= MAX_BYTES
    assert short.endswith(".pdf")
    assert name.startswith(short.removesuffix(".pdf"))


def test_a_long_extension_is_part_of_the_name() -> None:
    assert safe_name("a." + "b" * 500) == ("a." + "b" * 500)[:MAX_BYTES]


def test_the_path_is_the_one_of_airbytes_connector() -> None:
    path = relative_path("article_attachments", [200109629], "party.png")
    assert path == PurePosixPath("article_attachments/200109629/party.png")


def test_each_value_of_a_key_is_a_folder() -> None:
    assert relative_path("macro_attachments", [1, 2], "a.txt") == PurePosixPath("macro_attachments/1/2/a.txt")


TYPES = [
    ("audio/mpeg", ".mp3"),
    ("Audio/MPEG; charset=binary", ".mp3"),
    ("audio/wav", ".wav"),
    ("audio/x-wav", ".wav"),
    ("audio/mp4", ".m4a"),
    ("image/png", ".png"),
    ("application/pdf", ".pdf"),
    ("../../etc", ""),
    ("", ""),
]


@pytest.mark.parametrize(("content_type", "extension"), TYPES)
def test_a_media_type_has_an_extension(content_type: str, extension: str) -> None:
    assert extension_of(content_type) == extension


@pytest.mark.parametrize(
    ("name", "content_type"), [("a.mp3", "audio/mpeg"), ("a.PNG", "image/png"), ("a", ""), (None, "")]
)
def test_an_extension_has_a_media_type(name: object, content_type: str) -> None:
    assert type_of(name) == content_type
