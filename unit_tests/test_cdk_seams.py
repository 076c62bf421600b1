"""The connector uses no private name of the CDK, and its log filter finds the lines of the CDK's retries."""

import ast
import importlib
import inspect
import logging
import pkgutil
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from requests_mock import Mocker

import source_zendesk
from source_zendesk.http.backoff import RetryAfterBackoff, drop_cdk_retry_log
from unit_tests.account import ACCOUNT, requester

CDK = "airbyte_cdk"
MODULES = pkgutil.walk_packages(source_zendesk.__path__, "source_zendesk.")
PATHS = [module.name for module in MODULES if "__main__" not in module.name]
# Private names of requests and the standard library.
OTHER_LIBRARIES = {"os._exit", "super()._read_status", "response._content", "response._content_consumed"}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("_")


def defined_names(tree: ast.AST) -> Iterator[str]:
    """The private names that a class defines: its methods, its fields, and the attributes of its instances."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and is_private(node.name):
            yield node.name
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and is_private(node.id):
            yield node.id
        if isinstance(node, ast.Attribute) and is_private(node.attr) and ast.unparse(node.value) in ("self", "cls"):
            yield node.attr


def names_of_bases(cls: type) -> set[str]:
    bases = [base for base in cls.__mro__ if base.__module__.startswith(CDK)]
    return {name for base in bases for name in defined_names(ast.parse(textwrap.dedent(inspect.getsource(base))))}


def private_names(module: ModuleType) -> Iterator[str]:
    """The private names of other packages that a module imports, overrides, or takes from another object."""
    tree = ast.parse(Path(str(module.__file__)).read_text())
    own = set(defined_names(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(CDK):
            imported = [*str(node.module).split("."), *(alias.name for alias in node.names)]
            yield from filter(is_private, imported)
        if isinstance(node, ast.Attribute) and is_private(node.attr) and node.attr not in own:
            yield ast.unparse(node)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from set(defined_names(node)) & names_of_bases(getattr(module, node.name))


@pytest.mark.parametrize("path", PATHS)
def test_no_private_name_of_the_cdk_is_used(path: str) -> None:
    assert set(private_names(importlib.import_module(path))) - OTHER_LIBRARIES == set()


SOURCE = """
from airbyte_cdk.entrypoint import AirbyteEntrypoint, _init_internal_request_filter
class Overriding(AirbyteEntrypoint):
    def _emit_queued_messages(self, source):
        return [self._memory_monitor, source._queue]
"""


def test_imported_overridden_and_foreign_names_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "overriding.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    names = {"_init_internal_request_filter", "_emit_queued_messages", "_memory_monitor", "source._queue"}
    assert set(private_names(importlib.import_module("overriding"))) == names


def test_only_the_connector_logs_a_retry(
    requests_mock: Mocker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Fails if the CDK logs its retries elsewhere."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    # The console script installs the filter for the whole process.
    monkeypatch.setattr(logging.getLogger("airbyte"), "filters", [])
    requests_mock.get(f"{ACCOUNT}/api/v2/groups", status_code=503)
    retrying = requester(retries=1)
    retrying.error_handler.backoff_strategies.append(RetryAfterBackoff({}))
    with caplog.at_level(logging.INFO, "airbyte"), pytest.raises(AirbyteTracedException):
        retrying.send_request(path="/api/v2/groups")
    logged = [record for record in caplog.records if record.name == "airbyte"]
    kept = list(filter(drop_cdk_retry_log, logged))
    assert [record.getMessage() for record in kept] == [
        "/api/v2/groups: Zendesk returned status 503; retrying in 0.1 s",
        "/api/v2/groups: Zendesk returned status 503; retrying in 0.3 s",
    ]
    assert len(logged) > len(kept)
