"""Certificates of the environment."""

import os
import ssl
from pathlib import Path

from source_zendesk.errors import ConfigError

CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def check_certificates() -> None:
    """Raise `ConfigError` if an environment variable names a file that is missing or has no certificate."""
    variable = next((name for name in CERTIFICATES if os.environ.get(name)), None)
    if not variable:
        return
    path, problem = os.environ[variable], ""
    if not Path(path).exists():
        problem = "does not exist; name a file of certificates that does"
    elif not _contains_certificates(Path(path)):
        problem = "contains no certificate that can be read; name a file of certificates in PEM format"
    if problem:
        raise ConfigError(f"The environment variable {variable} names {path!r}, which {problem}, or unset it.")


def _contains_certificates(path: Path) -> bool:
    try:
        if path.is_dir():
            return any(path.iterdir())
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except OSError:
        return False
    return True
