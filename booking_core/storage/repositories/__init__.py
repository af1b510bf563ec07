"""One repository per table, each a port of `booking_core.ports.storage`."""
