"""Proxies of the environment."""

import importlib.util
import os
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

import requests
from urllib3.util import parse_url

from source_zendesk.errors import ConfigError
from source_zendesk.http.hosts import is_valid_host
from source_zendesk.output.redaction import register

EXAMPLE = "http://proxy.example:8080"
SOCKS = ("socks4", "socks4a", "socks5", "socks5h")


def check_proxies(address: str, others: Iterable[str] = ()) -> None:
    """Raise `ConfigError` if the environment's proxy for an address cannot be used.

    The error names the variable and not its value. The user and the password of the proxy, and of the proxies for
    `others`, are redacted from then on; a request to one of these fails if its proxy cannot be used.
    """
    key, proxy = _find_proxy(address)
    for each in (proxy, *(_find_proxy(other)[1] for other in others)):
        _register_user_info(each)
    if proxy and (problem := _problem(proxy)):
        raise ConfigError(f"The environment variable {_variable(key)} {problem}, or unset it.")


def _find_proxy(address: str) -> tuple[str, str]:
    """The key and the address of the environment's proxy for an address; empty if there is none."""
    proxies = requests.utils.get_environ_proxies(address)
    scheme = urlsplit(address).scheme
    key = scheme if proxies.get(scheme) else "all"
    return key, proxies.get(key) or ""


def _variable(key: str) -> str:
    """The variable that the proxy is from; Python prefers the one in lower case."""
    name = f"{key}_proxy"
    return name if os.environ.get(name) else name.upper()


def _register_user_info(proxy: str) -> None:
    """Redact what stands before the last `@`, also in an address that cannot be parsed."""
    user_info = (proxy.partition("://")[2] or proxy).rpartition("@")[0]
    for text in {user_info, unquote(user_info)}:
        register(text, text.partition(":")[2], text.rpartition(":")[2])


def _problem(proxy: str) -> str:
    """What is wrong with the address of a proxy and how to correct it, empty if nothing is."""
    scheme = _scheme(proxy)
    if scheme in SOCKS:
        has_socks = importlib.util.find_spec("socks") is not None
        return "" if has_socks else f"names a SOCKS proxy; install the package PySocks, name an HTTP proxy ({EXAMPLE})"
    if scheme not in ("http", "https"):
        return f"contains no valid proxy address; correct it (as in {EXAMPLE})"
    try:
        ":".join(requests.utils.get_auth_from_url(proxy)).encode("latin-1")
    except UnicodeError:
        return "has a user or password with a character that is not Latin-1, which no request can contain; change that"
    return ""


def _scheme(proxy: str) -> str:
    """The scheme that `requests` takes an address for, empty if it cannot use the address."""
    try:
        parts = parse_url(requests.utils.prepend_scheme_if_needed(proxy, "http"))  # type: ignore[no-untyped-call]
    except (ValueError, TypeError):
        return ""
    return (parts.scheme or "").lower() if is_valid_host(parts.host or "") and parts.port != 0 else ""
