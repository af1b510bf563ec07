"""How long the layers, Cal.com and whole answers took: the gateways' own histograms, and what callers measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite

LAYER_METRIC, CALCOM_METRIC = "slotproof_layer_seconds", "slotproof_calcom_seconds"


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds. `p50` and `p99` of a histogram are upper bounds: the edges of their buckets.

    None is above the last of these edges, which is `edge`; single measurements have none.
    """

    count: int
    mean: float
    p50: float | None
    p99: float | None
    edge: float | None = None


@dataclass(slots=True)
class _Histogram:
    buckets: dict[float, float] = field(default_factory=lambda: defaultdict(float))
    sum: float = 0.0
    count: float = 0.0

    def latency(self) -> Latency:
        edge = max(filter(isfinite, self.buckets), default=None)
        return Latency(int(self.count), self.sum / self.count, self._quantile(0.5), self._quantile(0.99), edge)

    def _quantile(self, share: float) -> float | None:
        edge = next(edge for edge in sorted(self.buckets) if self.buckets[edge] >= share * self.count)
        return edge if isfinite(edge) else None


def by_label(expositions: Iterable[str], metric: str, label: str) -> dict[str, Latency]:
    """A histogram of several gateways added up, by one label's values: from the text of their `/metrics`."""
    from prometheus_client.parser import text_string_to_metric_families

    added: defaultdict[str, _Histogram] = defaultdict(_Histogram)
    for text in expositions:
        for family in text_string_to_metric_families(text):
            if family.name != metric:
                continue
            for sample in family.samples:
                _add(added[sample.labels[label]], sample.name.removeprefix(metric), sample.labels, sample.value)
    return {name: one.latency() for name, one in sorted(added.items()) if one.count}


def _add(histogram: _Histogram, kind: str, labels: dict[str, str], value: float) -> None:
    match kind:
        case "_bucket":
            histogram.buckets[float(labels["le"])] += value
        case "_sum":
            histogram.sum += value
        case "_count":
            histogram.count += value


def measured(seconds: Sequence[float]) -> Latency | None:
    """Of single measurements; None without any."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    at = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.99)]
    return Latency(len(ordered), sum(ordered) / len(ordered), at[0], at[1])
