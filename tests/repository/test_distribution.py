"""What is installed is whole: the wheel and the sdist are built, looked into, and run from where pip would put them."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from tests.repository.test_house_rules import PACKAGES, ROOT, tracked

pytestmark = pytest.mark.wheel
BUILD_S = 60
RUN_S = 60
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel of the tree as it is."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=BUILD_S)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files where pip would put them: a folder on the path, far from this repository."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel_of(built)) as wheel:
        wheel.extractall(folder)  # noqa: S202 - an archive of our own
    return folder


def wheel_of(built: Path) -> Path:
    [wheel] = built.glob("*.whl")
    return wheel


def names_in_wheel(built: Path) -> set[str]:
    with zipfile.ZipFile(wheel_of(built)) as wheel:
        return set(wheel.namelist())


def names_in_sdist(built: Path) -> set[str]:
    [sdist] = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def metadata(built: Path) -> Message:
    [name] = [name for name in names_in_wheel(built) if name.endswith(".dist-info/METADATA")]
    with zipfile.ZipFile(wheel_of(built)) as wheel:
        return Parser().parsestr(wheel.read(name).decode())


def run(installed: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python with the wheel's files first on the path; its dependencies come from the test's environment."""
    environment = os.environ | {"PYTHONPATH": str(installed), "NO_COLOR": "1", "COLUMNS": "120"}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=RUN_S)


def of_packages() -> set[str]:
    paths = [path.relative_to(ROOT) for path in tracked()]
    return {str(path) for path in paths if path.parts[0] in PACKAGES}


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(built: Path) -> None:
    in_wheel = {name for name in names_in_wheel(built) if ".dist-info/" not in name}

    assert in_wheel == of_packages()


def test_what_is_no_python_is_in_the_wheel_too(built: Path) -> None:
    wanted = {
        *(f"{package}/{name}" for package in PACKAGES for name in ("py.typed", "README.md")),
        "booking_core/migrations/script.py.mako",
        "booking_core/observability/prometheus_rules.yml",
        "booking_core/observability/grafana_dashboard.json",
        "booking_core/RUNBOOK.md",
        "fake_calcom/page/static/index.html",
        "fake_calcom/page/static/sample_world.json",
        "fake_calcom/FIDELITY.md",
    }

    assert wanted - names_in_wheel(built) == set()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names_in_wheel(built))


def test_the_sdist_holds_what_is_tracked_and_nothing_of_this_machine(built: Path) -> None:
    ours = {str(path.relative_to(ROOT)) for path in tracked()}
    made_by_the_build = {"PKG-INFO", ".gitignore"}

    assert names_in_sdist(built) - ours - made_by_the_build == set()
    assert {"README.md", "LICENSE", "CHANGELOG.md", "Makefile", "pyproject.toml", "requirements.txt"} <= ours
    assert {name for name in ours if name.startswith(("tests/", "examples/", *PACKAGES))} <= names_in_sdist(built)


def test_the_metadata_says_what_the_project_says(built: Path) -> None:
    told = metadata(built)

    assert (told["Name"], told["Version"]) == (PROJECT["name"], PROJECT["version"])
    assert told["Summary"] == PROJECT["description"]
    assert told["Requires-Python"] == PROJECT["requires-python"]
    assert told["License-Expression"] == "MIT"
    assert told["Description-Content-Type"] == "text/markdown"
    assert "Typing :: Typed" in told.get_all("Classifier", [])
    assert set(told.get_all("Provides-Extra", [])) == set(PROJECT["optional-dependencies"])
    assert str(told.get_payload()).startswith("# slotproof")


def test_the_command_and_the_plug_in_are_entry_points_that_load(installed: Path) -> None:
    [folder] = installed.glob("*.dist-info")

    points = {(point.group, point.name): point.value for point in Distribution.at(folder).entry_points}

    assert points == {
        ("console_scripts", "slotproof"): "scenarios.cli.main:run",
        ("pytest11", "slotproof"): "scenarios.pytest_plugin",
    }


def test_the_installed_command_says_its_version_and_is_the_installed_one(installed: Path, tmp_path: Path) -> None:
    version = run(installed, "-m", "scenarios", "--version", cwd=tmp_path)
    where = run(installed, "-c", "import scenarios, booking_core; print(scenarios.__file__)", cwd=tmp_path)

    assert version.stdout == f"slotproof {PROJECT['version']}\n"
    assert Path(where.stdout.strip()).is_relative_to(installed)


def test_the_installed_package_migrates_a_database_and_replays_an_incident(installed: Path, tmp_path: Path) -> None:
    upgraded = run(installed, "-m", "scenarios", "db", "upgrade", "--database", "sqlite:///clinic.db", cwd=tmp_path)
    replayed = run(installed, "-m", "scenarios", "replay", "687-688", "--profile", "hardened", cwd=tmp_path)

    assert (upgraded.returncode, upgraded.stderr) == (0, "")
    assert (replayed.returncode, replayed.stderr) == (0, "")
    assert "1 of 1 replays ended as expected" in replayed.stdout
