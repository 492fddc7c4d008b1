"""Every metric of the system, declared once: its name, its unit, its labels and what it means.

The declarations are data, so that importing them does nothing. A process makes one `Metrics`, passes it along and shows
it at `/metrics`; what the process never binds does not appear there. Names, units and types follow Prometheus: base
units, counters end in `_total`. No label holds an id, a URL or a text: each has few values, known beforehand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATH: Final = "/metrics"

STREAM: Final = "stream"
GROUP: Final = "group"
REASON: Final = "reason"
STAGE: Final = "stage"
WORKER: Final = "worker"
INDEX: Final = "index"
LANE: Final = "lane"
FORM: Final = "form"
ROUTE: Final = "route"
STATUS: Final = "status"

LABELS: Final[Mapping[str, str]] = {
    STREAM: "name of a stream, as `kabar_contracts.streams` has it",
    GROUP: "a consumer group of that stream",
    REASON: "a word of a closed list: of `outcome.Reason`, of the codes of problems, or the class of a hindrance",
    STAGE: "a step of the way of a batch: handle, settle, commit, bulk",
    WORKER: "name of a worker: enrich, index-articles, index-archive",
    INDEX: "an alias of OpenSearch",
    LANE: "live or backfill",
    FORM: "single or batch: how articles were pushed",
    ROUTE: "the pattern of a path, or `other`",
    STATUS: "the class of an HTTP status: 2xx, 4xx",
}
"""Every label that a metric may have, and what its values are."""

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SIZES: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 4096.0, 16384.0)


@dataclass(frozen=True, slots=True)
class CounterMetric:
    """Something that is counted from the start of the process on."""

    name: str
    unit: str
    meaning: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GaugeMetric:
    """Something that is so at the moment."""

    name: str
    unit: str
    meaning: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HistogramMetric:
    """How values are spread; `buckets` are their upper bounds."""

    name: str
    unit: str
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = SECONDS


Metric = CounterMetric | GaugeMetric | HistogramMetric

_ROOM: Final = (STREAM, GROUP)

# The way of an entry through a worker.
ENTRIES_RECEIVED: Final = CounterMetric(
    "kabar_entries_received_total", "entries", "Entries that a worker read; those it took over count as reclaimed.", _ROOM
)
ENTRIES_HANDED_OVER: Final = CounterMetric(
    "kabar_entries_handed_over_total", "entries", "Entries that went on to the next stream. For the group enrich: articles enriched.", _ROOM
)
ENTRIES_DONE: Final = CounterMetric(
    "kabar_entries_done_total",
    "entries",
    "Entries acknowledged because nothing is left to do. For the group index: articles indexed.",
    _ROOM,
)
ENTRIES_RETRIED: Final = CounterMetric(
    "kabar_entries_retried_total", "entries", "Entries that were handled in vain and are handled again, by a fault that passes.", _ROOM
)
ENTRIES_DEAD: Final = CounterMetric(
    "kabar_entries_dead_total", "entries", "Entries given up: each is a dead letter with this reason.", (*_ROOM, REASON)
)
ENTRIES_RECLAIMED: Final = CounterMetric("kabar_entries_reclaimed_total", "entries", "Entries taken over from dead workers.", _ROOM)
ENTRIES_RELEASED: Final = CounterMetric(
    "kabar_entries_released_total", "entries", "Entries given back by a worker that was told to stop.", _ROOM
)
ENTRIES_TRIMMED: Final = CounterMetric(
    "kabar_entries_trimmed_total", "entries", "Entries removed from the stream, since no group needs them any more.", (STREAM,)
)
BATCH_ENTRIES: Final = HistogramMetric("kabar_batch_entries", "entries", "Entries handled together.", _ROOM, SIZES)
STAGE_DURATION: Final = HistogramMetric("kabar_stage_duration_seconds", "seconds", "How long a batch takes in a stage.", (*_ROOM, STAGE))

# What hinders a worker.
HANDLING_FAILURES: Final = CounterMetric(
    "kabar_handling_failures_total", "batches", "Batches whose handling failed in a way that nobody foresaw.", _ROOM
)
SETTLEMENT_FAILURES: Final = CounterMetric(
    "kabar_settlement_failures_total", "transactions", "Settlements that Redis did not take; they are repeated.", _ROOM
)
POSSESSION_FAILURES: Final = CounterMetric(
    "kabar_possession_failures_total", "calls", "Attempts to hold, claim or release entries that Redis did not take.", _ROOM
)
READING_FAILURES: Final = CounterMetric("kabar_reading_failures_total", "reads", "Reads of a stream that failed.", (*_ROOM, REASON))
READING_STOPPED: Final = GaugeMetric("kabar_reading_stopped", "state", "1 while the stream cannot be read.", _ROOM)
WORK_BLOCKED: Final = GaugeMetric(
    "kabar_work_blocked", "state", "1 while the worker waits for somebody to act, with the class of the reason.", (*_ROOM, REASON)
)
BRAKE_PULLED: Final = GaugeMetric("kabar_brake_pulled", "state", "1 while the worker pauses because most entries fail.", _ROOM)
BRAKE_PULLS: Final = CounterMetric("kabar_brake_pulls_total", "pauses", "How often the worker paused because most entries failed.", _ROOM)
GROUPS_RECREATED: Final = CounterMetric("kabar_groups_recreated_total", "groups", "How often a missing group was made again.", _ROOM)
WORKER_RUNNING: Final = GaugeMetric("kabar_worker_running", "state", "1 while the worker consumes.", (WORKER,))

# What waits in a stream. Every worker of a group shows the same: take the largest.
LAG_ENTRIES: Final = GaugeMetric(
    "kabar_lag_entries", "entries", "Entries that the group was not given yet. NaN while Redis does not say.", _ROOM
)
PENDING_ENTRIES: Final = GaugeMetric(
    "kabar_pending_entries", "entries", "Entries given to a worker and not acknowledged. NaN while Redis does not say.", _ROOM
)
OLDEST_ENTRY_AGE: Final = GaugeMetric(
    "kabar_oldest_entry_age_seconds",
    "seconds",
    "Age of the oldest entry that is not acknowledged; 0 when none is, NaN when unknown.",
    _ROOM,
)
STREAM_ENTRIES: Final = GaugeMetric(
    "kabar_stream_entries", "entries", "Entries that lie in the stream. NaN while Redis does not say.", (STREAM,)
)

# OpenSearch.
DOCUMENTS_WRITTEN: Final = CounterMetric("kabar_documents_written_total", "documents", "Documents that OpenSearch took.", (INDEX,))
DOCUMENTS_SUPERSEDED: Final = CounterMetric(
    "kabar_documents_superseded_total", "documents", "Documents refused with 409, because a newer one is there.", (INDEX,)
)
OPENSEARCH_FAILURES: Final = CounterMetric(
    "kabar_opensearch_failures_total", "requests", "Requests that OpenSearch did not answer as they were meant.", (REASON,)
)

# Ingest. Received = accepted + refused + unknown.
ARTICLES_RECEIVED: Final = CounterMetric(
    "kabar_articles_received_total", "articles", "Articles, takedowns too, that producers sent.", (FORM,)
)
ARTICLES_ACCEPTED: Final = CounterMetric("kabar_articles_accepted_total", "articles", "Articles that Redis has.", (LANE,))
ARTICLES_REFUSED: Final = CounterMetric(
    "kabar_articles_refused_total", "articles", "Articles that were not accepted, by the code that their producer was told.", (REASON,)
)
ARTICLES_UNKNOWN: Final = CounterMetric(
    "kabar_articles_unknown_total", "articles", "Articles that Redis may or may not have: its answer did not come."
)
PUSHES_REFUSED: Final = CounterMetric(
    "kabar_pushes_refused_total", "requests", "Requests that were answered with a problem as a whole.", (REASON,)
)
PUSHES_ABANDONED: Final = CounterMetric(
    "kabar_pushes_abandoned_total", "requests", "Requests whose producer left before the body had ended."
)
BATCHES_ANSWERED: Final = CounterMetric(
    "kabar_batches_answered_total", "requests", "Pushed batches that were answered line by line.", (LANE,)
)
BATCH_ARTICLES: Final = HistogramMetric("kabar_batch_articles", "articles", "Articles in one pushed batch.", (), SIZES)
ARTICLE_BYTES: Final = CounterMetric("kabar_article_bytes_total", "bytes", "Bytes of pushed bodies, after decompression.", (FORM,))
COMMIT_ENTRIES: Final = HistogramMetric("kabar_commit_entries", "entries", "Entries written to Redis in one pipeline.", (), SIZES)
COMMIT_DURATION: Final = HistogramMetric(
    "kabar_commit_duration_seconds", "seconds", "From sending a pipeline to the last answer; the fsync is in it."
)
COMMIT_FAILURES: Final = CounterMetric(
    "kabar_commit_failures_total", "entries", "Entries that a commit did not bring into Redis, as far as is known.", (REASON,)
)
LANE_CLOSED: Final = GaugeMetric(
    "kabar_lane_closed", "state", "1 while articles of this lane are refused, by the soft limit that is reached.", (LANE, REASON)
)
ACCEPTED_MAY_BE_LOST: Final = GaugeMetric(
    "kabar_accepted_may_be_lost", "state", "1 while Redis is set to answer before what it was given is on disk.", ()
)

# HTTP.
REQUESTS: Final = CounterMetric("kabar_http_requests_total", "requests", "Requests that were answered.", (ROUTE, STATUS))
REQUEST_DURATION: Final = HistogramMetric(
    "kabar_http_request_duration_seconds", "seconds", "From the head of a request to the end of its answer.", (ROUTE,)
)

ALL: Final[tuple[Metric, ...]] = tuple(value for value in tuple(vars().values()) if isinstance(value, Metric))
"""Every metric that is declared above."""


class Metrics:
    """The metrics of one process, by the declarations of this module.

    Bind a metric to its label values once and keep what you get: `inc` and `observe` are then all that is done in a loop.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        # A time stamp beside each counter and histogram would double the series, and nothing here reads it.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        self.registry: Final = CollectorRegistry() if registry is None else registry
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._histograms: dict[str, Histogram] = {}
        ProcessCollector(registry=self.registry)

    def counter(self, metric: CounterMetric, **labels: str) -> Counter:
        """The counter for these label values, 0 from now on. Raises ValueError unless exactly the declared labels are given."""
        found = self._counters.get(metric.name)
        if found is None:
            found = self._counters[metric.name] = Counter(metric.name, metric.meaning, metric.labels, registry=self.registry)
        return found.labels(**labels) if metric.labels or labels else found

    def gauge(self, metric: GaugeMetric, **labels: str) -> Gauge:
        """The gauge for these label values. Raises ValueError unless exactly the declared labels are given."""
        found = self._gauges.get(metric.name)
        if found is None:
            found = self._gauges[metric.name] = Gauge(metric.name, metric.meaning, metric.labels, registry=self.registry)
        return found.labels(**labels) if metric.labels or labels else found

    def histogram(self, metric: HistogramMetric, **labels: str) -> Histogram:
        """The histogram for these label values. Raises ValueError unless exactly the declared labels are given."""
        found = self._histograms.get(metric.name)
        if found is None:
            found = Histogram(metric.name, metric.meaning, metric.labels, registry=self.registry, buckets=metric.buckets)
            self._histograms[metric.name] = found
        return found.labels(**labels) if metric.labels or labels else found


class RequestMeter:
    """Counts the requests of an HTTP service."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._requests: dict[tuple[str, int], Counter] = {}
        self._durations: dict[str, Histogram] = {}

    def note(self, *, route: str, status: int, seconds: float) -> None:
        """A request for a path of this pattern was answered with this status, in so many seconds."""
        key = (route, status // 100)
        requests = self._requests.get(key)
        if requests is None:
            requests = self._requests[key] = self._metrics.counter(REQUESTS, route=route, status=f"{status // 100}xx")
            self._durations[route] = self._metrics.histogram(REQUEST_DURATION, route=route)
        requests.inc()
        self._durations[route].observe(seconds)


def exposition(registry: CollectorRegistry, *, accept: str = "") -> tuple[bytes, str]:
    """Everything in `registry` as Prometheus reads it, and the content type. `accept` is what the reader takes."""
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


def metrics_route(metrics: Metrics) -> Route:
    """The route `GET /metrics`."""

    async def show_metrics(request: Request) -> Response:
        content, content_type = exposition(metrics.registry, accept=request.headers.get("accept", ""))
        return Response(content, headers={"content-type": content_type, "cache-control": "no-store"})

    return Route(PATH, show_metrics)
