"""Everything a use case works with, handed over as one thing: ports, profile and the company's facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from booking_core.domain.business import Business
from booking_core.domain.commands import Entry
from booking_core.domain.events import Event
from booking_core.domain.outcomes import Layer
from booking_core.ports.calcom import CalcomClient
from booking_core.ports.storage import Body, BookingAlreadyStoredError, T, Transactions
from booking_core.ports.world import Clock, Ids, Observer
from booking_core.profiles import Profile, ResolutionPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The ports of every use case. Nothing here changes while the gateway runs."""

    transactions: Transactions
    calcom: CalcomClient
    clock: Clock
    ids: Ids
    profile: Profile
    business: Business
    observers: tuple[Observer, ...] = ()

    def now(self) -> datetime:
        """The instant by the gateway's clock."""
        return self.clock.now()

    def tell(self, event: Event) -> None:
        """Let every observer know a fact."""
        for observer in self.observers:
            observer(event)

    async def past_a_race(self, body: Body[T]) -> T:
        """Run the body; once more when somebody stored the booking meanwhile: now that row is there to be read."""
        try:
            return await self.transactions(body)
        except BookingAlreadyStoredError:
            return await self.transactions(body)

    def has_layer(self, layer: Layer, entry: Entry) -> bool:
        """Whether the profile lets that layer speak on that entry."""
        return layer in self.profile.layers[entry]

    @property
    def resolves(self) -> bool:
        """Whether somebody finds out what a rejected, refused or missing answer means."""
        return self.profile.resolution is ResolutionPolicy.FULL
