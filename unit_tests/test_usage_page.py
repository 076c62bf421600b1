"""What docs/usage.md gives to be copied holds for the catalog and the examples that there are."""

import ast
import re
from pathlib import Path

import tomli
import yaml

from examples.sync import sync
from source_zendesk.manifest import Manifest
from source_zendesk.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "usage.md").read_text()
LOGIN = {"credentials": "oauth2.0", "access_token": "secret"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_meltano_project_uses_the_tap_of_this_package() -> None:
    (project,) = [yaml.safe_load(block) for block in blocks("yaml")]
    (extractor,) = project["plugins"]["extractors"]
    package = tomli.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert extractor["pip_url"] == "./source-zendesk"
    assert extractor["executable"] in package["scripts"]
    Settings.parse(extractor["config"] | {"credentials": LOGIN}, Manifest.load())


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
