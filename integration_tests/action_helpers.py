"""Sends the emulator's example requests as actions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from integration_tests.emulator import Emulator
from integration_tests.emulator.api.routes import endpoints
from integration_tests.emulator.examples import example
from integration_tests.harness import Result, run, sync
from source_zendesk.manifest import Endpoint
from source_zendesk.settings.action_bodies import required_keys

Json = dict[str, Any]
SERVED = {(endpoint.method, endpoint.path): endpoint for endpoint in endpoints()}


def item_of(entry: Endpoint, zendesk: Emulator, folder: Path) -> Json:
    """An item of `actions` from the emulator's example of the endpoint; a file is stored in the folder."""
    sent = example(zendesk.store, SERVED[entry.method, entry.path])
    values = re.fullmatch(re.sub(r"{\w+}", "([^/]+)", entry.path), sent.path)
    assert values is not None
    parameters = dict(zip(entry.placeholders, values.groups(), strict=True))
    item: Json = {"stream": entry.name, "parameters": {**parameters, **sent.query}}
    if sent.body is not None and entry.options.sends != "nothing":
        item["body"] = sent.body
    if sent.file is not None:
        is_zip = entry.options.upload.content_types == ["application/zip"]
        file = folder / ("theme.zip" if is_zip else "picture.png")
        file.write_bytes(sent.file)
        item["file"] = str(file)
    return item


def required_body(entry: Endpoint) -> Json:
    """A body with the required keys, the first of each choice; any key if the entry only needs a body."""
    values = {"object": {"a": 1}, "list": [{"a": 1}], "any": "1"}
    body = {name: values[kind] for name, kind in (next(iter(choice.items())) for choice in required_keys(entry))}
    return body or ({"name": "A"} if entry.options.needs_body else {})


def write(zendesk: Emulator, item: Json, state: Any = None) -> Result:
    """The output of a sync of one action."""
    return sync(zendesk.config(allow_writes=True, actions=[item]), [item["stream"]], state)


def refusal(zendesk: Emulator, item: Json) -> str:
    """The message of a check that fails because of an item of `actions`."""
    result = run("check", config=zendesk.config(allow_writes=True, actions=[item]))
    assert result.connection_status["status"] == "FAILED"
    return str(result.connection_status["message"])
