"""Messages of the connector name commands that exist, and pages by addresses that exist."""

import ast
import re
from pathlib import Path

import pytest

from source_zendesk.cli.command_line import parse_command_line
from unit_tests.test_pages import ROOT, anchors

REPOSITORY = "https://github.com/source-zendesk/source-zendesk/blob/main/"
SOURCES = sorted((ROOT / "source_zendesk").rglob("*.py"))
TEXTS_OF_USERS = [ROOT / "manifest.yaml", ROOT / "metadata.yaml", ROOT / "pyproject.toml", *SOURCES]


def messages(file: Path) -> list[str]:
    """Every string of a module that is no docstring."""
    nodes = list(ast.walk(ast.parse(file.read_text())))
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    constants = [node for node in nodes if isinstance(node, ast.Constant) and id(node) not in docstrings]
    return [node.value for node in constants if isinstance(node.value, str)]


MESSAGES = [text for file in SOURCES for text in messages(file)]
COMMANDS = {command for text in MESSAGES for command in re.findall(r"source-zendesk ([a-z]+(?: [^`>|\n]*)?)", text)}
ADDRESSES = {link for file in TEXTS_OF_USERS for link in re.findall(rf"{REPOSITORY}([\w./#-]*[\w])", file.read_text())}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_named_command_and_its_options_exist(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_command_line([command.split()[0], "--help"])
    assert ended.value.code == 0
    assert set(re.findall(r"--[a-z-]+", command)) <= set(re.findall(r"--[a-z-]+", capsys.readouterr().out))


def test_messages_name_commands() -> None:
    assert {command.split()[0] for command in COMMANDS} >= {"streams", "catalog", "state"}


@pytest.mark.parametrize("address", sorted(ADDRESSES))
def test_an_address_leads_to_a_page_and_a_heading(address: str) -> None:
    page, _, anchor = address.partition("#")
    assert (ROOT / page).is_file()
    assert not anchor or anchor in anchors(ROOT / page)


def test_addresses_lead_to_pages() -> None:
    assert {address.partition("#")[0] for address in ADDRESSES} >= {"docs/zendesk.md", "docs/actions.md"}


def test_no_message_names_a_page_by_its_path() -> None:
    """An installed package has no pages."""
    sentences = [text for text in MESSAGES if " " in text]
    assert [text for text in sentences if re.search(r"(?<![\w/])(docs/|\w+\.md\b)", text)] == []
