"""Parsing of the command line, its help and its errors."""

import argparse
from importlib.metadata import version

import pytest

from source_zendesk.cli.command_line import PROTOCOL, parse_command_line


def parse_and_exit(line: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as exit_:
        parse_command_line(line)
    output = capsys.readouterr()
    return exit_.value.code, output.out, output.err


def test_without_a_command_help_is_printed_as_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = parse_and_exit([], capsys)
    assert (code, out) == (2, "")
    assert "usage: source-zendesk" in err


def test_help_names_every_command_and_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = parse_and_exit(["--help"], capsys)
    assert code == 0
    assert [name for name in (*PROTOCOL, "catalog", "state", "streams", "views") if f"    {name} " not in out] == []
    assert "source-zendesk catalog --config config.json tickets users > catalog.json" in out


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse_and_exit(["--version"], capsys) == (0, f"source-zendesk {version('airbyte-source-zendesk')}\n", "")


@pytest.mark.parametrize("line", [["chek"], ["catalog", "tickets"], ["catalog", "--config", "c.json"], ["read"]])
def test_an_invalid_command_line_exits_with_2_and_an_error(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = parse_and_exit(line, capsys)
    assert (code, out) == (2, "")
    assert "error: " in err


def test_protocol_commands_accept_the_options_of_the_cdk() -> None:
    args = parse_command_line(["read", "--config", "a", "--catalog", "b", "--state", "c", "--debug"])
    assert isinstance(args, argparse.Namespace)
    assert (args.command, args.config, args.catalog, args.state, args.debug) == ("read", "a", "b", "c", True)
