"""Files of records: stored below a directory, complete or not at all."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from airbyte_cdk.sources.declarative.extractors import DpathExtractor
from airbyte_cdk.sources.declarative.retrievers.file_uploader import DefaultFileUploader, default_file_uploader
from airbyte_cdk.sources.types import Record

from integration_tests.conftest import Command
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.files import content_of, sound
from integration_tests.emulator.products.talk.configuration import AUDIO
from integration_tests.harness import Result, Row, configured_catalog, discover
from integration_tests.recording_server import RecordingServer, Reply
from source_zendesk.errors import FileStorageError
from source_zendesk.files import partial_file
from source_zendesk.manifest import Manifest

WITH_FILES = [endpoint for endpoint in Manifest.load().endpoints.values() if endpoint.has_files]
STREAMS = sorted(endpoint.name for endpoint in WITH_FILES if endpoint.kind != "input")
ARTICLES, RECORDINGS = "article_attachments", "call_recordings"
PAGES = "/hc/article_attachments/*"
Read = Callable[..., Result]


def catalog_of(config: Row, *streams: str, include_files: bool = True) -> Row:
    catalog = configured_catalog(discover(config), streams)
    for each in catalog["streams"]:
        each["include_files"] = include_files
    return catalog


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def read(command: Command, zendesk: Emulator, out: Path) -> Read:
    """Reads streams with their files into `out`; `files` are the limits of the configuration."""

    def run(*streams: str, **files: Any) -> Result:
        config = zendesk.config(files=files)
        return command("read", "--files", str(out), config=config, catalog=catalog_of(zendesk.config(), *streams))

    return run


def key_of(row: Row) -> Any:
    """The id of a record, or of the comment that contains a recording."""
    return row["comment_id"] if "recording_url" in row else row["id"]


def file_of(row: Row) -> Row:
    """The file of a record; the record of a sound contains only its address."""
    if "recording_url" in row:
        return sound(row["recording_url"].rpartition("/")[2])
    return sound(row["audio_url"].split("/")[-2]) if "audio_url" in row else row


def is_download(path: str) -> bool:
    """Whether a request with this path is one for a file."""
    return path.endswith(("/content", "/download")) or not path.startswith("/api/")


def references(result: Result, stream: str) -> dict[Any, Row]:
    """The references to files by the key of the record."""
    records = [record for record in result.bodies("record") if record["stream"] == stream]
    return {key_of(each["data"]): each["file_reference"] for each in records if each.get("file_reference")}


def stored(out: Path) -> list[str]:
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def only(zendesk: Emulator, **changes: Any) -> Row:
    """The first attachment of an article, with changed fields; the others are deleted."""
    first, *others = zendesk.store.all(ARTICLES)
    for row in others:
        zendesk.store.table(ARTICLES).remove(row["id"])  # type: ignore[attr-defined]
    return zendesk.store.update(ARTICLES, first["id"], **{"size": 4000, "file_name": "a.png", **changes}) or {}


def reasons(result: Result) -> str:
    return " ".join(text for text in result.warnings if "without a file" in text)


@pytest.mark.parametrize("stream", STREAMS)
def test_the_catalog_marks_streams_with_files(stream: str, zendesk: Emulator) -> None:
    assert discover(zendesk.config())[stream]["is_file_based"] is True
    assert not discover(zendesk.config())["tickets"].get("is_file_based")


@pytest.mark.parametrize("stream", STREAMS)
def test_every_byte_of_every_file_is_stored(stream: str, read: Read, out: Path) -> None:
    result = read(stream)

    assert result.errors == []
    rows, found = result.records[stream], references(result, stream)
    assert rows
    assert len(found) == len(rows)
    for row in rows:
        reference = found[key_of(row)]
        path = Path(reference["staging_file_url"])
        assert path == out / reference["source_file_relative_path"]
        assert path.parts[len(out.parts)] == stream
        assert path.read_bytes() == content_of(file_of(row))
        assert reference["file_size_bytes"] == file_of(row)["size"]
    assert len(stored(out)) == len(rows)
    assert not any(name.endswith(".part") for name in stored(out))


@pytest.mark.parametrize("stream", STREAMS)
def test_a_second_run_downloads_no_complete_file(stream: str, read: Read, zendesk: Emulator, out: Path) -> None:
    first = read(stream)
    times = {name: (out / name).stat().st_ino for name in stored(out)}
    zendesk.clear_requests()
    second = read(stream)

    assert references(second, stream) == references(first, stream)
    assert {name: (out / name).stat().st_ino for name in stored(out)} == times
    assert [each.path for each in zendesk.requests if is_download(each.path)] == []
    assert any(f"Stream {stream}: stored 0 files (0.0 MB), found {len(times)} complete" in log for log in second.logs)


def test_a_changed_file_is_downloaded_again(read: Read, zendesk: Emulator, out: Path) -> None:
    row = only(zendesk)
    read(ARTICLES)
    (name,) = stored(out)
    zendesk.clock.advance(seconds=60)
    changed = zendesk.store.update(ARTICLES, row["id"], size=3000) or {}
    read(ARTICLES)
    assert (out / name).read_bytes() == content_of(changed)


def test_without_include_files_nothing_is_downloaded(command: Command, zendesk: Emulator) -> None:
    config = zendesk.config()
    result = command("read", config=config, catalog=catalog_of(config, ARTICLES, include_files=False))
    assert result.records[ARTICLES]
    assert references(result, ARTICLES) == {}
    assert [each for each in zendesk.requests if each.path.startswith("/hc/")] == []


# As `filename_extractor` of `article_attachments` in Airbyte's connector 5.
NAME_AT_AIRBYTE = "{{ record.id }}/{{ record.file_name }}/"


def airbyte_path(row: Row) -> str:
    """The relative path that the CDK's file uploader gives the file of a record."""
    uploader = DefaultFileUploader(
        requester=Mock(**{"send_request.return_value": Mock(content=b"")}),
        download_target_extractor=DpathExtractor(field_path=["content_url"], config={}, parameters={}),
        config={},
        file_writer=Mock(**{"write.return_value": 0}),
        parameters={},
        filename_extractor=NAME_AT_AIRBYTE,
    )
    record = Record(data=row, stream_name=ARTICLES)
    uploader.upload(record)
    assert record.file_reference
    return str(record.file_reference.source_file_relative_path)


