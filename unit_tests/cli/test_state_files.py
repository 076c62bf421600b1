"""Any file of `--state` is either accepted or rejected with an error that names the option."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_zendesk.cli.command_inputs import CommandInputs, load_inputs
from source_zendesk.errors import ConfigError

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
NAMES = st.sampled_from(
    ["type", "stream", "stream_descriptor", "stream_state", "name", "global", "stream_states", "shared_state", "data"]
)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4))


def load_state(path: Path) -> CommandInputs:
    return load_inputs(argparse.Namespace(config=None, catalog=None, state=str(path)))


def refusal(path: Path) -> str:
    """The error of a rejected state; the option alone for an accepted one."""
    try:
        load_state(path)
    except ConfigError as error:
        return str(error.message)
    return "--state"


@settings(max_examples=200)
@given(content=JSON)
def test_any_json_is_accepted_or_rejected_by_name(content: Any, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(json.dumps(content))
    assert "state" in refusal(path)


@settings(max_examples=60)
@given(content=st.binary(max_size=30))
def test_any_bytes_are_accepted_or_rejected_by_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(content)
    assert "--state" in refusal(path)


@pytest.mark.parametrize("name", ["missing.json", ".", "a\x1b[2J", "a\x00b", "x" * 300])
def test_the_error_of_a_missing_file_has_a_printable_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--state .*cannot be read") as raised:
        load_state(tmp_path / name)
    assert "\x1b" not in str(raised.value.message)


RECORD = '{"type": "RECORD", "record": {"stream": "tags", "data": {}, "emitted_at": 1}}\n'
LOG = '{"type": "LOG", "log": {"level": "INFO", "message": "a"}}\n'


@pytest.mark.parametrize("option", ["state", "state_file"])
@pytest.mark.parametrize("text", [RECORD, LOG + RECORD, RECORD + RECORD[:20]])
def test_messages_are_no_state(option: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text(text)
    args = argparse.Namespace(**{"config": None, "catalog": None, "state": None, option: str(path)})
    with pytest.raises(
        ConfigError, match=r"^--state(-file)? .*not a state. Run `source-zendesk state /.* > state.json`"
    ):
        load_inputs(args)


@pytest.mark.parametrize("text", [LOG + LOG, '{"type": "CATALOG", "catalog": {"streams": []}}\n'])
def test_messages_are_no_catalog(text: str, tmp_path: Path) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text(text)
    remedy = "not a catalog. Run `source-zendesk catalog --config config.json STREAM > catalog.json`, and set --catalog"
    with pytest.raises(ConfigError, match=remedy):
        load_inputs(argparse.Namespace(config=None, catalog=str(path), state=None))
