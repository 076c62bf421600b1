"""What docs/usage.md gives to be copied holds for the catalog and the examples that there are."""

import ast
import re
from pathlib import Path

import yaml

from examples.sync import sync
from source_zendesk.manifest import Manifest
from source_zendesk.settings import Settings
from source_zendesk.settings.offered_streams import offered_endpoints

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "usage.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)


def test_meltano_is_told_every_key_of_several_columns() -> None:
    (project,) = [yaml.safe_load(block) for block in blocks("yaml")]
    (extractor,) = project["plugins"]["extractors"]
    maps = extractor["config"]["stream_maps"]
    login = {"credentials": "oauth2.0", "access_token": "secret"}
    settings = Settings.parse({"subdomain": "acme", "credentials": login}, Manifest.load())
    keys = {entry.name: entry.primary_key for entry in offered_endpoints(Manifest.load(), settings)}
    assert {name: mapping["__key_properties__"] for name, mapping in maps.items()} == {
        name: key for name, key in keys.items() if len(key) > 1
    }


def test_python_blocks_parse_and_give_sync_its_arguments() -> None:
    trees = [ast.parse(block) for block in blocks("python")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "sync"]
    given = [[len(call.args), *(keyword.arg for keyword in call.keywords)] for call in named]
    assert given == [[4, "command"]] * 2
    assert [*sync.__code__.co_varnames[: sync.__code__.co_argcount]] == [
        "config",
        "state",
        "streams",
        "write",
        "command",
    ]
