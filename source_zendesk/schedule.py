"""The order in which the streams of a sync start, and the number of threads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import zip_longest

from source_zendesk.http.adaptive_executor import MAX_TASKS
from source_zendesk.http.endpoint_limits import EndpointLimits
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.endpoint import SINGLE_PAGE
from source_zendesk.manifest.parent_ref import BRANDS

NO_PAGES: Mapping[str, int] = {}
NO_ENDPOINT = ""


class Schedule:
    """Starts streams with the tightest rate limit first, then the longest chains of requests.

    The first are the streams whose endpoints have a limit far below the account's, alone or shared. All incremental
    exports together may send ten requests a minute, so they determine the duration of a sync. Started last, they would
    run alone at its end. A waiting stream occupies a thread, so these streams get threads of their own.

    Of the others, lists with pages start first, because each of their pages depends on the one before. Lists of one
    page follow, then streams with a request for each row of another stream, which can be sent at the same time. Within
    these groups, the lists that had most `pages` in the last run start first, then those that grow with the account's
    usage. Streams of products with a budget of their own take turns, so that no budget is idle.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    def __init__(self, manifest: Manifest, names: Iterable[str], pages: Mapping[str, int] = NO_PAGES) -> None:
        endpoint_limits = EndpointLimits.from_definitions(manifest.content["definitions"])
        self._scarce: list[str] = []
        others: defaultdict[int, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        by_length = sorted(names, key=lambda name: (-pages.get(name, 0), not _is_growing(manifest.endpoints.get(name))))
        for name in by_length:
            endpoint = manifest.endpoints.get(name)
            path = endpoint.path if endpoint else NO_ENDPOINT
            limits = endpoint_limits.for_path(path)
            # A limit per parent does not make the endpoint scarce.
            if limits.shared or (limits.scarce and "{" not in path):
                self._scarce.append(name)
            else:
                others[_rank(endpoint)][limits.account if path else NO_ENDPOINT].append(name)
        turns = [turn for _, by_budget in sorted(others.items()) for turn in zip_longest(*by_budget.values())]
        self._others = [name for turn in turns for name in turn if name is not None]

    @property
    def order(self) -> list[str]:
        """The streams in the order in which they start."""
        return self._scarce + self._others

    def threads(self, workers: int | None) -> int:
        """The number of threads: one per worker and one per waiting stream, at most twice the workers.

        Without a number of workers, it is the most tasks that can run at the same time.
        """
        return MAX_TASKS if workers is None else workers + min(workers, len(self._scarce))


def _rank(endpoint: Endpoint | None) -> int:
    """0 for a list with pages, 1 for other lists, 2 for a stream with many parents; an account has few brands."""
    if endpoint is None:
        return 1
    if any(parent.stream not in ("", BRANDS) for parent in endpoint.parents):
        return 2
    return int(endpoint.options.paginator == SINGLE_PAGE)


def _is_growing(endpoint: Endpoint | None) -> bool:
    """Whether a list grows with the account's usage, unlike one of settings."""
    return endpoint is not None and (endpoint.options.grows_with_usage or endpoint.options.is_history)
