"""Metrics: figures for Prometheus at `/metrics`, where the extra `metrics` is installed."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.log import failure

if TYPE_CHECKING:
    from prometheus_client import Metric

logger = logging.getLogger(__name__)

Labels = tuple[str, ...]
Value = float | Mapping[Labels, float]

_MADE_EVERY_S = 5.0
_TEXT = "text/plain"
_NOT_HERE = "404 Not Found", b"Metrics need the extra `metrics`: pip install 'toughcustomer[metrics]'", _TEXT
_NOT_YOURS = "404 Not Found", b"Not found. Metrics are for this machine, or for all with METRICS=on.", _TEXT
_NOT_YET = "503 Service Unavailable", b"The figures cannot be read now.", _TEXT


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric: *value* gives its number, or one for each combination of *labels*; *counts*: it only ever grows."""

    name: str
    says: str
    value: Callable[[], Value]
    labels: Labels = ()
    counts: bool = False


class Figures:
    """All metrics. Each part adds its own."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._figures: list[Figure] = []
        self._turn = threading.Lock()
        self._text = b""
        self._made_at: float | None = None

    def add(
        self, name: str, says: str, value: Callable[[], Value], *, labels: Labels = (), counts: bool = False
    ) -> None:
        """Add a metric; see `Figure`."""
        self._figures.append(Figure(f"toughcustomer_{name}", says, value, labels, counts))

    def page(self, *, to_all: bool) -> Callable[[bool], tuple[str, bytes, str]]:
        """What answers `/metrics`, *to_all* who can reach it or to this machine alone; kept for a few seconds."""

        def answer(inside: bool) -> tuple[str, bytes, str]:
            if not inside and not to_all:
                return _NOT_YOURS
            try:
                from prometheus_client.exposition import CONTENT_TYPE_LATEST
            except ImportError:
                return _NOT_HERE
            text = self._kept()
            return ("200 OK", text, CONTENT_TYPE_LATEST) if text else _NOT_YET

        return answer

    def _kept(self) -> bytes:
        """The text, made anew where it is old; whoever asks while somebody makes it gets the one before."""
        if self._turn.acquire(blocking=False):
            try:
                if self._made_at is None or self._monotonic() - self._made_at >= _MADE_EVERY_S:
                    self._text, self._made_at = self._made(), self._monotonic()
            finally:
                self._turn.release()
        return self._text

    def _made(self) -> bytes:
        from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        registry.register(_Collector(self._figures))
        return generate_latest(registry)


class _Collector:
    """The figures as prometheus_client takes them; one that cannot be read is left out."""

    def __init__(self, figures: list[Figure]) -> None:
        self._figures = figures

    def collect(self) -> "Iterator[Metric]":
        from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily

        for one in self._figures:
            try:
                value = one.value()
            except Exception as error:  # noqa: BLE001 - the others are told all the same
                failure(logger, f"the figure {one.name} cannot be read", error)
                continue
            kind = CounterMetricFamily if one.counts else GaugeMetricFamily
            family = kind(one.name, one.says, labels=list(one.labels))
            for labels, number in (value if isinstance(value, Mapping) else {(): value}).items():
                family.add_metric(list(labels), number)
            yield family
