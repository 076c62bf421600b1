"""The CDK's standard connector tests, with the entries of acceptance-test-config.yml, against the emulator."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from airbyte_cdk.test.standard_tests import SourceTestSuiteBase

from integration_tests.emulator import Emulator
from source_zendesk import SourceZendesk

ROOT = Path(__file__).resolve().parents[1]

pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]


@cache
def live_config(path: Path) -> dict[str, Any]:
    """One dictionary for each config file, shared by its scenarios, so that the fixture can give it an address."""
    config: dict[str, Any] = json.loads((ROOT / path).read_bytes())
    return config


@pytest.mark.filterwarnings("error::airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning")
class TestStandards(SourceTestSuiteBase):
    """Scenarios are collected before the emulator has a port; `account` sets it when the first test starts."""

    connector_name = "source-zendesk"

    @pytest.fixture(autouse=True, scope="class")
    @staticmethod
    def account() -> Iterator[None]:
        """Serve the account that every scenario reads."""
        with Emulator(seed=1, rows=10, tickets=40) as zendesk:
            for scenario in TestStandards.get_scenarios():
                assert scenario.config_dict is not None
                scenario.config_dict["base_url"] = zendesk.base_url
            yield

    @classmethod
    def get_connector_root_dir(cls) -> Path:
        return ROOT

    @classmethod
    def get_scenarios(cls) -> list[ConnectorTestScenario]:
        """The file's scenarios with configs that can still change."""
        return [
            scenario.model_copy(update={"config_dict": live_config(scenario.config_path)})
            for scenario in super().get_scenarios()
            if scenario.config_path
        ]

    @classmethod
    def create_connector(cls, scenario: ConnectorTestScenario | None) -> SourceZendesk:
        """Create the source with the scenario's config, since a declarative source uses that of its constructor."""
        return SourceZendesk(config=scenario.config_dict if scenario else None)


def test_configs_contain_the_emulator_credentials() -> None:
    """The committed configs stay usable against `make emulator`."""
    with Emulator(seed=1, rows=1, tickets=1) as zendesk:
        issued = zendesk.config()["credentials"]
    assert live_config(Path("integration_tests/configs/account.json"))["credentials"] == issued
