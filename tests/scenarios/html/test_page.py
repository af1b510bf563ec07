"""The file itself: small, whole, and closed to markup that comes with data."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

from scenarios.replay import Replay
from scenarios.report.html.documents import of_failure, of_replays
from scenarios.report.html.failures import watch_failure
from scenarios.report.html.page import SCRIPTS, STYLES, report_page
from scenarios.storm.mishaps import MishapWorld, find_mishap
from scenarios.storm.settings import StormSettings
from scenarios.theatre import Theatre
from simulator.recording import record
from simulator.schedulers.plain import Plain
from tests.scenarios.command_line import CommandLine

DOCUMENT = {"kind": "replays", "title": "</title><script>alert(1)</script>", "lead": "</script><b>", "runs": []}


def test_the_incidents_report_is_below_one_megabyte(incident: Path) -> None:
    assert incident.stat().st_size < 1_000_000


def test_the_policy_allows_no_request_and_no_other_script(incident: Path) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', incident.read_text(encoding="utf-8"))

    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    assert "unsafe" not in policy[1]
    assert "http" not in policy[1]


def test_what_data_says_never_becomes_markup() -> None:
    page = report_page(DOCUMENT)

    assert page.count("<script") == 2
    assert "<b>" not in page
    assert json.loads(page.split('type="application/json">')[1].split("</script>")[0]) == DOCUMENT


def test_no_script_makes_markup_of_text_and_every_file_is_used() -> None:
    static = {
        each.name: each.read_text(encoding="utf-8")
        for each in files("scenarios.report.html").joinpath("static").iterdir()
    }

    found = [
        name
        for name, text in static.items()
        if re.search(r"innerHTML|outerHTML|insertAdjacent|document.write|eval\(", text)
    ]

    assert found == []
    assert set(static) == {*SCRIPTS, *STYLES, "report.html"}


def test_the_scripts_declare_no_name_twice() -> None:
    declared = [
        name
        for script in SCRIPTS
        for name in re.findall(
            r"^(?:export )?(?:const|let|function\*?|class) (\w+)",
            files("scenarios.report.html").joinpath("static", script).read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    ]

    assert len(declared) == len(set(declared))


def test_the_pair_shown_first_is_what_breaks_and_the_first_that_holds(replays: list[Replay]) -> None:
    document = of_replays(replays)

    assert [document["runs"][place]["name"] for place in document["pair"]] == [
        "unprotected · collect",
        "recommended · collect",
    ]


def test_the_command_line_writes_a_report(slotproof: CommandLine, tmp_path: Path) -> None:
    ended = slotproof("replay", "682-766", "--profile", "recommended", "--html", str(tmp_path / "b.html"))

    page = (tmp_path / "b.html").read_text(encoding="utf-8")
    assert ended.status == 0
    assert "71,977.815 s" in page
    assert "Sie haben bereits einen Termin am 10.10.2025 um 11:00 Uhr." in page


def test_the_command_line_writes_a_report_of_a_recorded_failure(
    slotproof: CommandLine, bundle: Path, tmp_path: Path
) -> None:
    ended = slotproof("replay", str(bundle), "--html", str(tmp_path / "race.html"))

    assert ended.status == 10
    assert "the nearest that passes" in (tmp_path / "race.html").read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_is_refused_before_the_work(slotproof: CommandLine, tmp_path: Path) -> None:
    ended = slotproof("replay", "687-688", "--html", str(tmp_path / "no" / "b.html"))

    assert ended.status == 2
    assert "there is no directory" in ended.err


def test_a_lost_reply_of_a_recorded_mishap_is_drawn_as_lost(tmp_path: Path) -> None:
    mishap = find_mishap("reply-lost")
    assert mishap is not None
    with Theatre() as theatre:
        world = MishapWorld(theatre, mishap, StormSettings(callers=1))
        record(world.run(Plain(), 0), context=world.context).save(tmp_path / "lost.json")

    document = of_failure(watch_failure(tmp_path / "lost.json"))

    (run,) = document["runs"]
    (lost,) = [step for step in run["steps"] if step.get("is_lost")]
    assert (lost["source"], lost["target"], lost["detail"]) == ("calcom", "gateway", "LoseResponse")
    assert run["name"] == "the recorded run"
    assert run["tables"][0]["rows"][0][1] == "recovered"
