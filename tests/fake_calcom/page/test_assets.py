"""The page's files: whole, typed, under a policy, and nothing else from the package."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from fake_calcom import FakeCalcom
from fake_calcom.page.assets import NAMES
from fake_calcom.wire import Call


def get(target: str) -> Call:
    return Call("GET", target, {}, b"")


@pytest.mark.parametrize("target", ["/__fake__/", "/__fake__", "/__fake__/page/main.js"])
async def test_a_file_comes_with_its_type_and_the_policy(fake: FakeCalcom, target: str) -> None:
    answer = await fake.answer(get(target))

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith(("text/html", "text/javascript"))
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_every_file_of_the_page_is_served_and_every_served_one_is_there() -> None:
    held = {each.name for each in files("fake_calcom.page").joinpath("static").iterdir()}

    assert held == NAMES


@pytest.mark.parametrize(
    "target",
    ["/__fake__/page/", "/__fake__/page/../assets.py", "/__fake__/page/%2e%2e/assets.py", "/__fake__/page/none.js"],
)
async def test_nothing_else_of_the_package_is_served(fake: FakeCalcom, target: str) -> None:
    assert (await fake.answer(get(target))).status == 404


async def test_the_sample_world_can_be_loaded(fake: FakeCalcom) -> None:
    sample = await fake.answer(get("/__fake__/page/sample_world.json"))

    keys = fake.load_world(json.loads(sample.body))

    assert set(keys.event_types) == {"VISIT", "FOLLOW_UP", "CHECK_UP", "SURGERY"}


def test_no_script_makes_markup_of_text() -> None:
    scripts = [each for each in files("fake_calcom.page").joinpath("static").iterdir() if each.name.endswith(".js")]

    found = [
        script.name
        for script in scripts
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
        if way in script.read_text(encoding="utf-8")
    ]

    assert found == []