@pytest.mark.parametrize("name", ["party time.png", "résumé (1).pdf", "a.tar.gz", "LICENSE"])
def test_the_paths_of_article_attachments_are_those_of_airbyte(
    name: str, read: Read, zendesk: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(default_file_uploader, "get_files_directory", lambda: str(tmp_path / "airbyte"))
    row = only(zendesk, file_name=name)
    reference = references(read(ARTICLES), ARTICLES)[row["id"]]
    assert reference["source_file_relative_path"] == airbyte_path(row) == f"{ARTICLES}/{row['id']}/{name}"


def test_an_incremental_run_downloads_no_complete_file(command: Command, zendesk: Emulator, out: Path) -> None:
    zendesk.clock.freeze()
    article = zendesk.store.all("articles")[0]["id"]
    for table, change in (("articles", {"id": article}), (ARTICLES, {"id": only(zendesk, article_id=article)["id"]})):
        zendesk.store.update(table, change["id"], updated_at=zendesk.clock.stamp())
    config = zendesk.config()
    catalog = catalog_of(config, ARTICLES)
    first = command("read", "--files", str(out), config=config, catalog=catalog)
    zendesk.clear_requests()
    second = command("read", "--files", str(out), config=config, catalog=catalog, state=first.state)

    assert second.records[ARTICLES], "rows of the last minute are emitted again"
    assert references(second, ARTICLES) == references(first, ARTICLES)
    assert [each.path for each in zendesk.requests if is_download(each.path)] == []


@pytest.mark.parametrize(
    "name", ["../../../escaped.txt", "/etc/passwd", "..", "a\x00\n\x1b[2J.txt", "CON", "x" * 5000 + ".png", "", None]
)
def test_a_hostile_name_stays_in_the_folder_of_its_record(
    name: str | None, read: Read, zendesk: Emulator, out: Path
) -> None:
    row = only(zendesk, file_name=name)
    result = read(ARTICLES)

    (file,) = stored(out)
    assert file.startswith(f"{ARTICLES}/{row['id']}/")
    assert (out / file).read_bytes() == content_of(row)
    assert result.records[ARTICLES][0]["file_name"] == name
    assert sorted(path.name for path in out.parent.iterdir() if path.is_dir()) == ["out"]


def test_a_new_sound_of_a_greeting_is_stored_beside_the_old_one(read: Read, zendesk: Emulator, out: Path) -> None:
    first = references(read("greetings"), "greetings")
    greeting = next(row for row in zendesk.store.all("greetings") if row["upload_id"])
    url = greeting["audio_url"].replace(f"/{greeting['upload_id']:04}/", "/0999/")
    zendesk.store.update("greetings", greeting["id"], upload_id=999, audio_url=url)
    second = references(read("greetings"), "greetings")

    key = str(greeting["id"])
    assert {name for name in first if first[name] != second[name]} == {key}
    assert second[key]["source_file_relative_path"] == f"greetings/{key}/999/{greeting['audio_name']}"
    assert Path(second[key]["staging_file_url"]).read_bytes() == content_of(sound("0999"))
    assert set(stored(out)) == {each["source_file_relative_path"] for each in (*first.values(), second[key])}


# redirects


def test_the_storage_host_gets_no_credentials(read: Read, zendesk: Emulator) -> None:
    read(ARTICLES)
    storage = [each for each in zendesk.requests if each.path.startswith("/storage/")]
    account = [each for each in zendesk.requests if each.path.startswith("/hc/")]
    assert len(storage) == len(account) > 0
    assert all("authorization" in each.headers for each in account)
    assert {name for each in storage for name in each.headers} <= {
        *("host", "user-agent", "accept", "accept-encoding", "connection"),
    }


HOSTILE_TARGETS = {
    "http": ("http://storage.example.com/a", "is not https"),
    "a private address": ("https://10.0.0.1/a", "in a private network"),
    "a metadata service": ("http://169.254.169.254/latest/meta-data", "is not https"),
    "a user": ("https://user:password@storage.example.com/a", "is not valid"),
    "a file": ("file://localhost/etc/passwd", "is not https"),
    "a sign-in page": ("https://acme.zendesk.com/auth/v2/login", "sign-in page"),
    "itself": ("/hc/article_attachments/1/a", "more than 5 redirects"),
}


@pytest.mark.parametrize("target", HOSTILE_TARGETS)
def test_a_hostile_redirect_is_not_followed(target: str, read: Read, zendesk: Emulator, out: Path) -> None:
    only(zendesk)
    location, reason = HOSTILE_TARGETS[target]
    zendesk.faults.add(PAGES, status=302, headers={"Location": location}, times=100)
    result = read(ARTICLES)

    assert result.errors == []
    assert len(result.records[ARTICLES]) == 1
    assert references(result, ARTICLES) == {}
    assert reason in reasons(result)
    assert stored(out) == []


LONG = f"https://{'a' * 70}.example.com/a"


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/a", "https://[fd00::1]/a", "ftp://acme.zendesk.com/a", "nonsense", "//x", "https://a..b/x", LONG],
)
def test_a_hostile_address_is_not_requested(url: str, read: Read, zendesk: Emulator, out: Path) -> None:
    only(zendesk, content_url=url)
    result = read(ARTICLES)
    assert result.errors == []
    assert "the address of the file is" in reasons(result)
    assert stored(out) == []


