"""What the messages of one sync pass on their way out, in one piece."""

from dataclasses import dataclass, field

from source_zendesk.messages.findings import Findings
from source_zendesk.messages.outbox import Outbox
from source_zendesk.messages.pages import Pages
from source_zendesk.messages.tally import Tally
from source_zendesk.messages.verdict import Verdict


@dataclass(frozen=True)
class Outlets:
    """What streams hand their records to, tell refusals and findings to, wait at for a state, and are counted by."""

    pages: Pages = field(default_factory=Pages)
    verdict: Verdict = field(default_factory=Verdict)
    outbox: Outbox = field(default_factory=Outbox)
    findings: Findings = field(default_factory=Findings)
    tally: Tally = field(default_factory=Tally)
