"""The order in which the streams of a sync start, and the number of threads."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import zip_longest

from source_zendesk.http.limit_headers import EndpointLimits
from source_zendesk.manifest import Manifest

NO_ENDPOINT = ""


class Schedule:
    """Starts streams with the tightest rate limit first.

    These are the streams whose endpoints have a limit far below the account's, alone or shared. All incremental exports
    together may send ten requests a minute, so they determine the duration of a sync. Started last, they would run
    alone at its end. A waiting stream occupies a thread, so these streams get threads of their own. The others follow
    in turn, one for each product with a budget of its own, so that no budget is idle.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    def __init__(self, manifest: Manifest, names: Iterable[str]) -> None:
        endpoint_limits = EndpointLimits.from_definitions(manifest.content["definitions"])
        self._scarce: list[str] = []
        by_budget: defaultdict[str, list[str]] = defaultdict(list)
        for name in names:
            path = manifest.endpoints[name].path if name in manifest.endpoints else NO_ENDPOINT
            limits = endpoint_limits.for_path(path)
            # A limit per parent does not make the endpoint scarce.
            is_scarce = limits.shared or (limits.scarce and "{" not in path)
            (self._scarce if is_scarce else by_budget[limits.account if path else NO_ENDPOINT]).append(name)
        self._others = [name for group in zip_longest(*by_budget.values()) for name in group if name is not None]

    @property
    def order(self) -> list[str]:
        """The streams in the order in which they start."""
        return self._scarce + self._others

    def threads(self, workers: int) -> int:
        """The number of threads: one per worker and one per waiting stream, at most twice the workers."""
        return workers + min(workers, len(self._scarce))