@pytest.mark.parametrize("target", [b"https://\xff\xfe/a", b"https://[/a", b"https://a..b/", b""])
def test_an_invalid_redirect_of_another_host_skips_the_file(
    target: bytes, read: Read, zendesk: Emulator, out: Path
) -> None:
    with RecordingServer() as elsewhere:
        only(zendesk, content_url=f"http://localhost:{elsewhere.port}/a")
        elsewhere.responder = lambda _: Reply(302, {}, {"Location": target.decode("latin-1")})
        result = read(ARTICLES)
    assert result.errors == []
    assert "1 record without a file" in reasons(result)
    assert stored(out) == []


def test_other_hosts_get_no_credentials_and_send_none_back(read: Read, zendesk: Emulator) -> None:
    with RecordingServer() as elsewhere:
        only(zendesk, content_url=f"http://localhost:{elsewhere.port}/a")
        secret = f"{zendesk.base_url}/api/v2/users/me"
        elsewhere.responder = lambda _: Reply(302, {}, {"Location": secret, "Set-Cookie": "a=b"})
        result = read(ARTICLES)

        assert elsewhere.requests
        assert all({"Authorization", "Cookie"}.isdisjoint(each.headers) for each in elsewhere.requests)
    assert [each.headers.get("authorization") for each in zendesk.requests_to("/api/v2/users/me")] == [None]
    assert result.errors == []


