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
        file = folder / "picture.png"
        file.write_bytes(sent.file)
        item["file"] = str(file)
    return item


def write(zendesk: Emulator, item: Json, state: Any = None) -> Result:
    """The output of a sync of one action."""
    return sync(zendesk.config(allow_writes=True, actions=[item]), [item["stream"]], state)


def refusal(zendesk: Emulator, item: Json) -> str:
    """The message of a check that fails because of an item of `actions`."""
    result = run("check", config=zendesk.config(allow_writes=True, actions=[item]))
    assert result.connection_status["status"] == "FAILED"
    return str(result.connection_status["message"])
