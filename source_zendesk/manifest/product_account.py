"""Products with credentials of their own: the block of the configuration, the address, and the check."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.documented_keys import key, parse_keys

BASE_URL_FIELD = "base_url"
_BASE_URL_SCHEMA = {
    "type": "string",
    "title": "Base URL",
    "description": "For a server that emulates this product.",
    "airbyte_hidden": True,
}
GROUP = {"id": "products", "title": "Products with credentials of their own"}
"""The group of the blocks in forms."""


@dataclass(frozen=True)
class ProductAccount:
    """The account of a product that does not accept the credentials of Support."""

    url: str = key("", "the address, a template over the fields of the settings and `block`, the configured block")
    left_out: str = key("", "the part of paths that the configured host does not have, a template like `url`")
    headers: dict[str, str] = key(
        {}, "headers of every request, each with the field of the block that contains its value, or a list of values"
    )
    check: str = key("", "the path that `check` requests, a template over `block`")
    check_body: dict[str, str] = key(
        {}, "the JSON body that `check` sends by POST, of templates; without it, `check` sends a GET"
    )
    check_keys: list[str] = key(
        [], "the keys of which the JSON response to `check` contains at least one; without them, it is a list"
    )
    check_no_data: int = key(0, "the status by which Zendesk responds to `check` if the account has no such data yet")
    token_path: str = key("/oauth/tokens", "the path of token requests, if the product has OAuth")
    token_client_in_header: bool = key(
        default=False,
        meaning="whether token requests have the client in `Authorization: Basic`, and only the grant in the form",
    )
    ends: str = key("", "the day on which Zendesk ends the product")
    warns_from: str = key("", "the day from which `check` warns of its end")
    config: dict[str, Any] = key({}, "the schema of the block in the configuration")

    @classmethod
    def from_content(cls, name: str, content: Mapping[str, object]) -> "ProductAccount":
        """The account of a product; raises `ManifestError` for unknown and missing keys."""
        account = parse_keys(cls, content, "an account")
        if missing := [field for field in ("url", "check", "config") if not getattr(account, field)]:
            raise ManifestError(f"{name}: its account needs {', '.join(missing)}")
        return account

    @property
    def title(self) -> str:
        """The name of the product in messages."""
        return str(self.config.get("title", ""))

    def block_schema(self, order: int) -> dict[str, Any]:
        """The schema of the block for the specification; every block may have the address of an emulator.

        The `properties` of the block become those of each alternative: a form shows no fields beside alternatives.
        """
        schema = dict(self.config)
        common = {**schema.pop("properties", {}), BASE_URL_FIELD: {**_BASE_URL_SCHEMA, "order": 99}}
        alternatives = [{**each, "properties": {**each["properties"], **common}} for each in schema["oneOf"]]
        return {**schema, "group": GROUP["id"], "order": order, "oneOf": alternatives}
