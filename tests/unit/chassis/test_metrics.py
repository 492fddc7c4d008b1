"""The table of metrics and what Prometheus gets of it."""

import re

import pytest
from kabar_chassis import metrics as declared
from kabar_chassis.metrics import ALL, LABELS, CounterMetric, GaugeMetric, HistogramMetric, Metric, Metrics, RequestMeter, exposition
from prometheus_client.parser import text_string_to_metric_families

BASE_UNITS = {"seconds", "bytes"}
COUNTED_THINGS = {
    "entries",
    "articles",
    "documents",
    "batches",
    "transactions",
    "calls",
    "reads",
    "pauses",
    "groups",
    "requests",
    "state",
}


def shown(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample of ours, as a reader of the exposition understands it."""
    content, _ = exposition(metrics.registry)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(content.decode())
        for sample in family.samples
        if sample.name.startswith("kabar_")
    }


def bind(metrics: Metrics, metric: Metric) -> None:
    labels = dict.fromkeys(metric.labels, "x")
    match metric:
        case CounterMetric():
            metrics.counter(metric, **labels).inc(3)
        case GaugeMetric():
            metrics.gauge(metric, **labels).set(3)
        case HistogramMetric():
            metrics.histogram(metric, **labels).observe(3)


@pytest.mark.parametrize("metric", ALL, ids=lambda metric: metric.name)
def test_every_metric_says_what_it_is_in_which_unit_and_by_which_labels(metric: Metric) -> None:
    assert re.fullmatch(r"kabar_[a-z]+(_[a-z]+)*", metric.name)
    assert re.fullmatch(r"[A-Z1].{15,}\.", metric.meaning)
    assert metric.unit in BASE_UNITS | COUNTED_THINGS
    assert set(metric.labels) <= set(LABELS)
    if metric.unit in BASE_UNITS:
        assert metric.name.removesuffix("_total").endswith(f"_{metric.unit}")
    assert metric.name.endswith("_total") == isinstance(metric, CounterMetric)


def test_no_two_metrics_have_one_name() -> None:
    assert len({metric.name for metric in ALL}) == len(ALL)


def test_the_buckets_of_a_histogram_rise() -> None:
    assert all(list(metric.buckets) == sorted(set(metric.buckets)) for metric in ALL if isinstance(metric, HistogramMetric))


@pytest.mark.parametrize("word", ["received", "accepted", "refused", "handed_over", "written", "superseded", "retried", "dead"])
def test_what_becomes_of_articles_is_counted(word: str) -> None:
    assert any(word in metric.name for metric in ALL if isinstance(metric, CounterMetric))


def test_no_label_can_hold_an_id_or_an_address() -> None:
    assert not {"id", "article_id", "entry_id", "url", "path", "source", "consumer"} & set(LABELS)


def test_prometheus_can_read_every_metric() -> None:
    metrics = Metrics()
    for metric in ALL:
        bind(metrics, metric)
    names = {name for name, _ in shown(metrics)}
    for metric in ALL:
        assert (f"{metric.name}_count" if isinstance(metric, HistogramMetric) else metric.name) in names


def test_meanings_and_types_are_shown() -> None:
    metrics = Metrics()
    metrics.counter(declared.ENTRIES_DEAD, stream="s", group="g", reason="r")
    content, content_type = exposition(metrics.registry)
    assert f"# HELP kabar_entries_dead_total {declared.ENTRIES_DEAD.meaning}\n# TYPE kabar_entries_dead_total counter\n" in content.decode()
    assert content_type.startswith("text/plain; version=0.0.4")


def test_a_reader_of_open_metrics_gets_open_metrics() -> None:
    content, content_type = exposition(Metrics().registry, accept="application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text")
    assert content.endswith(b"# EOF\n")


def test_no_series_says_when_another_was_created() -> None:
    metrics = Metrics()
    metrics.histogram(declared.COMMIT_ENTRIES).observe(1)
    metrics.counter(declared.ARTICLES_UNKNOWN).inc()
    assert not [name for name, _ in shown(metrics) if name.endswith("_created")]


def test_a_bound_counter_is_shown_before_anything_was_counted() -> None:
    metrics = Metrics()
    metrics.counter(declared.ARTICLES_ACCEPTED, lane="live")
    assert shown(metrics) == {("kabar_articles_accepted_total", (("lane", "live"),)): 0.0}


def test_binding_twice_gives_the_same_counter() -> None:
    metrics = Metrics()
    first = metrics.counter(declared.ARTICLES_ACCEPTED, lane="live")
    assert metrics.counter(declared.ARTICLES_ACCEPTED, lane="live") is first


@pytest.mark.parametrize("labels", [{}, {"lane": "live", "article_id": "1"}, {"source": "example.com"}])
def test_labels_that_are_not_declared_are_refused(labels: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"[Ll]abel"):
        Metrics().counter(declared.ARTICLES_ACCEPTED, **labels)


def test_the_metrics_of_two_processes_do_not_meet() -> None:
    one, other = Metrics(), Metrics()
    one.counter(declared.ARTICLES_UNKNOWN).inc()
    assert shown(other) == {}


def test_the_memory_of_the_process_is_shown() -> None:
    content, _ = exposition(Metrics().registry)
    assert b"process_resident_memory_bytes" in content or b"process_" not in content  # systems without /proc have none


def test_requests_are_counted_by_route_and_class_of_status() -> None:
    metrics = Metrics()
    meter = RequestMeter(metrics)
    for status in (200, 204, 404):
        meter.note(route="/v1/search", status=status, seconds=0.02)
    values = shown(metrics)
    assert values["kabar_http_requests_total", (("route", "/v1/search"), ("status", "2xx"))] == 2
    assert values["kabar_http_requests_total", (("route", "/v1/search"), ("status", "4xx"))] == 1
    assert values["kabar_http_request_duration_seconds_count", (("route", "/v1/search"),)] == 3
