"""The errors for refused token requests."""

import requests

from source_zendesk.errors import ConfigError
from source_zendesk.http.error_text import error_code, name_credentials, reason_text
from source_zendesk.http.intermediaries import detect_intermediary
from source_zendesk.http.origin_guard import CrossOriginError
from source_zendesk.http.token_response import quoted_tokens

ADMIN_CENTER_CLIENTS = "Admin Center under Apps and integrations > APIs > OAuth clients"
# The cause and the remedy for each `error` of a refusal. https://www.rfc-editor.org/rfc/rfc6749#section-5.2
OAUTH_ERRORS = {
    "invalid_client": "Zendesk rejects the OAuth client; check `credentials.client_id` and `credentials.client_secret`",
    "unauthorized_client": "Zendesk does not allow this OAuth client to request tokens; use a confidential client",
    "invalid_grant": "Zendesk rejects the refresh token; get a new one by consenting again",
    "invalid_scope": "Zendesk rejects the scope; check `credentials.scope`, such as `read` or `read write`",
}
# More about the remedy for the credentials of Support; a product has OAuth clients and kinds of credentials of its own.
OF_SUPPORT = {
    "invalid_client": f" against {ADMIN_CENTER_CLIENTS}, where you can create a new secret",
    "unauthorized_client": f", see {ADMIN_CENTER_CLIENTS}",
    "invalid_grant": ", because it is single-use and expires, or use `client_credentials`, which needs none",
}


def raise_for_token_refusal(response: requests.Response, kind: str, field: str = "credentials") -> None:
    """Raise `ConfigError` with the cause and the remedy unless the status is 2xx.

    `kind` is that of the credentials, and `field` their field in the configuration.
    """
    if response.status_code < 300:
        return
    if failure := detect_intermediary(response):
        remedy = name_credentials(failure.remedy, field)
        raise ConfigError(f"OAuth token request: {failure.cause}; {remedy}. ({response.status_code})")
    if response.status_code < 400:
        raise ConfigError(f"{name_credentials(str(CrossOriginError.from_redirect(response)), field)}.")
    code = error_code(response)
    cause = OAUTH_ERRORS.get(code, f"Zendesk refuses the credentials ({kind}); check `credentials`")
    more = OF_SUPPORT.get(code, "") if field == "credentials" else ""
    raise ConfigError(f"{name_credentials(cause, field)}{more}. ({describe_token_response(response)})")


def describe_token_response(response: requests.Response) -> str:
    """The status and the reason, but not a body that contains a token."""
    if quoted_tokens(response.content or b""):
        return f"{response.status_code}: its body contains a token and is not shown"
    return f"{response.status_code}: {reason_text(response)}"
