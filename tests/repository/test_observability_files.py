"""The Prometheus rules and the Grafana dashboard: they load, ask for series that exist, and fire when they must."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from booking_core.domain.commands import Entry
from booking_core.domain.events import (
    BookingSettled,
    ConstraintViolated,
    FalselyRejected,
    LayerJudged,
    UnsettledCounted,
)
from booking_core.domain.outcomes import Layer, LayerVerdict, Status, Verdict
from booking_core.observability.alerts import alert_rules
from booking_core.observability.metrics import Metrics
from tests.booking_core.calcom.scripted import START
from tests.repository.prose import ROOT

FOLDER = ROOT / "booking_core/observability"
DASHBOARD = json.loads((FOLDER / "grafana_dashboard.json").read_text(encoding="utf-8"))
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
WITHOUT_PROMTOOL = "promtool is not on the PATH (Debian: prometheus): only names and shapes are checked"
needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason=WITHOUT_PROMTOOL)


def rules() -> list[dict[str, Any]]:
    yaml = importlib.import_module("yaml")  # it comes with schemathesis, without types
    document = yaml.safe_load((FOLDER / "prometheus_rules.yml").read_text(encoding="utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def queries() -> dict[str, str]:
    """Every query of the dashboard by its panel's title, with Grafana's own variable filled in."""
    panels = {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in DASHBOARD["panels"]
        for target in panel["targets"]
    }
    return {title: query.replace("$__rate_interval", "5m") for title, query in panels.items()}


def series() -> set[str]:
    """The names under which Prometheus will know what the registry holds."""
    collected = Metrics(30.0).registry.collect()
    return {f"{metric.name}{suffix}" for metric in collected for suffix in SUFFIXES[metric.type]}


def metrics_of(query: str) -> set[str]:
    return set(re.findall(r"\bslotproof_\w+", query))


def promtool(*words: str) -> str:
    ended = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_every_rule_asks_for_series_that_exist_and_has_what_an_alert_needs() -> None:
    for rule in rules():
        assert metrics_of(rule["expr"]), rule["alert"]
        assert metrics_of(rule["expr"]) <= series()
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"]


def test_the_rules_of_the_core_and_of_prometheus_agree() -> None:
    severities = {rule["alert"]: rule["labels"]["severity"] for rule in rules()}

    assert {rule.name: rule.severity.value for rule in alert_rules()}.items() <= severities.items()


def test_every_query_of_the_dashboard_asks_for_series_that_exist() -> None:
    unknown = {title: metrics_of(query) - series() for title, query in queries().items()}

    assert {title: names for title, names in unknown.items() if names} == {}


def test_a_query_for_a_series_that_nobody_exposes_would_be_found() -> None:
    assert metrics_of("sum(rate(slotproof_layer_rejections[5m]))") - series() == {"slotproof_layer_rejections"}
    assert metrics_of("histogram_quantile(0.5, slotproof_layer_seconds_bucket)") <= series()


def test_every_series_is_on_the_dashboard() -> None:
    shown = set().union(*(metrics_of(query) for query in queries().values()))

    missing = [m.name for m in Metrics(30.0).registry.collect() if not any(s.startswith(m.name) for s in shown)]

    assert missing == []


def test_every_alert_is_marked_on_the_dashboard() -> None:
    [annotation] = DASHBOARD["annotations"]["list"]

    assert [rule["alert"] for rule in rules() if rule["alert"] not in annotation["expr"]] == []


def test_the_panels_have_numbers_of_their_own_and_do_not_overlap() -> None:
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]

    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(places)
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_the_dashboard_asks_whoever_loads_it_for_the_data_source() -> None:
    sources = {json.dumps(panel["datasource"]) for panel in DASHBOARD["panels"]}

    assert sources == {'{"type": "prometheus", "uid": "${datasource}"}'}
    assert [variable["name"] for variable in DASHBOARD["templating"]["list"]] == ["datasource"]


@pytest.mark.parametrize("layer", ["1", "4"])
@pytest.mark.parametrize("name", ["slotproof_layer_rejections_total", "slotproof_false_rejections_total"])
def test_a_series_that_an_alert_counts_begins_at_zero(name: str, layer: str) -> None:
    assert Metrics(30.0).registry.get_sample_value(name, {"layer": layer}) == 0.0


@pytest.mark.parametrize("entry", list(Entry))
def test_the_duplicates_that_an_alert_counts_begin_at_zero(entry: Entry) -> None:
    labels = {"entry": entry.value, "status": "duplicate"}

    assert Metrics(30.0).registry.get_sample_value("slotproof_booking_outcomes_total", labels) == 0.0


@needs_promtool
def test_promtool_takes_the_rules() -> None:
    assert "rules found" in promtool("check", "rules", str(FOLDER / "prometheus_rules.yml"))


@needs_promtool
def test_promtool_takes_every_query_of_the_dashboard(tmp_path: Path) -> None:
    recorded = [{"record": f"dashboard:{n}", "expr": query} for n, query in enumerate(queries().values())]
    file = tmp_path / "queries.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": recorded}]}), encoding="utf-8")

    assert f"{len(recorded)} rules found" in promtool("check", "rules", str(file))


STALE = LayerVerdict(Layer.FRESHNESS, Verdict.STALE, "old", age_seconds=31.0)
FACTS = {
    "too_many_rejections": (LayerJudged(1, 2, "uid1", START, STALE, deciding=True, seconds=0.0), 10),
    "too_many_duplicates": (BookingSettled(1, Entry.COLLECT, Status.DUPLICATE, None, None), 10),
    "false_rejection": (FalselyRejected(1, "uid1", 1), 0),
    "unique_violation": (ConstraintViolated(1, "uid1"), 0),
    "unsettled_attempts": (UnsettledCounted(1, 901.0), 0),
}


def scraped(fact: Any, times: int) -> list[dict[str, str]]:
    """Two hours of scrapes, one a minute: a young gateway, then `times` facts, five minutes apart."""
    metrics = Metrics(30.0)
    history: dict[tuple[str, str], list[float]] = {}
    for minute in range(120):
        if minute >= 10 and minute % 5 == 0 and (minute - 10) // 5 < times:
            metrics(fact)
        for family in metrics.registry.collect():
            for sample in family.samples:
                labels = ",".join(f'{key}="{value}"' for key, value in sorted(sample.labels.items()))
                history.setdefault((sample.name, labels), []).append(sample.value)
    return [
        {"series": f"{name}{{{labels}}}", "values": " ".join(["_"] * (120 - len(values)) + [f"{v:g}" for v in values])}
        for (name, labels), values in history.items()
        if not name.endswith("_created")
    ]


@needs_promtool
@pytest.mark.parametrize(("alert", "more"), [(alert, more) for alert in FACTS for more in (0, 1)])
def test_prometheus_fires_at_the_same_fact_as_the_core(tmp_path: Path, alert: str, more: int) -> None:
    fact, limit = FACTS[alert]
    [rule] = [rule for rule in rules() if rule["alert"] == alert]
    fired = {"exp_labels": rule["labels"], "exp_annotations": rule["annotations"]}
    expected = {"eval_time": "119m", "alertname": alert, "exp_alerts": [fired] * more}
    case = {"interval": "1m", "input_series": scraped(fact, limit + more), "alert_rule_test": [expected]}
    file = tmp_path / "case.yml"
    rule_files = [str(FOLDER / "prometheus_rules.yml")]
    file.write_text(json.dumps({"rule_files": rule_files, "tests": [case]}), encoding="utf-8")

    assert "SUCCESS" in promtool("test", "rules", str(file))
