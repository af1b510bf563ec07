"""A report as its reader meets it, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.scenarios.html.conftest import Colours, Open

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]  # one browser for all

CALL_687 = "call_927bf219b2cc20cd24dc97c9f0b"
CALL_688 = "call_39d2ade6f4fc16c51110ca49cdf"


async def test_it_is_silent_and_asks_nobody(opens: Open, incident: Path) -> None:
    opened = await opens(incident)

    await expect(opened.page.locator(".step").first).to_be_visible()

    assert opened.seen.complaints == []
    assert opened.seen.strangers == []
    await opened.picture("report_incident")


async def test_the_incidents_facts_are_on_the_page(opens: Open, incident: Path) -> None:
    opened = await opens(incident)

    before, after = opened.page.locator(".frame").nth(0), opened.page.locator(".frame").nth(1)

    await expect(before.locator("h2")).to_have_text("unprotected · collect")
    await expect(after.locator("h2")).to_have_text("recommended · collect")
    await expect(before.locator(".message.answer.bad").last).to_contain_text("gebucht")
    await expect(after.locator(".verdict.bad").nth(0)).to_contain_text("layer 1: stale, and this decides")
    await expect(after.locator(".verdict.bad").nth(0)).to_contain_text("2,040.998 s")
    await expect(after.locator(".verdict.bad").nth(1)).to_contain_text(CALL_687)
    await expect(after.locator(".verdict.bad").nth(1)).to_contain_text(CALL_688)
    await expect(after.locator(".clock").filter(has_text="11:39:22.000")).to_be_visible()  # the gateway's
    await expect(after.locator(".clock").filter(has_text="11:39:49.000")).to_be_visible()  # Cal.com's
    await expect(opened.page.locator("#ends")).to_contain_text("8Fxv4pCqnb1Jva1w9wn5wX")
    await expect(opened.page.locator("#runs tbody tr")).to_have_count(5)


async def test_the_same_instant_stands_at_the_same_height_on_both_sides(opens: Open, incident: Path) -> None:
    opened = await opens(incident)

    heights = [
        await frame.locator(".clock").filter(has_text="11:39:22.000").get_attribute("y")
        for frame in await opened.page.locator(".frame").all()
    ]

    assert heights[0] == heights[1]


async def test_the_keyboard_steps_through_a_run(opens: Open, incident: Path) -> None:
    opened = await opens(incident)
    page = opened.page

    await page.keyboard.press("Home")
    first = await page.locator("#counter").inner_text()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("j")
    third = await page.locator("#counter").inner_text()
    await page.keyboard.press("k")
    second = await page.locator("#counter").inner_text()
    await page.keyboard.press("x")

    assert [text.split(" / ")[0] for text in (first, second, third)] == ["1", "2", "3"]
    await expect(page.locator("#detail")).to_contain_text("unprotected · collect")
    await expect(page.locator(".step.here")).to_have_count(1)


async def test_every_step_can_be_walked_to(opens: Open, incident: Path) -> None:
    opened = await opens(incident)
    steps = await opened.page.locator(".frame").nth(1).locator(".step").count()

    await opened.page.keyboard.press("Home")
    for _ in range(steps - 1):
        await opened.page.keyboard.press("j")

    await expect(opened.page.locator("#counter")).to_have_text(f"{steps} / {steps}")
    assert opened.seen.complaints == []


async def test_kinds_and_lanes_can_be_hidden(opens: Open, incident: Path) -> None:
    opened = await opens(incident)
    page = opened.page

    await page.get_by_role("button", name="Database", exact=True).click()
    await page.get_by_role("button", name="Hansi Sputer", exact=True).click()

    await expect(page.locator(".step.database")).to_have_count(0)
    await expect(page.locator(".names").first).not_to_contain_text("Hansi Sputer")
    await expect(page.locator(".step.verdict").first).to_be_visible()


async def test_any_two_runs_can_be_put_side_by_side_or_one_alone(opens: Open, incident: Path) -> None:
    opened = await opens(incident)
    page = opened.page

    await page.get_by_role("group", name="Show deployed · collect").get_by_role("button", name="left").click()
    await page.get_by_role("group", name="Show hardened · collect").get_by_role("button", name="right").click()
    titles = await page.locator(".frame > h2").all_inner_texts()
    await page.keyboard.press("c")

    assert titles == ["deployed · collect", "hardened · collect"]
    await expect(page.locator(".frame")).to_have_count(1)


async def test_it_zooms(opens: Open, incident: Path) -> None:
    opened = await opens(incident)

    await opened.page.keyboard.press("+")
    larger = await opened.page.locator("#size").inner_text()
    await opened.page.keyboard.press("0")

    assert larger == "120 %"
    await expect(opened.page.locator("#size")).to_have_text("100 %")


@pytest.mark.parametrize(("colours", "background"), [("light", "rgb(245, 246, 248)"), ("dark", "rgb(18, 21, 28)")])
async def test_it_follows_the_readers_colours(opens: Open, incident: Path, colours: Colours, background: str) -> None:
    opened = await opens(incident, colours)

    shown = await opened.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    assert shown == background
    await opened.picture(f"report_{colours}")


async def test_every_control_and_step_has_a_name(opens: Open, incident: Path) -> None:
    opened = await opens(incident)

    nameless = await opened.page.evaluate(
        "[...document.querySelectorAll('button, [role=button]')]"
        ".filter((each) => !(each.getAttribute('aria-label') || each.textContent.trim())).length"
    )

    assert nameless == 0


async def test_a_failure_shows_the_deviating_step_beside_the_nearest_run_that_passes(
    opens: Open, failure: Path, bundle: Path
) -> None:
    opened = await opens(failure)
    page = opened.page

    await expect(page.locator("#reason")).to_contain_text("2 bookings of one slot")
    await expect(page.locator("#lead")).to_contain_text("plain order except")
    await expect(page.locator("#command")).to_have_text(f"slotproof replay {bundle}")
    await expect(page.locator(".frame")).to_have_count(2)
    await expect(page.locator(".frame").nth(0).locator(".step.order.mark")).to_have_count(1)
    await expect(page.locator(".frame").nth(1).locator(".step.order.mark")).to_have_count(0)
    await expect(page.locator(".frame").nth(0).locator(".step.here")).to_have_class("step order mark parts on here")
    assert opened.seen.complaints == []
    assert opened.seen.strangers == []
    await opened.picture("report_failure")
