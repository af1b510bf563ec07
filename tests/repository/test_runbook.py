"""The runbook covers every alert and every setting, and what it tells one to type works."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

from booking_core import settings
from booking_core.migrations.schema import upgrade
from booking_core.observability import logs
from booking_core.observability.alerts import AlertRule, alert_rules
from tests.repository.prose import ROOT, commands, fences

RUNBOOK = (ROOT / "booking_core/RUNBOOK.md").read_text(encoding="utf-8")
RULES = (ROOT / "booking_core/observability/prometheus_rules.yml").read_text(encoding="utf-8")
LOGS = Path(logs.__file__).read_text(encoding="utf-8")
VARIABLE = re.compile(r"^\| ([A-Z][A-Z_0-9]+)(?: … _4)? \|", re.MULTILINE)
SHOUTED = re.compile(r"['`]([A-Z]{4,}(?: [A-Z]+)+)['`]")


def alert_names() -> list[str]:
    return sorted({*re.findall(r"- alert: (\w+)", RULES), *(rule.name for rule in alert_rules())})


def section(heading: str) -> str:
    """The text below a heading, up to the next heading of any depth."""
    return re.split(r"^#+ ", RUNBOOK.split(f"\n{heading}\n")[1], flags=re.MULTILINE)[0]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'clinic.db'}"
    asyncio.run(upgrade(url))
    engine = create_engine(url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("name", alert_names())
def test_an_alert_has_its_section_with_how_to_look_and_what_to_do(name: str) -> None:
    told = section(f"### {name}")

    assert re.search(r"^(?:Critical|Warning): ", told, re.MULTILINE)
    assert "* Look: " in told
    assert "* Do: " in told


@pytest.mark.parametrize("name", alert_names())
def test_an_alert_of_prometheus_names_its_section(name: str) -> None:
    assert f'runbook: "booking_core/RUNBOOK.md#{name}"' in RULES


def test_an_alert_without_a_section_would_be_noticed() -> None:
    with pytest.raises(IndexError):
        section("### an_alert_that_nobody_wrote_about")


@pytest.mark.parametrize("rule", alert_rules(), ids=lambda rule: rule.name)
def test_an_alert_is_as_severe_as_its_rule_says(rule: AlertRule) -> None:
    told = section(f"### {rule.name}").strip()

    assert told.startswith(f"{rule.severity.value.capitalize()}: ")


@pytest.mark.parametrize("name", VARIABLE.findall(settings.__doc__ or ""))
def test_a_setting_is_in_the_runbook(name: str) -> None:
    assert f"`{name}" in RUNBOOK


def test_every_layer_has_its_switch() -> None:
    assert [n for n in (1, 2, 3, 4) if f"`DUPLICATE_PREVENTION_LAYER_{n}=false`" not in section("## Switch off")] == []


def test_every_search_finds_a_line_that_the_log_writes() -> None:
    searched = set(SHOUTED.findall(RUNBOOK))

    assert len(searched) > 10
    assert [words for words in sorted(searched) if f'"{words}"' not in LOGS] == []


@pytest.mark.parametrize("query", fences(RUNBOOK, "sql"), ids=lambda query: re.sub(r"\W+", "-", query)[:40])
def test_a_query_is_answered_by_a_database_of_ours(database: Engine, query: str) -> None:
    with database.connect() as connection:
        rows = connection.execute(text(query)).all()

    assert rows == []


def test_every_database_command_is_in_it() -> None:
    named = {words.split()[1] for words in commands(RUNBOOK) if words.startswith("db ")}

    assert named == {"upgrade", "downgrade", "duplicates", "orphans", "backfill", "reconcile", "verify"}
