"""The address of the account."""

import re
from urllib.parse import urlsplit

from source_zendesk.errors import ConfigError
from source_zendesk.http import hosts
from source_zendesk.settings.field_values import shown
from source_zendesk.settings.validation import BASE_URL, SUBDOMAIN

# The connector appends a path to the address.
NOT_IN_BASE_URL = re.compile(r"[?#\\\s]")


def parse_subdomain(text: str) -> str:
    """The account's name in a subdomain or an address of Zendesk; raises `ConfigError` if there is none."""
    address = text.strip().lower()
    name = _host(address if "//" in address else f"//{address}").removesuffix(".zendesk.com")
    if not hosts.SUBDOMAIN.fullmatch(name):
        raise ConfigError(f"`subdomain`: expected {SUBDOMAIN}, or its address; got {shown(text)}.")
    return name


def parse_base_url(text: str, field: str = "base_url") -> str:
    """The address without a final slash; raises `ConfigError` unless it has https or is on this machine.

    `field` is that of the configuration.
    """
    address = text.strip()
    scheme, host = address.partition("://")[0].lower(), _host(address)
    if NOT_IN_BASE_URL.search(address):
        raise ConfigError(f"`{field}`: expected an address without blanks, `\\`, `?` and `#`; got {shown(text)}.")
    if hosts.is_valid_host(host) and (scheme == "https" or (scheme == "http" and host in hosts.LOOPBACK)):
        return address.rstrip("/")
    raise ConfigError(f"`{field}`: expected {BASE_URL}; got {shown(text)}.")


def _host(address: str) -> str:
    """The host of a URL; empty if it has none, contains user info or has an invalid port."""
    try:
        parts = urlsplit(address)
        is_usable = "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return ""
    return (parts.hostname or "") if is_usable else ""
