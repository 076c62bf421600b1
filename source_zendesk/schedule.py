"""In which order the streams of a sync begin, and with how many threads."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import zip_longest

from source_zendesk.http.limit_headers import EndpointLimits
from source_zendesk.manifest import Manifest

NOT_OF_ZENDESK = ""


class Schedule:
    """Begins with the streams whose endpoints have a limit that is far below the account's, alone or together.

    All incremental exports together have ten requests a minute: they decide how long a sync takes, and are mostly
    waited for. Begun last they would be waited for alone; and whoever waits must not keep a thread from the others.
    These follow in turns, one of each product that has a budget of its own, so that no budget lies unused.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    def __init__(self, manifest: Manifest, names: Iterable[str]) -> None:
        own = EndpointLimits.from_definitions(manifest.content["definitions"])
        self._scarce: list[str] = []
        by_budget: defaultdict[str, list[str]] = defaultdict(list)
        for name in names:
            endpoint = manifest.endpoints[name].path if name in manifest.endpoints else NOT_OF_ZENDESK
            limits = own.for_path(endpoint)
            # Not where each parent has a limit of its own.
            is_scarce = limits.shared or (limits.scarce and "{" not in endpoint)
            (self._scarce if is_scarce else by_budget[limits.account if endpoint else NOT_OF_ZENDESK]).append(name)
        self._others = [name for turn in zip_longest(*by_budget.values()) for name in turn if name is not None]

    @property
    def order(self) -> list[str]:
        """The streams in the order in which they begin."""
        return self._scarce + self._others

    def threads(self, workers: int) -> int:
        """Room for so many reads, and for those that wait, which are no more than as many again."""
        return workers + min(workers, len(self._scarce))
