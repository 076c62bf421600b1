"""Puts the top-level manifest, products and schemas inside the package, in a wheel only."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PackageDataHook(BuildHookInterface):  # type: ignore[type-arg]
    """An editable install gets no copies: they would go stale, and the package reads the originals beside it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to what a standard wheel holds."""
        if version == "standard":
            build_data["force_include"].update(
                {name: f"source_zendesk/{name}" for name in ("manifest.yaml", "products", "schemas")}
            )
