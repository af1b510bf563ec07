"""Holes that planted bugs have found: what every other check let pass is a test of its own here."""

from __future__ import annotations

from booking_core.domain.commands import CancelAppointment
from booking_core.domain.outcomes import Layer, Status
from booking_core.profiles import profiles
from booking_core.service.cancel_appointment import AppointmentCanceller
from tests.booking_core.fake_calcom_client import Fault
from tests.booking_core.gateway import ANNA, BERT, SHARED, gateway


async def test_what_the_unique_key_refused_is_handed_back_by_its_row() -> None:
    desk = gateway(profiles()["deployed"].without(Layer.EXISTING_APPOINTMENT))
    await desk.book(ANNA)
    held = desk.live()[0]

    answer = await desk.book(BERT)

    assert (answer.status, answer.appointment_id) == (Status.BOOKED, held.id)


async def test_a_cancelled_booking_is_not_found_instead_of_a_lost_new_one() -> None:
    desk = gateway(identity=SHARED)
    await desk.book(ANNA)
    await AppointmentCanceller(surroundings=desk.surroundings)(CancelAppointment(ANNA))
    desk.calcom.faults = [Fault.REQUEST_LOST]

    answer = await desk.book(ANNA)

    (live,) = desk.live()
    assert answer.status is Status.BOOKED
    assert desk.calcom.bookings[live.calcom_v2_booking_id or ""].is_live
