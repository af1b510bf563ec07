"""The CI recipes work: the shell one is run on tiny projects, the GitHub one names commands that exist."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.repository.prose import ROOT, commands, complaint

EXAMPLES = ROOT / ".ci" / "examples"
WAIT_S = 100
PASSES = "def test_books(fake_calcom):\n    fake_calcom.world()\n    assert fake_calcom.url.startswith('http://')\n"
FAILS = "def test_books(fake_calcom):\n    assert fake_calcom.url == 'somewhere else'\n"


@dataclass(frozen=True, slots=True)
class Built:
    """How a run of the recipe ended, and the folder with what it left."""

    status: int
    printed: str
    results: Path

    def counts(self) -> Mapping[str, str]:
        """The numbers of the JUnit file."""
        [suite] = ET.parse(self.results / "junit.xml").getroot()  # noqa: S314 - pytest wrote it just now
        return {name: suite.attrib[name] for name in ("tests", "failures", "errors")}


def build(project: Path, test: str, **wishes: str) -> Built:
    """Run the recipe in a project with one test, on the packages of this environment."""
    (project / "test_client.py").write_text(test, encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "INSTALL": "true"} | wishes
    ended = subprocess.run(
        ["bash", str(EXAMPLES / "generic.sh")],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT_S,
    )
    return Built(ended.returncode, ended.stdout + ended.stderr, project / "results")


def workflow() -> dict[str, Any]:
    yaml = importlib.import_module("yaml")  # it comes with schemathesis, without types
    read: dict[str, Any] = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text(encoding="utf-8"))
    return read


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workflow()["jobs"]["tests"]["steps"]
    return found


def test_a_project_that_passes_leaves_its_junit_file(tmp_path: Path) -> None:
    built = build(tmp_path, PASSES)

    assert built.status == 0, built.printed
    assert built.counts() == {"tests": "1", "failures": "0", "errors": "0"}
    assert "what these tests never met" in built.printed


def test_a_test_that_fails_fails_the_build_and_is_in_the_junit_file(tmp_path: Path) -> None:
    built = build(tmp_path, FAILS)

    assert built.status == 1
    assert built.counts() == {"tests": "1", "failures": "1", "errors": "0"}


def test_a_failure_that_was_explored_fails_the_build_and_is_kept_to_be_replayed(tmp_path: Path) -> None:
    built = build(tmp_path, PASSES, EXPLORE="check-then-insert --strategy exhaustive --without 4")

    assert built.status == 10, built.printed
    assert [path.name.rpartition("-")[0] for path in built.results.glob("slotproof-*.json")] == [
        "slotproof-check-then-insert"
    ]
    assert (built.results / "explored.json").is_file()


def test_an_install_that_fails_ends_the_build_before_the_tests(tmp_path: Path) -> None:
    built = build(tmp_path, PASSES, INSTALL="false")

    assert built.status == 1
    assert not (built.results / "junit.xml").exists()


def test_the_commands_of_the_workflow_are_understood() -> None:
    shell = "\n".join(step["run"] for step in steps() if "run" in step)

    assert [complaint(words) for words in commands(f"```sh\n{shell}\n```")] == [""]


def test_the_workflow_keeps_what_it_writes_also_when_it_fails() -> None:
    [upload] = [step for step in steps() if "upload-artifact" in step.get("uses", "")]

    assert (upload["if"], upload["with"]["path"]) == ("always()", "results/")
    assert [step["name"] for step in steps() if "results/junit.xml" in step.get("run", "")]
    assert [step["name"] for step in steps() if step.get("working-directory") == "results"]


@pytest.mark.parametrize("name", ["generic.sh", "../run"])
def test_a_script_is_bash_that_parses_and_may_be_run(name: str) -> None:
    script = EXAMPLES / name

    parsed = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True, check=False)

    assert (parsed.returncode, parsed.stderr) == (0, "")
    assert os.access(script, os.X_OK)
