"""Every action of a product changes the emulated account once, and a second run sends nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.emulator.api.routes import endpoints
from integration_tests.emulator.examples import Example, example
from integration_tests.harness import sync
from integration_tests.samples import group_of, sample
from source_zendesk.manifest import Endpoint, Manifest

Json = dict[str, Any]
PRODUCTS = ("custom_data", "employee_service", "itam", "support_extra", "talk", "talk_partner")
SERVED = {(endpoint.method, endpoint.path): endpoint for endpoint in endpoints()}
ENTRIES = [
    entry for entry in Manifest.load().endpoints.values() if entry.kind == "action" and entry.product in PRODUCTS
]
ACTIONS = sample(ENTRIES, group_of)
FILES = {entry.name for entry in ENTRIES if entry.options.file_field}


def item_of(entry: Endpoint, sent: Example, file: Path | None = None) -> Json:
    """An item of `actions` with the values of an example request."""
    pattern = re.sub(r"\\{([^}]+)\\}", r"(?P<\1>[^/]+)", re.escape(entry.path))
    found = re.fullmatch(pattern, sent.path)
    parameters = {**(found.groupdict() if found else {}), **sent.query}
    item: Json = {"stream": entry.name, "parameters": parameters}
    if file:
        return item | {"file": str(file)}
    return item | ({"body": sent.body} if sent.body and entry.options.sends != "nothing" else {})


def assert_sent_once(zendesk: Emulator, entry: Endpoint, item: Json) -> list[Json]:
    config = zendesk.config(allow_writes=True, actions=[item])
    first = sync(config, [entry.name])
    assert not first.stream_errors
    writes = [request for request in zendesk.requests if request.method == entry.method]
    assert len([request for request in writes if request.status < 300]) == 1
    assert {row["_status"] for row in first.records[entry.name]} <= {"done", "completed"}
    before = len(zendesk.requests)
    assert sync(config, [entry.name], first.state).records[entry.name] == []
    assert not [request for request in zendesk.requests[before:] if request.method == entry.method != "GET"]
    return first.records[entry.name]


@pytest.mark.parametrize("entry", ACTIONS, ids=lambda entry: entry.name)
def test_an_action_is_done_once(entry: Endpoint, tmp_path: Path) -> None:
    with Emulator(rows=6, tickets=12) as zendesk:
        sent = example(zendesk.store, SERVED[entry.method, entry.path])
        file = tmp_path / "file.bin"
        file.write_bytes(b"content")
        assert_sent_once(zendesk, entry, item_of(entry, sent, file if sent.file else None))


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_is_uploaded_once(name: str, tmp_path: Path) -> None:
    entry = Manifest.load().endpoints[name]
    file = tmp_path / "sound.mp3"
    file.write_bytes(b"ID3")
    with Emulator(rows=6, tickets=12) as zendesk:
        sent = example(zendesk.store, SERVED[entry.method, entry.path])
        (row,) = assert_sent_once(zendesk, entry, item_of(entry, sent, file))
    assert "sound.mp3" in str(row)


@pytest.mark.parametrize("name", ["create_api_token", "update_api_token"])
def test_an_api_token_is_redacted(name: str) -> None:
    entry = Manifest.load().endpoints[name]
    with Emulator(rows=6, tickets=12) as zendesk:
        sent = example(zendesk.store, SERVED[entry.method, entry.path])
        (row,) = assert_sent_once(zendesk, entry, item_of(entry, sent))
    assert row["token"] == "****"