# failures


@pytest.mark.parametrize("status", [403, 404, 410, 400, 422])
def test_a_refused_file_leaves_its_record_and_is_counted(status: int, read: Read, zendesk: Emulator) -> None:
    zendesk.faults.add(PAGES, status=status)
    result = read(ARTICLES)

    rows = result.records[ARTICLES]
    assert result.errors == []
    assert len(references(result, ARTICLES)) == len(rows) - 1
    assert "1 record without a file, such as" in reasons(result)
    assert str(status) in reasons(result)


@pytest.mark.parametrize("path", [PAGES, "/storage/*"])
@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_failure_of_the_server_is_retried(status: int, path: str, read: Read, zendesk: Emulator) -> None:
    zendesk.faults.add(path, status=status, headers={"Retry-After": "0"}, times=2)
    result = read(ARTICLES)
    assert result.errors == []
    assert len(references(result, ARTICLES)) == len(result.records[ARTICLES])


def test_wrong_credentials_for_a_file_are_an_error(read: Read, zendesk: Emulator) -> None:
    zendesk.faults.add(PAGES, status=401, times=1000)
    result = read(ARTICLES)
    assert "refuses the credentials for a file (401)" in result.stream_errors[ARTICLES]
    assert references(result, ARTICLES) == {}


def test_an_expired_token_is_renewed_once(command: Command, zendesk: Emulator, out: Path) -> None:
    row = only(zendesk)
    zendesk.faults.add(PAGES, status=401)
    config = zendesk.config(credentials=zendesk.client_credentials)
    result = command("read", "--files", str(out), config=config, catalog=catalog_of(config, ARTICLES))
    assert set(references(result, ARTICLES)) == {row["id"]}
    assert len(zendesk.requests_to("/oauth/tokens")) == 2


@pytest.mark.parametrize("kind", ["truncate", "reset"])
def test_a_cut_download_resumes(kind: str, read: Read, zendesk: Emulator, out: Path) -> None:
    row = only(zendesk, size=1_000_000)
    zendesk.faults.add("/storage/*", kind=kind, times=3)
    read(ARTICLES)

    (file,) = stored(out)
    assert (out / file).read_bytes() == content_of(row)
    ranges = [each.headers.get("range") for each in zendesk.requests if each.path.startswith("/storage/")]
    assert len(ranges) == 4
    assert ranges[0] is None
    if kind == "truncate":
        assert all(ranges[1:])


def test_a_storage_without_etag_restarts(read: Read, zendesk: Emulator, out: Path) -> None:
    row = only(zendesk, size=10)
    content = content_of(row)
    replies = [Reply(200, content[:4], {"Content-Length": "10", "Connection": "close"}), Reply(200, content)]
    with RecordingServer(lambda _: replies.pop(0)) as storage:
        redirect_to(zendesk, storage)
        result = read(ARTICLES)
        assert ["Range" in each.headers for each in storage.requests] == [False, False]
    assert result.errors == []
    assert (out / stored(out)[0]).read_bytes() == content


def redirect_to(zendesk: Emulator, storage: RecordingServer) -> None:
    zendesk.faults.add(PAGES, status=302, headers={"Location": f"http://localhost:{storage.port}/a"}, times=100)


BODIES: Mapping[str, tuple[bytes, Mapping[str, str], str]] = {
    "a bomb": (gzip.compress(bytes(100_000_000)), {"Content-Encoding": "gzip"}, "expands to more than the size"),
    "a web page": (b"<html>Please sign in</html>", {"Content-Type": "text/html"}, "web page"),
}


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_not_the_file_is_dropped(body: str, read: Read, zendesk: Emulator, out: Path) -> None:
    only(zendesk, size=4000, content_type="image/png")
    content, headers, reason = BODIES[body]
    with RecordingServer(lambda _: Reply(200, content, headers)) as storage:
        redirect_to(zendesk, storage)
        result = read(ARTICLES)
    assert reason in reasons(result)
    assert references(result, ARTICLES) == {}
    assert stored(out) == []


