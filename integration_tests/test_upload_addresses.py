"""A file goes to a signed address in each documented form, to public addresses only, and is not lost by a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from integration_tests.harness import CONSOLE, Result, arguments, configured_catalog, discover, parse_output, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply, Responder
from source_zendesk.writes import storage_client

Json = dict[str, Any]
MEDIA = "create_guide_media"


def responder(address: Any, stored: Reply | None = None) -> Responder:
    """Responds to requests for the address of a medium with this body, and to the file with `stored`."""

    def respond(arrived: RecordedRequest) -> Reply:
        if arrived.path == "/stored":
            return stored or Reply(200, "")
        return Reply(200, address if arrived.path.endswith("upload_url") else {"media": {"id": "01J"}})

    return respond


def stored_url(account: RecordingServer) -> str:
    return f"http://localhost:{account.port}/stored?X-Amz-Signature=s"


def media_item(folder: Path, name: str = "a.png") -> Json:
    file = folder / name
    file.write_bytes(b"PNG")
    return {"stream": MEDIA, "body": {"filename": name}, "file": str(file)}


HEADERS = {"Content-Disposition": 'attachment; filename="foo.png"', "Content-Type": "image/png"}


@pytest.mark.parametrize(
    "form", [lambda a: {"upload_url": a, "headers": HEADERS}, lambda a: {"upload_url": {**a, "headers": HEADERS}},
             lambda a: {"upload_url": {**a, "headers": json.dumps(HEADERS)}}],
    ids=["beside", "inside", "text"],
)  # fmt: skip
def test_every_documented_form_of_an_address_is_read(form: Any, tmp_path: Path) -> None:
    with RecordingServer() as account:
        account.responder = responder(form({"url": stored_url(account), "asset_upload_id": "01J"}))
        result = sync(account.config(media_item(tmp_path)), [MEDIA])
    assert result.errors == []
    _, stored, created = account.requests
    assert (stored.method, stored.content) == ("PUT", b"PNG")
    assert {name: stored.headers[name] for name in HEADERS} == HEADERS
    assert created.body == {"filename": "a.png", "asset_upload_id": "01J"}


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ({}, "the response to the request for its upload has no `upload_url`"),
        ({"upload_url": "https://example.com"}, "has no `upload_url`"),
        ({"upload_url": {"url": "https://example.com"}}, "has no `upload_url`"),
        ([], "has no `upload_url`"),
        ("http://example.com/s3cr3t", "the address of the file is not https"),
        ("ftp://example.com/s3cr3t", "the address of the file is not https"),
        ("https://10.0.0.1/s3cr3t", "the address of the file is in a private network"),
        ("https://169.254.169.254/s3cr3t", "the address of the file is in a private network"),
        ("https://user:s3cr3t@example.com/", "the address of the file is not valid"),
        ("https://[s3cr3t", "the address of the file is not valid"),
        ("https://example.com:s3cr3t/", "the address of the file is not valid"),
    ],
)
def test_an_address_that_the_connector_does_not_request_gets_nothing(address: Any, cause: str, tmp_path: Path) -> None:
    body = {"upload_url": {"url": address, "asset_upload_id": "1"}} if isinstance(address, str) else address
    with RecordingServer(responder(body)) as account:
        result = sync(account.config(media_item(tmp_path)), [MEDIA])
        assert [each.path for each in account.requests] == ["/api/v2/guide/medias/upload_url"]
    assert cause in result.stream_errors[MEDIA]
    assert result.state_of(MEDIA)["actions"] == {}
    assert "s3cr3t" not in json.dumps(result.messages).replace("s3cr3t-t0ken", "")


def test_a_header_that_no_request_can_have_sends_no_file(tmp_path: Path) -> None:
    with RecordingServer() as account:
        address = {"url": stored_url(account), "asset_upload_id": "1"}
        account.responder = responder({"upload_url": address, "headers": {"X-A": "a\r\nb: c"}})
        result = sync(account.config(media_item(tmp_path)), [MEDIA])
        assert [each.path for each in account.requests] == ["/api/v2/guide/medias/upload_url"]
    assert result.state_of(MEDIA)["actions"] == {}


def test_a_dropped_upload_is_repeated_and_then_the_next_action_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_client, "MAX_RETRIES", 1)
    with RecordingServer() as account:
        address = {"upload_url": {"url": stored_url(account), "asset_upload_id": "1"}}
        account.responder = responder(address, Reply(is_dropped=True))
        items = media_item(tmp_path), media_item(tmp_path, "b.png")
        result = sync(account.config(*items), [MEDIA])
        assert [each.path for each in account.requests].count("/stored") == 4
    assert result.stream_errors[MEDIA].count("the connection was dropped") == 2
    assert result.state_of(MEDIA)["actions"] == {}


class BlockUpload:
    """A responder that blocks when the file arrives."""

    def __init__(self, account: RecordingServer, stream: str) -> None:
        self.account, self.stream = account, stream
        self.reached, self.released = threading.Event(), threading.Event()

    def __call__(self, arrived: RecordedRequest) -> Reply:
        if arrived.path == "/stored":
            self.reached.set()
            return Reply(200, "", release=self.released)
        url = stored_url(self.account)
        if self.stream == MEDIA:
            return Reply(200, {"upload_url": {"url": url, "asset_upload_id": "1"}, "media": {"id": "1"}})
        return Reply(202, {"job": {"id": "1", "status": "pending", "data": {"upload": {"url": url}}}})


def killed_upload(item: Json, folder: Path) -> tuple[Result, Result]:
    """The output of a run that is killed while the file is in flight, and of the next run."""
    with RecordingServer() as account:
        block = BlockUpload(account, item["stream"])
        account.responder = block
        config = account.config(item)
        catalog = configured_catalog(discover(config), [item["stream"]])
        line = [str(CONSOLE), "read", *arguments(folder, {"config": config, "catalog": catalog})]
        output = folder / "stdout"
        with output.open("w") as stdout, subprocess.Popen(line, stdout=stdout) as process:
            assert block.reached.wait(120)
            os.kill(process.pid, signal.SIGKILL)
        block.released.set()
        first = parse_output(output.read_text().splitlines())
        return first, sync(config, [item["stream"]], first.state)


def test_an_action_that_is_killed_during_its_upload_is_sent_again(tmp_path: Path) -> None:
    first, second = killed_upload(media_item(tmp_path), tmp_path)
    assert first.state == []
    assert [row["_status"] for row in second.records[MEDIA]] == ["done"]


def test_an_import_that_is_killed_during_its_upload_is_unknown(tmp_path: Path) -> None:
    theme = tmp_path / "theme.zip"
    theme.write_bytes(b"PK")
    body = {"job": {"attributes": {"brand_id": "1", "format": "zip"}}}
    first, second = killed_upload({"stream": "import_theme", "body": body, "file": str(theme)}, tmp_path)
    assert [each["status"] for each in first.state_of("import_theme")["actions"].values()] == ["sending"]
    assert [row["_status"] for row in second.records["import_theme"]] == ["unknown"]
