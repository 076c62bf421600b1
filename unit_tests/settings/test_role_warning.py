"""The warning about the role of the user."""

from typing import Any

import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.settings.role_warning import role_warning
from source_zendesk.settings.settings import Settings

CONFIG = {"subdomain": "acme", "credentials": {"credentials": "oauth2.0", "access_token": "t"}}


def warning(role: object, **config: Any) -> str:
    manifest = Manifest.load()
    return role_warning(role, manifest, Settings.parse({**CONFIG, **config}, manifest))


@pytest.mark.parametrize("role", ["admin", "", None, 7, ["agent"]])
def test_other_roles_are_not_warned(role: object) -> None:
    assert warning(role) == ""


def test_the_remedy_names_the_catalog_only_if_it_hides_the_streams() -> None:
    assert ", or set `catalog` to `complete` and read list_organizations instead of organizations" in warning("agent")
    assert ", or read list_organizations instead of organizations" in warning("agent", catalog="complete")
