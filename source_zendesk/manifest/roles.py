"""The role that a stream needs, and what a user with a lesser role can read instead."""

from collections.abc import Iterable, Mapping

from source_zendesk.manifest.catalog_policy import parent_endpoints
from source_zendesk.manifest.endpoint import Endpoint
from source_zendesk.manifest.placeholders import path_resource

Endpoints = Mapping[str, Endpoint]

ROLES = ("anyone", "end users", "agents", "Help Center managers", "Help Center admins", "admins")
"""The roles of `role` in the manifest, the least first."""
ADMINS = "admins"


def least_role(endpoint: Endpoint, endpoints: Endpoints) -> str:
    """The least role that may read a stream or send an action; a substream also needs the roles of its parents."""
    parents = [least_role(parent, endpoints) for parent in parent_endpoints(endpoint, endpoints)]
    return max([endpoint.options.role, *parents], key=ROLES.index)


def admin_streams(candidates: Iterable[Endpoint], endpoints: Endpoints) -> list[Endpoint]:
    """The streams that Zendesk serves to administrators only.

    Those with an alternative for agents come first, then those that grow with the use of the account.
    """
    found = [each for each in candidates if least_role(each, endpoints) == ADMINS]
    return sorted(found, key=lambda each: (not agent_alternative(each, endpoints), not each.options.grows_with_usage))


def agent_alternative(endpoint: Endpoint, endpoints: Endpoints) -> str:
    """The stream with the same records that agents may read, if only administrators may read this one; or empty.

    It is the list that prefers this stream and whose path has this stream's name: `list_tickets` for `tickets`.
    """
    if least_role(endpoint, endpoints) != ADMINS:
        return ""
    lists = (
        each
        for each in endpoints.values()
        if each.options.preferred_stream == endpoint.name
        and path_resource(each.path) == endpoint.name
        and not each.parents
    )
    return next(
        (each.name for each in lists if each.schema == endpoint.schema and least_role(each, endpoints) != ADMINS), ""
    )


def describe_needs(endpoint: Endpoint, endpoints: Endpoints) -> str:
    """What a stream needs that an agent may lack, and what agents can read instead; empty if it needs nothing."""
    role, plan = least_role(endpoint, endpoints), endpoint.options.plan
    is_restricted = ROLES.index(role) > ROLES.index("agents")
    alternative = agent_alternative(endpoint, endpoints)
    parts = [
        f"Zendesk serves it to {role} only" if is_restricted else "",
        f"it needs {plan}" if plan else "",
        f"agents can read {alternative} instead" if alternative else "",
    ]
    text = "; ".join(filter(None, parts))
    return text[:1].upper() + text[1:]
