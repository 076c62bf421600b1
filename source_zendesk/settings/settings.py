"""The settings of a command: its configuration, validated and with all defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from source_zendesk import times
from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.output import redaction
from source_zendesk.settings.actions import actions_by_stream
from source_zendesk.settings.address import parse_base_url, parse_subdomain
from source_zendesk.settings.airbyte_forms import check_airbyte_form
from source_zendesk.settings.credentials import (
    check_write_scope,
    describe_credentials,
    header_value,
    parse_credentials,
)
from source_zendesk.settings.field_values import is_unset, shown, without_unset
from source_zendesk.settings.inputs import includes_by_stream, inputs_by_stream
from source_zendesk.settings.migration import migrate
from source_zendesk.settings.product_access import ProductAccess, parse_products
from source_zendesk.settings.validation import Schema, validate
from source_zendesk.writes.action import Action


@dataclass(frozen=True)
class Settings:
    """The fields of the specification, in which `inputs`, `sideloads` and `actions` are by stream.

    `given` is the configuration of the user: the connector saves a renewed token together with it, and its other fields
    must not change. `api_url` is the address of requests, `base_url` the one of a server that emulates Zendesk, or
    empty. `page_size` is the field of Airbyte's connector, for pages of `ticket_comments`; `export_page_size` applies
    to all other exports. `credentials` changes when a token is renewed: all streams share its successor. `products` are
    the products with credentials of their own whose blocks are set; a block that is not valid is no error here.
    """

    given: Mapping[str, object]
    subdomain: str
    base_url: str
    api_url: str
    credentials: dict[str, Any]
    start_date: str
    num_workers: int | None
    export_page_size: int
    page_size: int
    ticket_search_lookback_days: int
    on_behalf_of: str
    catalog: str
    unknown_fields: str
    custom_fields: str
    allow_writes: bool
    dry_run: bool
    inputs: Mapping[str, list[dict[str, object]]]
    sideloads: Mapping[str, list[str]]
    files: Mapping[str, Any]
    actions: Mapping[str, list[Action]]
    products: Mapping[str, ProductAccess] = field(default_factory=dict)

    @classmethod
    def parse(cls, config: Mapping[str, object], manifest: Manifest) -> "Settings":
        """The settings of a configuration; raises `ConfigError` with the name of the first field that is not valid.

        Redacts the secrets of this configuration, and no others, from all output from now on.
        """
        redaction.reset(config)
        schema = config_schema(manifest)
        migrated = migrate(config)
        check_airbyte_form("credentials", migrated.get("credentials"), schema["properties"]["credentials"])
        validate({name: value for name, value in migrated.items() if name not in manifest.accounts}, schema)
        values = _defaults(schema) | {name: value for name, value in migrated.items() if not is_unset(value)}
        subdomain = parse_subdomain(values["subdomain"])
        base_url = parse_base_url(values["base_url"]) if "base_url" in values else ""
        products = parse_products(migrated, manifest.accounts, {"subdomain": subdomain, "base_url": base_url})
        credentials = parse_credentials("credentials", values["credentials"], schema["properties"]["credentials"])
        actions = actions_by_stream(
            values.get("actions", []), manifest, is_allowed=values["allow_writes"] or values["dry_run"]
        )
        if actions and not values["dry_run"]:
            check_write_scope(credentials)
        return cls(
            given=config,
            subdomain=subdomain,
            base_url=base_url,
            api_url=base_url or f"https://{subdomain}.zendesk.com",
            credentials=credentials,
            start_date=_parse_start_date(values.get("start_date", "")),
            num_workers=values.get("num_workers"),
            export_page_size=values["export_page_size"],
            page_size=values.get("page_size", values["export_page_size"]),
            ticket_search_lookback_days=values["ticket_search_lookback_days"],
            on_behalf_of=header_value("on_behalf_of", values.get("on_behalf_of", "")),
            catalog=values["catalog"],
            unknown_fields=values["unknown_fields"],
            custom_fields=values["custom_fields"],
            allow_writes=values["allow_writes"],
            dry_run=values["dry_run"],
            inputs=inputs_by_stream(values.get("inputs", []), manifest, products),
            sideloads=includes_by_stream(values.get("sideloads", []), manifest),
            files=without_unset(values.get("files", {})),
            actions=actions,
            products=products,
        )

    @cached_property
    def renewed(self) -> dict[str, dict[str, Any]]:
        """The tokens that this process has renewed, by field of the configuration."""
        return {}

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """The settings by field name, as the components of the CDK interpolate them."""
        return {**{each.name: getattr(self, each.name) for each in fields(self)}, "renewed": self.renewed}

    def config_of(self, account: str) -> Mapping[str, Any]:
        """The settings for components that send requests to a product, or, with an empty `account`, to Support.

        `credentials_field` is the field of the configuration with the credentials, and `expected_credentials` describes
        its fields; those of other products are left out.
        """
        if not account:
            return self.config
        access = self.products[account]
        expected = describe_credentials(account, access.credentials, access.account.config)
        own = {"products": {}, "credentials_field": account, "expected_credentials": expected}
        return {**self.config, **own, **access.overrides}

    @property
    def addresses(self) -> Mapping[str, str]:
        """The address of each account, by the field of the configuration with its credentials."""
        return {"credentials": self.api_url, **{name: access.api_url for name, access in self.products.items()}}

    @property
    def files_directory(self) -> str:
        """The directory in which the files of all selected streams are stored; empty if the catalog names them."""
        return str(self.files.get("directory") or "")

    @property
    def credentials_kind(self) -> str:
        """The authentication method."""
        return str(self.credentials["credentials"])

    @property
    def has_refresh_tokens(self) -> bool:
        """Whether Zendesk replaces a token of the configuration."""
        blocks = [self.credentials, *(access.credentials for access in self.products.values())]
        return any(block.get("credentials") == "oauth2_refresh" for block in blocks)

    @property
    def has_columns(self) -> bool:
        """Whether custom fields become columns."""
        return self.custom_fields == "columns"

    @property
    def collects_unknown_fields(self) -> bool:
        """Whether undeclared fields are collected in the field `_undeclared`."""
        return self.unknown_fields == "collect"


def config_schema(manifest: Manifest) -> Schema:
    """The JSON schema of the configuration, from the specification."""
    schema: Schema = manifest.spec["connection_specification"]
    return schema


def _defaults(schema: Schema) -> dict[str, Any]:
    return {name: field["default"] for name, field in schema["properties"].items() if "default" in field}


def _parse_start_date(text: str) -> str:
    """The date; raises `ConfigError` if it is in the future."""
    if (times.epoch(text) or 0) > times.now():
        raise ConfigError(f"`start_date`: expected a time in the past; got {shown(text)}.")
    return text
