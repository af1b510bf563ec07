"""The matrix as its reader meets it, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.scenarios.matrix.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]  # one browser for all

RACE = "4 in two-callers: violated"


async def test_it_is_silent_and_asks_nobody_in_light_and_dark(opens: Open) -> None:
    for colours in ("light", "dark"):
        opened = await opens(colours)

        await opened.page.get_by_role("button", name=RACE, exact=True).click()
        await opened.picture(f"matrix_{colours}")

        assert opened.seen.complaints == []
        assert opened.seen.strangers == []


async def test_findings_and_smallest_subsets_stand_above_the_tables(opens: Open) -> None:
    opened = await opens("light")

    findings = opened.page.locator(".findings")
    await expect(findings).to_contain_text("immediate, shared: the smallest subsets that suffice: 2")
    await expect(findings).to_contain_text("immediate, per_call: no layer is needed")
    await expect(findings).to_contain_text("Layer 1 turns down the caller's own booking in gateway-31s-ahead")
    await expect(opened.page.locator("tr.least th").first).to_have_text("2")


async def test_a_cell_opens_its_counterexample_by_keyboard_and_closes_again(opens: Open) -> None:
    opened = await opens("light")
    cell = opened.page.get_by_role("button", name=RACE, exact=True)

    await cell.focus()
    await opened.page.keyboard.press("Enter")

    shown = opened.page.get_by_role("dialog", name="Layer 4 in two-callers")
    await expect(shown).to_be_visible()
    await expect(shown).to_contain_text("slotproof explore two-callers")
    await expect(shown).to_contain_text("Run again it came to the same, byte for byte")
    await expect(shown.locator(".order.mark").first).to_be_visible()
    await expect(shown.locator(".row.names")).to_contain_text("Zacharias Zweiter")
    await opened.page.keyboard.press("Escape")
    await expect(shown).to_be_hidden()


async def test_the_incidents_counterexample_tells_what_the_callers_heard(opens: Open) -> None:
    opened = await opens("light")

    await opened.page.get_by_role("button", name="none in 687-688: violated", exact=True).first.click()

    shown = opened.page.get_by_role("dialog", name="No layer in 687-688")
    await expect(shown.locator(".message.answer").last).to_contain_text("gebucht")
    await expect(shown).to_contain_text("2,040.998 s")


async def test_dark_colours_are_dark(opens: Open) -> None:
    opened = await opens("dark")

    paper = await opened.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    assert all(int(part) < 60 for part in re.findall(r"\d+", paper)[:3])


async def test_the_head_of_a_table_stays_while_it_is_scrolled(opens: Open) -> None:
    opened = await opens("light")
    grid = opened.page.locator(".grid").first
    await opened.page.set_viewport_size({"width": 420, "height": 420})

    await grid.evaluate("grid => { grid.scrollTop = 200; grid.scrollLeft = 100; }")

    frame = await grid.bounding_box()
    corner = await grid.locator("thead th").first.bounding_box()
    assert frame is not None
    assert corner is not None
    assert (round(corner["x"] - frame["x"]), round(corner["y"] - frame["y"])) == (0, 0)
