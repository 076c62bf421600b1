"""The command line is understood, or says how it is to be given."""

import argparse
from importlib.metadata import version

import pytest

from source_zendesk.cli.command_line import PROTOCOL, parse_command_line


def ended(line: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as exit_:
        parse_command_line(line)
    said = capsys.readouterr()
    return exit_.value.code, said.out, said.err


def test_without_a_command_help_is_printed_as_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ended([], capsys)
    assert (code, out) == (2, "")
    assert "usage: source-zendesk" in err


def test_help_names_every_command_and_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ended(["--help"], capsys)
    assert code == 0
    assert [name for name in (*PROTOCOL, "catalog", "state") if f"    {name} " not in out] == []
    assert "source-zendesk catalog --config config.json tickets users > catalog.json" in out


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["--version"], capsys) == (0, f"source-zendesk {version('airbyte-source-zendesk')}\n", "")


@pytest.mark.parametrize("line", [["chek"], ["catalog", "tickets"], ["catalog", "--config", "c.json"], ["read"]])
def test_what_is_not_understood_ends_with_2_and_says_why(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ended(line, capsys)
    assert (code, out) == (2, "")
    assert "error: " in err


def test_commands_of_the_protocol_are_taken_as_the_cdk_takes_them() -> None:
    args = parse_command_line(["read", "--config", "a", "--catalog", "b", "--state", "c", "--debug"])
    assert isinstance(args, argparse.Namespace)
    assert (args.command, args.config, args.catalog, args.state, args.debug) == ("read", "a", "b", "c", True)
