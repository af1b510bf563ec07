"""The page as its reader meets it, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import expect

from tests.fake_calcom.page.conftest import Looked
from tests.fake_calcom.worlds import TUESDAY_14, V_BOOKINGS, attendee, personal, world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]  # one browser for all

SCRIPT = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"


async def load(looked: Looked) -> int:
    """Load a world with one event type by the control door, as any client would; the event type's id."""
    async with aiohttp.ClientSession(looked.fake.url) as http:
        answer = await http.put("/__fake__/world", json=world(personal("VISIT")))
        keys = await answer.json()
    number: int = keys["data"]["event_types"]["VISIT"]["id"]
    return number


async def book(looked: Looked, event_type_id: int, **who: Any) -> int:
    """Book Tuesday 14:00 as a client; the status, or 0 when no answer came."""
    body = {"start": TUESDAY_14, "eventTypeId": event_type_id, "attendee": attendee(**who)}
    async with aiohttp.ClientSession(looked.fake.url) as http:
        try:
            async with http.post("/v2/bookings", json=body, headers=V_BOOKINGS) as answer:
                return answer.status
        except aiohttp.ServerDisconnectedError:
            return 0


async def test_it_opens_without_complaint_and_asks_nobody_else(looked: Looked) -> None:
    await expect(looked.page.locator("#now")).to_contain_text("2025-10-06 08:00:00 UTC")
    await looked.page.wait_for_load_state("networkidle")

    assert looked.seen.complaints == []
    assert looked.seen.strangers == []


async def test_a_booking_is_seen_on_the_calendar_and_opens_as_json(looked: Looked) -> None:
    event_type_id = await load(looked)

    status = await book(looked, event_type_id)
    await looked.page.get_by_role("button", name="accepted: Ada, Visit, 14:00–15:00").click()

    assert status == 201
    shown = json.loads(await looked.page.locator("#detail pre").first.inner_text())
    assert shown["attendees"][0]["email"] == "ada@example.com"
    assert looked.seen.complaints == []


async def test_what_a_booking_says_never_becomes_markup(looked: Looked) -> None:
    event_type_id = await load(looked)

    await book(looked, event_type_id, name=SCRIPT)
    await looked.page.locator(".booking").click()

    await expect(looked.page.locator(".booking b")).to_have_text(SCRIPT)
    await expect(looked.page.locator("#detail-title")).to_contain_text(SCRIPT)
    assert await looked.page.title() == "fake Cal.com"
    assert await looked.page.locator("main img, dialog img, main script, dialog script").count() == 0
    assert looked.seen.complaints == []


async def test_the_clock_is_advanced_set_and_let_tick(looked: Looked) -> None:
    page = looked.page

    await page.get_by_role("button", name="+1 h").click()
    await expect(page.locator("#now")).to_contain_text("09:00:00")
    await page.get_by_text("Set …").click()
    await page.get_by_label("Instant, UTC").fill("2026-03-29T00:59:00")
    await page.get_by_role("button", name="Set the clock").click()
    await expect(page.locator("#now")).to_contain_text("2026-03-29 00:59:00")
    await page.get_by_role("button", name="frozen").click()

    await expect(page.get_by_role("button", name="ticking")).to_be_visible()
    assert looked.fake.clock.now().year == 2026


async def test_a_fault_is_added_struck_and_deleted(looked: Looked) -> None:
    event_type_id = await load(looked)
    page = looked.page

    await page.get_by_role("tab", name="Faults").click()
    await page.get_by_label("What goes wrong").select_option("drop_after")
    await page.get_by_role("button", name="Add this fault").click()
    await expect(page.locator("#rules .what")).to_have_text("drop after createBooking")
    status = await book(looked, event_type_id)

    await expect(page.locator("#rules .more")).to_contain_text("1 hit of 1 met")
    await expect(page.locator(".booking")).to_have_count(1)
    await page.get_by_role("button", name="Delete the fault").click()
    await expect(page.locator("#rules .rule")).to_have_count(0)
    assert status == 0
    assert list(looked.fake.faults) == []


