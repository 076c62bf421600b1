"""Host names of addresses."""

import ipaddress
import re

# A name under zendesk.com: one label of a host.
SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HOST = re.compile(r"[a-z0-9_.-]+", re.IGNORECASE | re.ASCII)


def is_valid_host(host: str) -> bool:
    """Whether it is an IP address, or a name with labels of 1 to 63 characters.

    Python's resolver raises `UnicodeError` for a longer label, urllib3 `LocationParseError`; `requests` wraps neither.
    """
    if ":" in host:
        return _is_ipv6(host.strip("[]").partition("%")[0])
    try:
        return bool(_HOST.fullmatch(host.encode("idna").decode()))
    except UnicodeError:
        return False


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
