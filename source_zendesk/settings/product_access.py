"""The configured access to products with credentials of their own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from airbyte_cdk.sources.declarative.interpolation.interpolated_string import InterpolatedString

from source_zendesk.errors import ConfigError
from source_zendesk.manifest.product_account import BASE_URL_FIELD, ProductAccount
from source_zendesk.settings.address import parse_base_url
from source_zendesk.settings.airbyte_forms import check_airbyte_form
from source_zendesk.settings.credentials import parse_credentials
from source_zendesk.settings.field_values import is_unset, without_unset
from source_zendesk.settings.validation import validate

_BLOCK_FIELD = re.compile(r"\bblock(?:\[|\.get\()'(\w+)'")


@dataclass(frozen=True)
class ProductAccess:
    """The address and the credentials of a product; with a `problem`, its streams fail with this text.

    `headers` are those that a server needs that emulates the product.
    """

    account: ProductAccount
    credentials: Mapping[str, Any] = field(default_factory=dict)
    api_url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    left_out: str = ""
    problem: str = ""

    @property
    def check_path(self) -> str:
        """The path that `check` requests."""
        return str(InterpolatedString.create(self.account.check, parameters={}).eval({}, block=self.credentials))

    def address_fields(self, block: str) -> list[str]:
        """The fields of the configuration that the address of the product and the path of `check` contain.

        `block` is the name of the product's block.
        """
        of_host = [
            name for name in (BASE_URL_FIELD, *_BLOCK_FIELD.findall(self.account.url)) if self.credentials.get(name)
        ]
        of_path = [name for name in _BLOCK_FIELD.findall(self.account.check) if self.credentials.get(name)]
        of_account = [] if of_host or "subdomain" not in self.account.url else ["subdomain"]
        return [*of_account, *(f"{block}.{name}" for name in dict.fromkeys([*of_host, *of_path]))]

    @property
    def check_body(self) -> dict[str, str]:
        """The JSON body that `check` sends by POST, empty for a GET."""
        templates = self.account.check_body.items()
        return {name: str(InterpolatedString.create(each, parameters={}).eval({})) for name, each in templates}

    @property
    def _block_headers(self) -> dict[str, str]:
        """The headers with values of the block; of a list, the first one."""
        values = {name: self.credentials.get(field) for name, field in self.account.headers.items()}
        first = {name: value[0] if isinstance(value, list) and value else value for name, value in values.items()}
        return {name: str(value) for name, value in first.items() if value}

    @property
    def overrides(self) -> dict[str, Any]:
        """The settings of the components that send requests to the product, in place of those of the account."""
        return {
            "credentials": self.credentials,
            "api_url": self.api_url,
            "left_out": self.left_out,
            "headers": {**self._block_headers, **self.headers},
            "token_path": self.account.token_path,
            "token_client_in_header": self.account.token_client_in_header,
            "on_behalf_of": "",
        }


def parse_products(
    config: Mapping[str, Any], accounts: Mapping[str, ProductAccount], address: Mapping[str, Any]
) -> dict[str, ProductAccess]:
    """The access to each product whose block is set; `address` has the `subdomain` and `base_url` of the account."""
    blocks = {name: config[name] for name in accounts if not is_unset(config.get(name))}
    return {name: parse_access(name, block, accounts[name], address) for name, block in blocks.items()}


def parse_access(name: str, block: Any, account: ProductAccount, config: Mapping[str, Any]) -> ProductAccess:
    """The access to a product by its block; `config` has the fields of the account.

    An invalid block is the `problem` of the access instead of an error, so that all other streams are read.
    """
    schema = account.block_schema(0)
    try:
        check_airbyte_form(name, block, schema)
        validate({name: block}, {"type": "object", "properties": {name: schema}})
        credentials = parse_credentials(name, without_unset(block), schema)
        api_url, left_out = (_render(template, config, credentials) for template in (account.url, account.left_out))
        access = ProductAccess(account, credentials, api_url, left_out=left_out)
        return _emulated(name, access, config[BASE_URL_FIELD])
    except ConfigError as error:
        return ProductAccess(account, problem=str(error.message))


def _render(template: str, config: Mapping[str, Any], block: Mapping[str, Any]) -> str:
    return str(InterpolatedString.create(template, parameters={}).eval(dict(config), block=block) or "")


def _emulated(name: str, access: ProductAccess, emulator: str) -> ProductAccess:
    """The access, at the address of an emulator if the block or the account has one.

    The emulator of the account serves all hosts, so its requests name the product's.
    """
    if own := access.credentials.get(BASE_URL_FIELD):
        return replace(access, api_url=parse_base_url(own, f"{name}.{BASE_URL_FIELD}"))
    parts = urlsplit(access.api_url)
    return replace(access, api_url=f"{emulator}{parts.path}", headers={"Host": parts.netloc}) if emulator else access
