"""What each process counts, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

HTTP_REQUESTS = Counter(
    "aula_http_requests_total", "Requests answered", ["method", "route", "status"]
)
HTTP_SECONDS = Histogram(
    "aula_http_request_seconds",
    "Time from request to the end of the answer",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
EVENTS_HANDLED = Counter(
    "aula_events_handled_total",
    "Messages by what became of them: handled, repeated, retry, buried, unanswered",
    ["consumer", "outcome"],
)
OUTBOX_PENDING = Gauge("aula_outbox_pending", "Committed events that NATS does not have yet")
