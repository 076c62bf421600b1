"""The warning of `check` about products that Zendesk ends."""

from source_zendesk import times
from source_zendesk.settings.settings import Settings


def end_warnings(settings: Settings) -> list[str]:
    """A text for each configured product that Zendesk ends soon, or has ended."""
    accounts = [(name, access.account) for name, access in settings.products.items() if access.account.ends]
    due = [(name, each) for name, each in accounts if times.now() >= (times.epoch(each.warns_from or each.ends) or 0)]
    return [
        f"Zendesk ends {account.title} on {account.ends} and then deletes its data. Sync all its streams before that "
        f"day, and remove `{name}` from the configuration afterwards."
        for name, account in due
    ]
