"""Checks that versions, metadata, pages, workflow and lock file agree."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from airbyte_cdk.models.connector_metadata import ConnectorLanguage, MetadataFile

from source_zendesk.manifest import Manifest
from source_zendesk.manifest.catalog_policy import find_exclusion

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
PACKAGE, UNIT_TESTS = ROOT / "source_zendesk", ROOT / "unit_tests"
TESTED_ELSEWHERE = {
    "declarations without behavior": {
        "errors", "stdout", "extract/page", "extract/stream_context", "manifest/entry_options", "output/sync_services",
        "reconciliation/stream", "sync_context", "writes/action_context",
    },
    "unit_tests/test_manifest.py and test_invalid_manifests.py, which load whole manifests": {
        "manifest/catalog", "manifest/documented_keys", "manifest/endpoint", "manifest/families", "manifest/loader",
        "manifest/parent_ref", "manifest/parents", "manifest/record_schema", "manifest/resources",
    },
    "unit_tests/settings/test_config.py and test_action_files.py, which validate whole configurations": {
        "settings/actions", "settings/address", "settings/field_values", "settings/inputs", "settings/offered_streams",
        "settings/validation", "writes/upload_file",
    },
    "integration_tests/test_stdout.py, test_terminal.py and test_shell_commands.py, which run the console script": {
        "cli/catalog_command", "cli/check_command", "cli/command_inputs", "cli/commands", "cli/entrypoint",
        "cli/live_view", "cli/progress", "cli/run", "cli/state_command", "cli/stdout_writer",
        "cli/summary_text", "cli/terminal",
    },
    "integration tests, which read streams through the real entrypoint": {
        "extract/parents_fingerprint", "output/action_redaction", "output/all_refused_guard",
        "reconciliation/reconciliation", "record_transformations", "settings/state_schemas", "settings/states",
        "concurrent_read", "file_transfers", "parent_readers", "writes/action_retriever",
        "files/client", "files/download", "files/transfer",
    },
    "unit_tests/cli/test_views_command.py, which runs the SQL of a dialect": {"cli/sql_dialects"},
    "integration_tests/test_singer_tap.py, which runs the console script": {"singer/tap"},
    "unit_tests/writes/test_action_run.py and test_job_poller.py": {
        "writes/action_queue", "writes/job_list",
    },
}  # fmt: skip
"""The modules without unit tests of their own, by the reason."""
VERSION = version("airbyte-source-zendesk")


def test_pyproject_has_the_version() -> None:
    assert f'\nversion = "{VERSION}"\n' in (ROOT / "pyproject.toml").read_text()


def test_metadata_has_the_version() -> None:
    assert MetadataFile.from_file(ROOT / "metadata.yaml").data.dockerImageTag == VERSION


def test_release_stage_and_classifier_agree() -> None:
    stage = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]["releaseStage"]
    (status,) = re.findall(r'"Development Status :: \d - (.+?)"', (ROOT / "pyproject.toml").read_text())
    assert {"alpha": "Alpha", "beta": "Beta", "generally_available": "Production/Stable"}[stage] == status


def test_at_most_forty_streams_are_suggested_and_all_are_recommended() -> None:
    streams = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]["suggestedStreams"]["streams"]
    entries = Manifest.load().endpoints
    assert [name for name in streams if name not in entries or find_exclusion(entries[name], entries)] == []
    assert streams == sorted(set(streams))
    assert 14 < len(streams) <= 40


def test_metadata_describes_a_python_connector() -> None:
    assert MetadataFile.from_file(ROOT / "metadata.yaml").data.language is ConnectorLanguage.PYTHON


def test_the_newest_release_of_the_changelog_is_the_version() -> None:
    heads = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert heads[:2] == ["Unreleased", VERSION]


def test_pages_name_no_version_of_the_image() -> None:
    assert [page.name for page in PAGES if re.search(r"source-zendesk:\d", page.read_text())] == []


def test_the_workflow_of_forks_calls_make_and_pins_its_actions() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    job = jobs["test"]
    runs = [step["run"].split()[:2] for step in job["steps"] if "run" in step]
    assert runs == [["make", "check"], ["make", "site"], ["make", "test"], ["make", "build"]]
    used = [step["uses"] for each in jobs.values() for step in each["steps"] if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action)] == []
    supported = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    assert job["strategy"]["matrix"]["python"] == supported


def test_image_and_metadata_start_from_the_same_base() -> None:
    base = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]["connectorBuildOptions"]["baseImage"]
    assert f"ARG BASE={base}\n" in (ROOT / "Dockerfile").read_text()


def test_metadata_and_spec_link_to_the_same_page() -> None:
    metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]
    addresses = {metadata["documentationUrl"], Manifest.load().spec["documentation_url"]}
    assert [address.rpartition("/main/")[2] for address in addresses] == ["docs/zendesk.md"]


def test_the_page_of_the_connector_has_the_headings_of_airbytes_pages() -> None:
    heads = re.findall(r"^## (.+)$", (ROOT / "docs" / "zendesk.md").read_text(), re.MULTILINE)
    assert heads == [
        "Prerequisites", "Setup guide", "Supported sync modes", "Supported streams", "Limitations & troubleshooting",
        "Changelog",
    ]  # fmt: skip


def test_every_field_of_the_form_has_a_declared_group() -> None:
    form = Manifest.load().spec["connection_specification"]
    groups = {group["id"] for group in form["groups"]}
    assert {
        name: field.get("group") for name, field in form["properties"].items() if field.get("group") not in groups
    } == {}
    assert {field["group"] for field in form["properties"].values()} == groups


def test_choices_of_a_form_field_have_one_type() -> None:
    fields = Manifest.load().spec["connection_specification"]["properties"].values()
    assert [field["title"] for field in fields if len(set(map(type, field.get("enum", [])))) > 1] == []


def test_the_lock_file_names_the_public_index_only() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text()))
    assert hosts == {"pypi.org", "files.pythonhosted.org"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_commands_in_pages_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"`make ([a-z ]+)`|^make ([a-z ]+)", page.read_text(), re.MULTILINE)
    assert {word for words in named for word in " ".join(words).split()} <= targets


def test_each_module_has_its_own_tests() -> None:
    modules = [path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.glob("**/[!_]*.py")]
    untested = {
        module.as_posix()
        for module in modules
        if not (UNIT_TESTS / module).exists() and not (UNIT_TESTS / module.parent / f"test_{module.name}.py").exists()
    }
    exceptions = set[str]().union(*TESTED_ELSEWHERE.values())
    assert untested - exceptions == set()
    assert exceptions <= {module.as_posix() for module in modules}


def test_the_platform_allows_the_hosts_of_products() -> None:
    allowed = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]["allowedHosts"]["hosts"]
    accounts = Manifest.load().accounts.values()
    fixed = {account.url.removeprefix("https://") for account in accounts if "{{" not in account.url}
    chosen = {
        host for account in accounts for host in account.config.get("properties", {}).get("host", {}).get("enum", [])
    }
    assert fixed | chosen == {"api.getbase.com", "www.zopim.com", "api.smooch.io", "api.eu-1.smooch.io"}
    assert (fixed | chosen) <= set(allowed)