def test_a_web_page_is_no_recording(read: Read, zendesk: Emulator, out: Path) -> None:
    zendesk.faults.add("/recordings/*", status=200, body="<html>", headers={"Content-Type": "text/html"}, times=1000)
    result = read(RECORDINGS)
    assert result.records[RECORDINGS]
    assert "web page" in reasons(result)
    assert stored(out) == []


# sizes


FRAMINGS: Mapping[str, Mapping[str, str | None]] = {
    "a length": {},
    "no length": {"Content-Length": None, "Connection": "close"},
    "another encoding": {"Content-Encoding": "gzip"},
}


def framed(content: bytes, framing: str) -> Reply:
    headers = FRAMINGS[framing]
    return Reply(200, gzip.compress(content) if "Content-Encoding" in headers else content, headers)


@pytest.mark.parametrize(
    ("size", "framing"),
    [(0, "a length"), (3999, "a length"), (5000, "a length"), (70, "no length"), (9, "another encoding")],
)
def test_a_complete_file_of_another_size_is_stored_once_and_counted(
    size: int, framing: str, read: Read, zendesk: Emulator, out: Path
) -> None:
    row = only(zendesk, size=4000)
    content = content_of({**row, "size": size})
    with RecordingServer(lambda _: framed(content, framing)) as storage:
        redirect_to(zendesk, storage)
        result = read(ARTICLES)
        reference = references(result, ARTICLES)[row["id"]]
        assert Path(reference["staging_file_url"]).read_bytes() == content
        assert reference["file_size_bytes"] == size
        (warning,) = [text for text in result.warnings if ARTICLES in text]
        assert f"1 file stored with another size than in the record, such as {row['id']}" in warning

        inode = (out / stored(out)[0]).stat().st_ino
        second = read(ARTICLES)
    assert references(second, ARTICLES)[row["id"]] == reference
    if framing == "a length":
        assert (out / stored(out)[0]).stat().st_ino == inode
        assert any(
            "stored 0 files (0.0 MB), found 1 complete. 1 file stored with another" in text for text in second.logs
        )


def test_a_record_with_the_size_of_the_compressed_file_has_its_content(
    read: Read, zendesk: Emulator, out: Path
) -> None:
    encoded = gzip.compress(bytes(100_000))
    row = only(zendesk, size=len(encoded))
    with RecordingServer(lambda _: Reply(200, encoded, {"Content-Encoding": "gzip"})) as storage:
        redirect_to(zendesk, storage)
        result = read(ARTICLES)
    assert references(result, ARTICLES)[row["id"]]["file_size_bytes"] == 100_000
    assert (out / stored(out)[0]).read_bytes() == bytes(100_000)


@pytest.mark.parametrize("etag", ['"1"', None])
def test_a_truncated_response_is_no_complete_file_even_with_the_size_of_the_record(
    etag: str | None, read: Read, zendesk: Emulator, out: Path
) -> None:
    row = only(zendesk, size=4000)
    content = content_of({**row, "size": 9000})
    cut = Reply(200, content[:4000], {"Content-Length": "9000", "ETag": etag, "Connection": "close"})
    rest = Reply(206, content[4000:], {"Content-Range": "bytes 4000-8999/9000", "ETag": etag})
    replies = [cut, rest if etag else Reply(200, content)]
    with RecordingServer(lambda _: replies.pop(0)) as storage:
        redirect_to(zendesk, storage)
        result = read(ARTICLES)
    assert result.errors == []
    assert (out / stored(out)[0]).read_bytes() == content


