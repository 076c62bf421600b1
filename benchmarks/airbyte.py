"""Airbyte's connector, installed from PyPI into a separate environment."""

from benchmarks.install import install
from benchmarks.subjects import Connector

RELEASE = "airbyte-source-zendesk-support==4.9.1"
NEWEST_PYTHON = (3, 11)


def install_airbyte() -> Connector:
    """Airbyte's connector, installed if it is missing. Its release supports Python up to 3.11."""
    return Connector("airbyte", install(RELEASE, "source-zendesk-support", NEWEST_PYTHON))