async def test_the_journal_is_filtered_and_tells_both_sides(looked: Looked) -> None:
    event_type_id = await load(looked)
    page = looked.page

    await book(looked, event_type_id)
    await book(looked, event_type_id, email="bob@example.com")
    await expect(page.locator("#entries .line")).to_have_count(2)
    await page.keyboard.press("/")
    await page.keyboard.type("createbook")
    await page.get_by_label("Filter by status").select_option("4")
    await page.locator("#entries .line").click()

    await expect(page.locator("#detail-title")).to_have_text("POST /v2/bookings")
    await expect(page.locator("#detail-body")).to_contain_text("bob@example.com")
    await expect(page.locator("#detail-body")).to_contain_text("already has booking")


async def test_a_world_is_loaded_from_a_file(looked: Looked, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(world(personal("VISIT"))))

    await looked.page.get_by_text("World", exact=True).click()
    await looked.page.get_by_label("Load a file").set_input_files(file)

    await expect(looked.page.locator("#notice")).to_have_text("This is now the world of mine.json.")
    await looked.page.get_by_text("World", exact=True).click()
    await expect(looked.page.locator("#world-facts")).to_contain_text("Visit, 60 min")


async def test_a_wrong_world_is_refused_with_its_place(looked: Looked, tmp_path: Path) -> None:
    file = tmp_path / "wrong.json"
    file.write_text('{"users": [{"key": "A", "name": 3, "email": "a@example.com"}]}')

    await looked.page.get_by_text("World", exact=True).click()
    await looked.page.get_by_label("Load a file").set_input_files(file)

    await expect(looked.page.locator("#notice")).to_contain_text("users[0].name")


async def test_the_generation_is_switched(looked: Looked) -> None:
    await looked.page.get_by_label("Generation").select_option("2024-02")

    await expect(looked.page.locator("#notice")).to_have_text("This is now Cal.com of 2024-02.")
    assert looked.fake.universe.generation.name == "2024-02"


async def test_mails_are_listed(looked: Looked) -> None:
    event_type_id = await load(looked)

    await book(looked, event_type_id)
    await looked.page.get_by_role("tab", name="Mails").click()

    await expect(looked.page.locator("#mail-list")).to_contain_text("ada@example.com")


async def test_weeks_and_tabs_are_turned_by_keyboard(looked: Looked) -> None:
    page = looked.page
    await expect(page.locator("#week")).to_have_text("6 Oct – 12 Oct 2025")

    await page.locator("#grid").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#week")).to_have_text("13 Oct – 19 Oct 2025")
    await page.get_by_role("tab", name="Journal").focus()
    await page.keyboard.press("ArrowRight")

    await expect(page.get_by_role("tab", name="Faults")).to_be_focused()
    await expect(page.get_by_role("tabpanel", name="Faults")).to_be_visible()


async def test_a_fake_that_has_gone_is_said_and_found_again(looked: Looked) -> None:
    port = int(looked.fake.url.rpartition(":")[2])
    await expect(looked.page.locator("#now")).to_contain_text("UTC")

    await looked.fake.close()
    await expect(looked.page.locator("#notice")).to_contain_text("does not answer")
    await looked.fake.open(port=port)

    await expect(looked.page.locator("#notice")).to_have_text("The fake answers again.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_sample_clinic_looks_as_its_reader_prefers(looked: Looked, scheme: str) -> None:
    await looked.page.get_by_text("World", exact=True).click()
    await looked.page.get_by_role("button", name="Load the sample clinic").click()
    await expect(looked.page.locator(".booking")).to_have_count(12)

    picture = await looked.picture(f"page-{scheme}")
    paper = await looked.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    assert paper == {"light": "rgb(245, 246, 248)", "dark": "rgb(18, 21, 28)"}[scheme]
    assert picture.stat().st_size > 20_000
    assert looked.seen.complaints == []