@pytest.mark.parametrize("size", [9000, None])
def test_a_response_without_framing_is_complete_if_it_has_the_size_twice(
    size: int | None, read: Read, zendesk: Emulator, out: Path
) -> None:
    row = only(zendesk, size=size)
    content = content_of({**row, "size": 8000})
    replies = [framed(content[:length], "no length") for length in (5000, 4000, 8000, 8000)]
    with RecordingServer(lambda _: replies.pop(0)) as storage:
        redirect_to(zendesk, storage)
        result = read(ARTICLES)
    assert result.errors == []
    assert replies == []
    assert (out / stored(out)[0]).read_bytes() == content


def test_a_response_above_the_limit_is_not_read(read: Read, zendesk: Emulator, out: Path) -> None:
    only(zendesk, size=10)
    with RecordingServer(lambda _: Reply(200, b"", {"Content-Length": "1000001"})) as storage:
        redirect_to(zendesk, storage)
        result = read(ARTICLES, max_size_mb=1)
        assert len(storage.requests) == 1
    assert "larger than 1 MB" in reasons(result)
    assert stored(out) == []


# names


def test_a_recording_is_named_by_its_call_and_its_type(read: Read) -> None:
    result = read(RECORDINGS)
    rows, found = result.records[RECORDINGS], references(result, RECORDINGS)
    paths = {key: found[key]["source_file_relative_path"] for key in found}
    assert paths == {
        row["comment_id"]: f"{RECORDINGS}/{row['comment_id']}/{row['call_id'] or row['comment_id']}.mp3" for row in rows
    }


def test_a_recording_of_an_earlier_version_keeps_its_name(read: Read, zendesk: Emulator, out: Path) -> None:
    read(RECORDINGS)
    for name in stored(out):
        (out / name).rename((out / name).with_name("unnamed"))
    zendesk.clear_requests()
    result = read(RECORDINGS)
    assert {Path(each["staging_file_url"]).name for each in references(result, RECORDINGS).values()} == {"unnamed"}
    assert not [each for each in zendesk.requests if each.path.startswith("/recordings/")]


def test_the_type_of_a_recording_is_that_of_the_response(read: Read) -> None:
    result = read(RECORDINGS, content_types=["image/*"])
    assert references(result, RECORDINGS) == {}
    assert "`files.content_types` does not include its type" in reasons(result)
    assert references(read(RECORDINGS, content_types=["audio/*"]), RECORDINGS)


# endpoints that return a file


def items(zendesk: Emulator) -> dict[str, tuple[Row, bytes]]:
    """An item of `inputs` for each endpoint that returns a file, and the file."""
    greeting = next(row for row in zendesk.store.all("greetings") if row["upload_id"])
    macro = zendesk.store.all("macro_attachments")[1]
    attachment = zendesk.store.all("custom_object_record_attachments")[0]
    record = {"custom_object_key": zendesk.store.all("custom_objects")[0]["key"]}
    record |= {"record_id": attachment["custom_object_record_id"], "id": attachment["id"]}
    return {
        "get_greeting_audio_file": ({"greetings_id": str(greeting["id"])}, AUDIO),
        "download_macro_attachment": ({"attachment_id": macro["id"]}, content_of(macro)),
        "download_custom_object_record_attachment": (record, content_of(attachment)),
    }


INPUTS = sorted(endpoint.name for endpoint in WITH_FILES if endpoint.kind == "input")
every_input = pytest.mark.parametrize("stream", INPUTS)


@pytest.fixture
def read_input(command: Command, zendesk: Emulator, out: Path) -> Read:
    """Reads a stream of `inputs`, with its files into `out`."""

    def run(stream: str, *flags: str, include_files: bool = True) -> Result:
        config = zendesk.config(inputs=[{"stream": stream, "parameters": items(zendesk)[stream][0]}])
        catalog = catalog_of(config, stream, include_files=include_files)
        return command("read", *(flags or ("--files", str(out))), config=config, catalog=catalog)

    return run


@every_input
def test_an_item_of_inputs_names_one_file(stream: str, read_input: Read, zendesk: Emulator, out: Path) -> None:
    values, content = items(zendesk)[stream]
    result = read_input(stream)

    assert result.errors == []
    (row,) = result.records[stream]
    assert {**values, "content_url": row["content_url"]} == row
    (name,) = stored(out)
    *folders, file = name.split("/")
    assert folders == [stream, *map(str, values.values())]
    assert file.startswith(f"{folders[-1]}.")
    assert (out / name).read_bytes() == content


