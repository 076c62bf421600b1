"""What the environment says of requests: proxies, and whom to trust."""

import os
from pathlib import Path

import requests

from source_zendesk.errors import ConfigError

CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def check_certificates() -> None:
    """Raise `ConfigError` for certificates that the environment names and that are not there."""
    variable = next((name for name in CERTIFICATES if os.environ.get(name)), None)
    if variable and not Path(os.environ[variable]).exists():
        raise ConfigError(
            f"The environment variable {variable} names {os.environ[variable]!r}, which does not exist; name a file of "
            "certificates that does, or unset it."
        )


def settled(session: requests.Session, address: str) -> requests.Session:
    """The session with the proxies and certificates that the environment names for an address.

    They are looked up once; `requests` by itself does so for each request, for a tenth of what a small page takes.
    """
    found = session.merge_environment_settings(address, {}, None, None, None)
    session.proxies, session.verify = found["proxies"], found["verify"]
    session.trust_env = False
    return session
