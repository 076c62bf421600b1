"""An environment variable with unusable certificates is an error that names it, before anything is sent."""

from pathlib import Path

import certifi
import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.http.certificates import CERTIFICATES, check_certificates


@pytest.fixture(autouse=True)
def no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CERTIFICATES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", CERTIFICATES)
@pytest.mark.parametrize(
    ("content", "problem"), [(None, "does not exist"), ("", "no certificate"), ("not PEM", "no certificate")]
)
def test_unusable_certificates_are_an_error(
    name: str, content: str | None, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_text(content)
    monkeypatch.setenv(name, str(bundle))
    with pytest.raises(ConfigError, match=rf"variable {name} names '.*ca\.pem', which .*{problem}"):
        check_certificates()


@pytest.mark.parametrize("is_directory", [True, False])
def test_a_bundle_and_a_directory_with_files_are_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_directory: bool
) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes())
    monkeypatch.setenv(CERTIFICATES[0], str(tmp_path if is_directory else bundle))
    check_certificates()


def test_an_empty_directory_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CERTIFICATES[0], str(tmp_path))
    with pytest.raises(ConfigError, match="no certificate"):
        check_certificates()


def test_without_a_variable_nothing_is_checked() -> None:
    check_certificates()