@every_input
def test_without_files_a_record_has_the_address_and_nothing_is_requested(
    stream: str, read_input: Read, zendesk: Emulator
) -> None:
    result = read_input(stream, "--debug", include_files=False)
    assert [row["content_url"].startswith(zendesk.base_url) for row in result.records[stream]] == [True]
    assert zendesk.requests == []


@every_input
def test_a_second_run_downloads_no_complete_file_of_an_item(stream: str, read_input: Read, out: Path) -> None:
    read_input(stream)
    inode = (out / stored(out)[0]).stat().st_ino
    result = read_input(stream)
    assert [(out / name).stat().st_ino for name in stored(out)] == [inode]
    assert "stored 0 files (0.0 MB), found 1 complete" in " ".join(result.logs)


def test_a_replaced_greeting_is_downloaded_again(read_input: Read, zendesk: Emulator, out: Path) -> None:
    stream = "get_greeting_audio_file"
    read_input(stream)
    zendesk.faults.add(
        "/api/v2/channels/voice/greetings/*", status=200, body="new", headers={"Content-Type": "audio/mpeg"}
    )
    read_input(stream)
    assert [(out / name).read_bytes() for name in stored(out)] == [b"new"]


@every_input
@pytest.mark.parametrize("status", [403, 404])
def test_a_refused_file_of_an_item_leaves_its_record(
    status: int, stream: str, read_input: Read, zendesk: Emulator, out: Path
) -> None:
    zendesk.faults.add("/api/v2/*", status=status, times=100)
    result = read_input(stream)
    assert result.errors == []
    assert len(result.records[stream]) == 1
    assert "1 record without a file, such as" in reasons(result)
    assert stored(out) == []


def test_zendesk_refuses_malware_unless_an_agent_allowed_it(read_input: Read, zendesk: Emulator) -> None:
    stream = "download_custom_object_record_attachment"
    found = zendesk.store.all("custom_object_record_attachments")[0]["id"]
    zendesk.store.update("custom_object_record_attachments", found, malware_scan_status="malware_found")
    assert "denies access to the file (403)" in reasons(read_input(stream))
    zendesk.store.update("custom_object_record_attachments", found, malware_access_override=True)
    assert reasons(read_input(stream)) == ""


# encodings and limits


def test_an_encoded_file_is_stored_decoded(read: Read, zendesk: Emulator, out: Path) -> None:
    row = only(zendesk, size=4000)
    encoded = Reply(200, gzip.compress(content_of(row)), {"Content-Encoding": "gzip", "ETag": '"1"'})
    with RecordingServer(lambda _: encoded) as storage:
        redirect_to(zendesk, storage)
        read(ARTICLES)
    (file,) = stored(out)
    assert (out / file).read_bytes() == content_of(row)


def test_without_a_declared_size_the_limit_ends_the_download(read: Read, zendesk: Emulator, out: Path) -> None:
    only(zendesk, size=None)
    with RecordingServer(lambda _: Reply(200, bytes(3_000_000))) as storage:
        redirect_to(zendesk, storage)
        result = read(ARTICLES, max_size_mb=1)
    assert "larger than 1 MB" in reasons(result)
    assert stored(out) == []


