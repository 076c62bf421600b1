"""What the environment says of requests: proxies, and whom to trust."""

import requests


def settled(session: requests.Session, address: str) -> requests.Session:
    """The session with the proxies and certificates that the environment names for an address.

    They are looked up once; `requests` by itself does so for each request, for a tenth of what a small page takes.
    """
    found = session.merge_environment_settings(address, {}, None, None, None)
    session.proxies, session.verify = found["proxies"], found["verify"]
    session.trust_env = False
    return session
