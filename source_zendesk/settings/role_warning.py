"""The warning of `check` about a user who is not an administrator."""

from source_zendesk.manifest import Manifest
from source_zendesk.manifest.roles import admin_streams, agent_alternative
from source_zendesk.printable import join_first
from source_zendesk.settings.offered_streams import offered_endpoints
from source_zendesk.settings.settings import Settings

AGENT = "agent"
MAX_NAMED = 10


def role_warning(role: object, manifest: Manifest, settings: Settings) -> str:
    """The streams that the role of the user lacks, and what the user can read instead; empty for an administrator.

    Zendesk calls users with a custom role agents, too. Products with credentials of their own have other users.
    https://developer.zendesk.com/api-reference/ticketing/users/users/#roles
    """
    readable = [each for each in offered_endpoints(manifest, settings) if each.is_readable]
    offered = [each for each in readable if not each.options.account]
    lost = admin_streams(offered, manifest.endpoints) if role == AGENT else []
    if not lost:
        return ""
    pairs = [(each.name, agent_alternative(each, manifest.endpoints)) for each in lost]
    instead = [f"{other} instead of {name}" for name, other in pairs if other]
    named = join_first([name for name, _ in pairs], MAX_NAMED)
    needs_catalog = "" if settings.catalog == "complete" else "set `catalog` to `complete` and "
    remedy = f", or {needs_catalog}read {', '.join(instead)}" if instead else ""
    return (
        f"The user of `credentials` is an agent. Zendesk serves {len(lost)} of {len(offered)} offered streams to "
        f"administrators only, so a sync skips them: {named} (`source-zendesk streams` lists the role of each). Use "
        f"the credentials of an administrator{remedy}."
    )
