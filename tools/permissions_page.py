"""Prints `docs/permissions.md`, what each role can read: `python -m tools.permissions_page`."""

from collections.abc import Iterator

from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog_policy import recommended_endpoints
from source_zendesk.manifest.roles import ADMINS, ROLES, agent_alternative, least_role
from source_zendesk.stdout import print_text

HEAD = """# Permissions

Generated from `manifest.yaml` by `make docs`.

A stream needs a [role](#roles) of the credential's user, a [scope](#oauth-scopes) of its token, and sometimes a plan or
product of the account. This page has the roles and scopes; [streams.md](streams.md) has the role and plan of each
stream, and `source-zendesk streams` prints them.

**Use a token of an administrator with the scope `read`.** It can read every stream. Without `allow_writes`, the
connector sends nothing that changes the account.

## Roles

The streams that a user with this role can read, and the [actions](actions.md) that the user can send. Each row includes
the rows above it. A substream also needs the roles of its parent streams.

"""
AFTER_ROLES = """
- **End user**: `check` refuses the credential. End users cannot read an account.
- **Light agent, contributor, custom role**: for the API these users are agents; `role_type` of the stream `users`
  [distinguishes them](https://developer.zendesk.com/api-reference/ticketing/users/users/). Their role also limits the
  tickets and settings that they see ([light agents](https://support.zendesk.com/hc/en-us/articles/4408846501402)). If
  Zendesk refuses an endpoint, the connector skips the stream. If Zendesk leaves out records, the connector cannot
  detect that. Do not use such a user if you need complete data.
- **Help Center manager and admin**: the role in Help Center of a user who is an agent in Support.

`check` warns if the user is an agent. If Zendesk refuses a stream because of the role, the sync skips the stream with a
warning, and reads the others ([errors](errors.md)).

## What an agent cannot read

The recommended streams that need more than the role of an agent.

| role | product | streams |
| --- | --- | --- |
"""
AFTER_STREAMS = """
These streams have a list that agents may read. To select it, set `catalog` to `complete`:

| stream | for agents |
| --- | --- |
"""
SCOPES = """
Such a list takes a request for each 100 records. It has no deleted records and no archived tickets.

## OAuth scopes

| scope | what it allows |
| --- | --- |
| `read` | every stream. `client_credentials` requests it by default, and so does Airbyte's consent button |
| `read write` | also the [actions](actions.md), and inputs with the method `POST`. Set `credentials.scope` to it |
| `tickets:read`, `users:read` and others | a part: other streams fail with an error that names the scope `read` |

Zendesk's reference lists [all scopes](https://developer.zendesk.com/api-reference/ticketing/oauth/oauth_tokens/#scopes).

Zendesk also issues a token for an invalid scope, and then refuses each request with it
([behavior 22](behaviours.md#22-a-mistyped-oauth-scope-still-yields-a-token)). If Admin Center limits the scopes of the
OAuth client, `read` must be one of them.

The role of a user applies in addition to the scope. With `client_credentials` this is the user who created the OAuth
client, with `oauth2_refresh` the user who gave consent. API tokens and passwords have no scope; the role of the user
with `email` applies.
"""
TITLES = {
    "agents": "agent, light agent, contributor, custom role",
    "Help Center managers": "Help Center manager",
    "Help Center admins": "Help Center admin",
    ADMINS: "administrator",
}
"""The roles that can read an account, the least first."""
PRODUCTS = {"csat": "surveys", "itam": "asset management", "oauth": "OAuth", "support_extra": "support"}
"""Titles of products whose names are no words."""


def render_page(manifest: Manifest) -> str:
    """The text of `docs/permissions.md`."""
    return "".join(
        [
            HEAD,
            *_role_rows(manifest),
            AFTER_ROLES,
            *_stream_rows(manifest),
            AFTER_STREAMS,
            *_alternative_rows(manifest),
            SCOPES,
        ]
    )


def _role_rows(manifest: Manifest) -> Iterator[str]:
    yield "| role | recommended streams | all streams | inputs | actions |\n| --- | ---: | ---: | ---: | ---: |\n"
    endpoints = [each for each in manifest.endpoints.values() if not each.options.account]
    recommended = {each.name for each in recommended_endpoints(manifest.endpoints)}
    for role in TITLES:
        allowed = [each for each in endpoints if ROLES.index(_role(each, manifest)) <= ROLES.index(role)]
        streams = [each for each in allowed if each.is_readable]
        counts = (
            sum(each.name in recommended for each in streams),
            len(streams),
            *(sum(each.kind == kind for each in allowed) for kind in ("input", "action")),
        )
        yield f"| {TITLES[role]} | {' | '.join(map(str, counts))} |\n"


def _stream_rows(manifest: Manifest) -> Iterator[str]:
    for role in [*TITLES][1:]:
        streams: dict[str, list[str]] = {}
        for each in recommended_endpoints(manifest.endpoints):
            if _role(each, manifest) == role:
                streams.setdefault(product_title(each), []).append(f"`{each.name}`")
        for product, names in sorted(streams.items()):
            yield f"| {TITLES[role]} | {product} | {', '.join(sorted(names))} |\n"


def _alternative_rows(manifest: Manifest) -> Iterator[str]:
    for each in sorted(manifest.endpoints.values(), key=lambda endpoint: endpoint.name):
        if alternative := agent_alternative(each, manifest.endpoints):
            yield f"| `{each.name}` | `{alternative}` |\n"


def _role(endpoint: Endpoint, manifest: Manifest) -> str:
    return least_role(endpoint, manifest.endpoints)


def product_title(endpoint: Endpoint) -> str:
    """The title of the endpoint's product in tables: `Help Center`."""
    title = PRODUCTS.get(endpoint.product, endpoint.product.replace("_", " "))
    return title[:1].upper() + title[1:]


if __name__ == "__main__":
    print_text(render_page(Manifest.load()))
