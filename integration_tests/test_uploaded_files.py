"""An action uploads exactly the fingerprinted bytes, and only of regular files."""

from pathlib import Path
from typing import Any

import pytest

from integration_tests.harness import Result, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply

STREAM = "upload_files"
UPLOADED = Reply(201, {"upload": {"token": "t"}})


def item(file: Path, name: str = "") -> dict[str, Any]:
    return {"stream": STREAM, "parameters": {"filename": name or file.name}, "file": str(file)}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / name for name in ("a.txt", "b.txt", "c.txt")]
    for path in paths:
        path.write_text(f"first {path.name}")
    return paths


def test_a_file_that_changes_during_the_run_is_uploaded_once(files: list[Path]) -> None:
    first, second, _ = files

    def change(_: RecordedRequest) -> Reply:
        second.write_text("changed")
        return UPLOADED

    with RecordingServer(change) as recorder:
        config = recorder.config(item(first), item(second))
        result = sync(config, [STREAM])
        again = sync(config, [STREAM], result.state)
        assert [arrived.content for arrived in recorder.requests] == [b"first a.txt", b"changed"]
    assert again.records[STREAM] == []
    assert _fingerprints(result) == [*result.state_of(STREAM)["actions"]]


def test_a_file_changed_during_the_token_request_is_uploaded_once(files: list[Path]) -> None:
    """The token is requested between reading and sending the file."""
    oauth = {"credentials": "client_credentials", "client_id": "id", "client_secret": "secret", "scope": "read write"}

    def respond(arrived: RecordedRequest) -> Reply:
        if "oauth" not in arrived.target:
            return UPLOADED
        files[0].write_text("changed")
        return Reply(200, {"access_token": "token", "expires_in": 3600, "token_type": "bearer"})

    with RecordingServer(respond) as recorder:
        config = {**recorder.config(item(files[0])), "credentials": oauth}
        result = sync(config, [STREAM])
        (upload,) = [arrived for arrived in recorder.requests if "uploads" in arrived.target]
        assert upload.content == b"first a.txt"
        unchanged = {**recorder.config(item(_with(files[1], "first a.txt"), name="a.txt")), "credentials": oauth}
        assert sync(unchanged, [STREAM], result.state).records[STREAM] == []


def test_a_file_replaced_by_a_symlink_is_named_and_the_others_are_sent(files: list[Path]) -> None:
    _, second, third = files

    def replace(_: RecordedRequest) -> Reply:
        second.unlink(missing_ok=True)
        second.symlink_to(third)
        return UPLOADED

    with RecordingServer(replace) as recorder:
        config = recorder.config(*map(item, files))
        result = sync(config, [STREAM])
        assert [arrived.content for arrived in recorder.requests] == [b"first a.txt", b"first c.txt"]
        assert f"an action was not sent, because its file {second} is a link" in result.stream_errors[STREAM]
        second.unlink()
        second.write_text("mended")
        again = sync(config, [STREAM], result.state)
        assert [row["_status"] for row in again.records[STREAM]] == ["done"]
        assert recorder.requests[-1].content == b"mended"


def _with(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def _fingerprints(result: Result) -> list[str]:
    return [row["_action"]["fingerprint"] for row in result.records[STREAM]]
