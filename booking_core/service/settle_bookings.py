"""Comparing rows with bookings in a window around now: orphans lose or follow their booking, ghosts get their row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from booking_core.domain.events import GhostFound, OrphanFound
from booking_core.domain.model import Appointment, AppointmentStatus, Attempt, AttemptState, CalcomBooking, CallRelation
from booking_core.ports.storage import UnitOfWork
from booking_core.service.bookkeeping import Bookkeeper, Holder
from booking_core.service.moved_booking import replacement_of
from booking_core.service.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Finding:
    """One ghost or orphan. An orphan has an appointment, a ghost's booking has none yet."""

    booking_uid: str
    appointment_id: int | None
    settled_as: str


@dataclass(frozen=True, slots=True)
class _Ghost:
    """A booking without a live row, and what is known of the call that made it. `held` makes it surplus.

    `given_up`: its customer cancelled the appointment on the phone that its attempt had led to.
    """

    booking: CalcomBooking
    holder: Holder
    row: Appointment | None
    attempt: Attempt | None
    held: Appointment | None
    given_up: bool


class BookingSettler:
    """Settles orphans and ghosts; raises CalcomUnavailableError when nobody can tell."""

    def __init__(self, *, surroundings: Surroundings, bookkeeper: Bookkeeper) -> None:
        self._world = surroundings
        self._bookkeeper = bookkeeper

    async def settle(self, *, apply: bool) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """Orphans and ghosts. Rows are read before bookings: what was stored had been booked by then."""
        start, end = self._world.business.watched_window(self._world.now())
        rows = await self._world.transactions(lambda uow: uow.appointments.live_between(start, end))
        bookings = await self._world.calcom.list_bookings(start, end)
        if apply:
            await self._follow_hosts(rows, bookings)
        orphans = await self._settle_orphans(rows, bookings, apply=apply)
        return orphans, await self._settle_ghosts(rows, bookings, apply=apply)

    async def _follow_hosts(self, rows: Sequence[Appointment], bookings: Sequence[CalcomBooking]) -> None:
        """What was requested is confirmed by now (a declined booking is an orphan's)."""
        live = {booking.uid: booking for booking in bookings if booking.is_live}
        for row in rows:
            booking = live.get(row.calcom_v2_booking_id or "")
            if booking is not None and booking.awaits_confirmation is not (row.status is AppointmentStatus.REQUESTED):
                await self._follow_host(row, booking)

    async def _follow_host(self, seen: Appointment, booking: CalcomBooking) -> None:
        async def body(uow: UnitOfWork) -> None:
            row = await self._bookkeeper.hold(uow, seen)
            if row == seen:
                await self._bookkeeper.follow_host(uow, seen, booking, self._world.now())

        await self._world.transactions(body)

    async def _settle_orphans(
        self, rows: Sequence[Appointment], bookings: Sequence[CalcomBooking], *, apply: bool
    ) -> tuple[Finding, ...]:
        live = {booking.uid for booking in bookings if booking.is_live}
        missing = [row for row in rows if row.calcom_v2_booking_id is not None and row.calcom_v2_booking_id not in live]
        found = [await self._settle_orphan(row, bookings, apply=apply) for row in missing]
        return tuple(finding for finding in found if finding is not None)

    async def _settle_orphan(
        self, row: Appointment, bookings: Sequence[CalcomBooking], *, apply: bool
    ) -> Finding | None:
        """A list may lag or shift between its pages, so the booking itself is asked for before anything is done."""
        uid = row.calcom_v2_booking_id or ""
        booking = await self._world.calcom.get_booking(uid)
        if booking is not None and booking.is_live:
            return None
        moved = replacement_of(booking, bookings) if booking is not None else None
        finding = Finding(uid, row.id, "moved" if moved else "cancelled")
        if not apply:
            return finding

        async def body(uow: UnitOfWork) -> bool:
            return await self._follow(uow, row, moved)

        if not await self._world.past_a_race(body):
            return None
        self._world.tell(OrphanFound(row.id, finding.settled_as))
        return finding

    async def _follow(self, uow: UnitOfWork, seen: Appointment, moved: CalcomBooking | None) -> bool:
        """Move or cancel the row, unless it changed since it was read."""
        row, now = await self._bookkeeper.hold(uow, seen), self._world.now()
        if row != seen:
            return False
        if moved is not None and await uow.appointments.by_booking_uid(moved.uid) is None:
            await self._bookkeeper.move(uow, row, moved, now)
            return True
        await self._bookkeeper.cancel(uow, row, "no longer booked at Cal.com", now)
        customer = await uow.customers.get(row.customer_id)
        by_phone = await uow.appointment_calls.exists(row.id, CallRelation.CANCELLATION_ATTEMPT)
        if customer is not None and not by_phone and row.starts_at > now:
            await self._bookkeeper.notify(uow, customer, row.id, "booking_cancelled", now)
        return True

    async def _settle_ghosts(
        self, rows: Sequence[Appointment], bookings: Sequence[CalcomBooking], *, apply: bool
    ) -> tuple[Finding, ...]:
        stored = {row.calcom_v2_booking_id for row in rows}
        found = []
        for booking in bookings:
            if booking.is_live and booking.uid not in stored and not self._may_be_in_hand(booking):
                ghost = await self._examine(booking)
                found.append(await self._settle_ghost(ghost, apply=apply) if ghost is not None else None)
        return tuple(finding for finding in found if finding is not None)

    def _may_be_in_hand(self, booking: CalcomBooking) -> bool:
        """A booking just made: the request that made it is about to write its row."""
        since = self._world.now() - timedelta(seconds=self._world.business.in_flight_s)
        return booking.created_at is not None and booking.created_at > since

    async def _examine(self, booking: CalcomBooking) -> _Ghost | None:
        """None when it is no ghost: stored by now, not booked by a call known here, or its attempt is not settled."""

        async def body(uow: UnitOfWork) -> _Ghost | None:
            row = await uow.appointments.by_booking_uid(booking.uid)
            call = await uow.calls.by_retell_id(booking.retell_call_id or "")
            attempt = await uow.attempts.by_key(booking.metadata.get("attempt_key", ""))
            unsettled = attempt is not None and attempt.state in {AttemptState.OPEN, AttemptState.UNKNOWN}
            if call is None or call.customer_id is None or unsettled or (row is not None and row.is_live):
                return None
            holder = Holder(call.id, call.customer_id, await _service_id(uow, booking))
            held = await self._bookkeeper.held_instead(uow, holder, booking)
            given_up = await self._bookkeeper.made_for_a_given_up(uow, attempt)
            return _Ghost(booking, holder, row, attempt, held, given_up)

        return await self._world.transactions(body)

    async def _settle_ghost(self, ghost: _Ghost, *, apply: bool) -> Finding | None:
        """A row that was cancelled here, a second booking, or one whose caller was told no: cancelled there as well.

        What is left is a booking that nobody was told about: it gets its row, and the customer a message. What the
        caller holds may itself be an orphan that this booking replaced: then it is settled instead.
        """
        if ghost.held is not None and await self._settle_orphan(ghost.held, [ghost.booking], apply=apply):
            return None
        unwanted = ghost.row is not None or ghost.held is not None or _is_late(ghost)
        finding = Finding(ghost.booking.uid, None, "cancelled" if unwanted else "adopted")
        if not apply:
            return finding
        if unwanted and await self._examine(ghost.booking) != ghost:
            return None  # a row was written or moved meanwhile: the next reconciliation looks again
        if unwanted:
            await self._world.calcom.cancel_booking(ghost.booking.uid, "no appointment belongs to this booking")
        elif not await self._adopt(ghost):
            return None
        self._world.tell(GhostFound(ghost.booking.uid, finding.settled_as))
        return finding

    async def _adopt(self, ghost: _Ghost) -> bool:
        now = self._world.now()

        async def body(uow: UnitOfWork) -> bool:
            if await uow.appointments.by_booking_uid(ghost.booking.uid) is not None:
                return False
            row = await self._bookkeeper.write_or_link(uow, ghost.holder, ghost.booking, now)
            return row.calcom_v2_booking_id == ghost.booking.uid

        return await self._world.past_a_race(body)


def _is_late(ghost: _Ghost) -> bool:
    """Whether its caller was told no, has given it up, or was booked by another create: one held back has made this.

    A booking that was moved at Cal.com has another start than its attempt.
    """
    if ghost.attempt is None or ghost.given_up:
        return ghost.given_up
    again = ghost.attempt.state is AttemptState.BOOKED and ghost.booking.start == ghost.attempt.starts_at
    return again or ghost.attempt.state is AttemptState.REFUSED


async def _service_id(uow: UnitOfWork, booking: CalcomBooking) -> int:
    """The service of the booking's event type; the first one when the type has been given up since."""
    services = await uow.services.all()
    return next((s.id for s in services if s.calcom_event_type_id == booking.event_type_id), services[0].id)