def test_a_full_disk_is_named_in_the_error_and_no_record_is_emitted(
    read: Read, zendesk: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(partial_file, "_write_all", fill)
    only(zendesk)
    result = read(ARTICLES)
    assert result.exit_code == 1
    assert "because the disk is full (No space left on device); free some space" in result.stream_errors[ARTICLES]
    assert FileStorageError.default_failure_type.value in json.dumps(list(result.bodies("trace")))
    assert result.records[ARTICLES] == []
    assert all("article" not in json.dumps(state.get("stream_state", {})) for state in result.states_of(ARTICLES))


# limits


def test_the_limits_of_the_configuration_exclude_files(read: Read) -> None:
    result = read(ARTICLES, content_types=["IMAGE/*"])
    rows = {row["id"]: row for row in result.records[ARTICLES]}
    assert set(references(result, ARTICLES)) == {
        key for key, row in rows.items() if row["content_type"].startswith("image/")
    }
    assert "`files.content_types` does not include its type" in reasons(result)


@pytest.mark.parametrize("include", [True, False])
def test_flagged_files_are_stored_only_on_request(include: bool, read: Read, zendesk: Emulator) -> None:  # noqa: FBT001
    stream = "brand_logos"
    brand = next(row for row in zendesk.store.all("brands") if row["logo"])
    flagged = brand["logo"]["id"]
    zendesk.store.update("brands", brand["id"], logo={**brand["logo"], "malware_scan_result": "malware_found"})
    result = read(stream, include_flagged=include)
    assert (flagged in references(result, stream)) is include
    assert ("malware scan flagged" in reasons(result)) is not include


def test_downloads_on_the_account_wait_for_its_rate_limit(command: Command, out: Path) -> None:
    with Emulator(seed=1, rows=12, tickets=30, rate_limits=True) as account:
        config = account.config()
        result = command("read", "--files", str(out), config=config, catalog=catalog_of(config, ARTICLES))
        assert [each.status for each in account.requests if each.status == 429] == []
    assert result.errors == []


# bad input


BAD_INPUT: Mapping[str, tuple[Row, str]] = {
    "a size that is no number": ({"max_size_mb": "many"}, "`files.max_size_mb`: expected a whole number from 1 to"),
    "a size of zero": ({"max_size_mb": 0}, "`files.max_size_mb`: expected a whole number from 1 to"),
    "types that are no list": ({"content_types": "image/*"}, "`files.content_types`: expected a list of strings"),
    "a word for a flag": ({"include_flagged": "maybe"}, "`files.include_flagged`: expected true or false"),
}


@pytest.mark.parametrize("fault", BAD_INPUT)
def test_an_invalid_limit_is_an_error_before_any_request(fault: str, read: Read, zendesk: Emulator) -> None:
    limits, message = BAD_INPUT[fault]
    result = read(ARTICLES, **limits)
    assert message in " ".join(result.errors)
    assert zendesk.requests == []


def test_a_directory_that_cannot_be_written_is_an_error_before_any_request(
    read: Read, zendesk: Emulator, out: Path
) -> None:
    out.write_text("a file instead of the directory")
    result = read(ARTICLES)
    assert f"Files cannot be stored in {out}" in " ".join(result.errors)
    assert zendesk.requests == []


def test_a_stream_without_files_is_an_error_before_any_request(read: Read, zendesk: Emulator) -> None:
    result = read(ARTICLES, "tickets")
    assert "streams without files: tickets. Streams with files: article_attachments" in " ".join(result.errors)
    assert zendesk.requests == []


def test_a_directory_without_a_stream_with_files_is_an_error(command: Command, zendesk: Emulator, out: Path) -> None:
    config = zendesk.config()
    catalog = catalog_of(config, ARTICLES, include_files=False)
    result = command("read", "--files", str(out), config=config, catalog=catalog)
    assert "no stream of the catalog includes its files" in " ".join(result.errors)
    assert zendesk.requests == []


def test_checksums_differ_between_files(zendesk: Emulator) -> None:
    rows = [row | {"size": 100} for row in zendesk.store.all(ARTICLES)]
    assert len({hashlib.sha256(content_of(row)).digest() for row in rows}) == len(rows)


def test_the_catalog_command_selects_streams_with_files(command: Command, zendesk: Emulator, out: Path) -> None:
    config = zendesk.config()
    result = command("catalog", "tags", "--files", ARTICLES, RECORDINGS, config=config)
    catalog = json.loads(result.stdout)
    selected = {each["stream"]["name"]: each.get("include_files") or False for each in catalog["streams"]}
    assert selected == {"tags": False, ARTICLES: True, RECORDINGS: True}
    found = command("read", "--files", str(out), config=config, catalog=catalog)
    assert references(found, ARTICLES)


@pytest.mark.parametrize("stream", ["tags", "no_such_stream"])
def test_the_catalog_command_refuses_streams_without_files(stream: str, command: Command, zendesk: Emulator) -> None:
    result = command("catalog", "--files", stream, config=zendesk.config())
    assert result.exit_code == 1
    assert stream in result.stderr + " ".join(result.errors)
    assert zendesk.requests == []
