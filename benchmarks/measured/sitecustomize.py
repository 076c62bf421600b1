"""Resolves every host under zendesk.com to the benchmark server, for a process with this folder in `PYTHONPATH`.

Connectors build the URL `https://<subdomain>.zendesk.com` themselves, and one of them ignores the environment's CA
file; with this patch, each is measured as installed.
"""

import os
import socket
from typing import Any

import certifi

_look_up = socket.getaddrinfo


def _here(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
    if isinstance(host, str) and host.endswith(".zendesk.com"):
        return _look_up("127.0.0.1", int(os.environ["BENCH_PORT"]), *rest, **options)
    return _look_up(host, port, *rest, **options)


socket.getaddrinfo = _here
certifi.where = lambda: os.environ["BENCH_TRUSTED"]
