"""Recognizes responses of firewalls, proxies and sign-in pages that do not come from Zendesk's API."""

import re
from urllib.parse import urljoin, urlsplit

import requests

from source_zendesk.http.connection_failure import PROXY_SIGN_IN, ConnectionFailure
from source_zendesk.http.error_text import body_text, error_text, is_web_page

# Zendesk's API sends JSON with these statuses. Help centers send web pages with 404.
PAGE_STATUSES = frozenset({200, 201, 400, 402, 403, 451, 511})
MISSING_STATUSES = frozenset({404, 410})
PRODUCTS = (
    (re.compile(r"zscaler", re.IGNORECASE), "Zscaler"),
    (re.compile(r"\bsquid\b", re.IGNORECASE), "Squid"),
    (re.compile(r"akamai|edgesuite\.net", re.IGNORECASE), "Akamai"),
    (re.compile(r"fortigu?a(?:rd|te)|fortinet", re.IGNORECASE), "Fortinet"),
    (re.compile(r"netskope", re.IGNORECASE), "Netskope"),
    (re.compile(r"palo ?alto networks", re.IGNORECASE), "Palo Alto Networks"),
    (re.compile(r"blue ?coat|symantec web", re.IGNORECASE), "Symantec"),
    (re.compile(r"incapsula|imperva", re.IGNORECASE), "Imperva"),
    (re.compile(r"cisco (?:umbrella|secure web)|ironport", re.IGNORECASE), "Cisco"),
)
_SIGN_IN_PATH = re.compile(r"/(?:access|auth|saml2?|sso|adfs|login|signin|sign_in)(?:/|$)", re.IGNORECASE)
_SIGN_IN_HOST = re.compile(r"(?:^|\.)(?:login|signin|auth|sso|idp|adfs|accounts)\.|\.okta\.com$", re.IGNORECASE)


def detect_intermediary(response: requests.Response, *, serves_missing_pages: bool = True) -> ConnectionFailure | None:
    """The cause and the remedy if the response is not from Zendesk's API; None if it is.

    With `serves_missing_pages`, Zendesk's host itself sends a web page for a path that it does not have.

    Cloudflare's page counts as Zendesk's: it refuses requests because of the account's IP restrictions.
    """
    if response.status_code == 407:
        return PROXY_SIGN_IN
    statuses = PAGE_STATUSES if serves_missing_pages else PAGE_STATUSES | MISSING_STATUSES
    return _detect_redirect(response) or (_detect_web_page(response) if response.status_code in statuses else None)


def _detect_redirect(response: requests.Response) -> ConnectionFailure | None:
    """The failure of a redirect to another host, or of a sign-in page."""
    address = redirect_target(response) or str(response.url or "")
    if is_sign_in(address) and (response.is_redirect or is_web_page(response)):
        return _sign_in(address)
    if response.is_redirect and _leaves_zendesk(address, str(response.url or "")):
        return _elsewhere(address)
    return None


def _detect_web_page(response: requests.Response) -> ConnectionFailure | None:
    """The failure of a web page in place of JSON."""
    if not is_web_page(response):
        return None
    text = body_text(response, strips_markup=False)[:20_000]
    if "cloudflare" in text.lower() and response.status_code != 200:
        return None
    product = next((name for pattern, name in PRODUCTS if pattern.search(text)), None)
    title = error_text(response)
    return ConnectionFailure(
        "the response is a web page, probably of a firewall or proxy, instead of the API's JSON"
        + (f" ({product})" if product else "")
        + (f": {title[:100]}" if title else ""),
        "allow the account's address in the firewall or proxy between the connector and Zendesk, and check `subdomain`",
    )


def is_sign_in(address: str) -> bool:
    """Whether an address is a sign-in page: of Zendesk, of single sign-on or of a network."""
    try:
        parts = urlsplit(address)
        return bool(_SIGN_IN_PATH.match(parts.path) or _SIGN_IN_HOST.search(parts.hostname or ""))
    except ValueError:
        return False


def _leaves_zendesk(address: str, requested: str) -> bool:
    """Whether a redirect leads from the requested host to another one that is not Zendesk's."""
    host = urlsplit(address).hostname or ""
    return host not in ("", urlsplit(requested).hostname, "zendesk.com") and not host.endswith(".zendesk.com")


def redirect_target(response: requests.Response) -> str:
    """The address that a response redirects to, empty if there is none."""
    if not response.is_redirect:
        return ""
    try:
        return urljoin(str(response.url or ""), response.headers["Location"])
    except ValueError:
        return ""


def _sign_in(address: str) -> ConnectionFailure:
    return ConnectionFailure(
        f"the request is redirected to a sign-in page ({urlsplit(address).hostname})",
        "check `credentials`, that API access is enabled in Admin Center, and that no VPN, proxy or single sign-on "
        "requires the connector to sign in",
    )


def _elsewhere(address: str) -> ConnectionFailure:
    return ConnectionFailure(
        f"the request is redirected to {urlsplit(address).hostname}, as a captive portal or a firewall on the way does",
        "sign in to the network, have the firewall or proxy let the account's address through, and check `subdomain`",
    )
