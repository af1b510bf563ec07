"""Table `customers`."""

from __future__ import annotations

from sqlalchemy import RowMapping, bindparam, select

from booking_core.domain.model import Customer
from booking_core.storage.row_access import RowAccess
from booking_core.storage.tables import CUSTOMERS

_BY_ID = select(CUSTOMERS).where(CUSTOMERS.c.id == bindparam("customer"))
_OLDEST = select(CUSTOMERS).order_by(CUSTOMERS.c.id).limit(1)
_BY_PHONE = _OLDEST.where(CUSTOMERS.c.phone == bindparam("phone"))
_BY_NAME_AND_EMAIL = _OLDEST.where(CUSTOMERS.c.email == bindparam("email"), CUSTOMERS.c.name == bindparam("name"))


class SqlCustomers:
    """Customers in the database."""

    def __init__(self, rows: RowAccess) -> None:
        self._rows = rows

    async def get(self, customer_id: int) -> Customer | None:
        """By id."""
        return _customer(await self._rows.one(_BY_ID, {"customer": customer_id}))

    async def by_phone(self, phone: str) -> Customer | None:
        """By phone number as stored (E.164), the oldest if several."""
        return _customer(await self._rows.one(_BY_PHONE, {"phone": phone}))

    async def by_name_and_email(self, name: str, email: str) -> Customer | None:
        """By exact name and e-mail, the oldest if several."""
        return _customer(await self._rows.one(_BY_NAME_AND_EMAIL, {"email": email, "name": name}))

    async def add(self, name: str, phone: str | None, email: str | None) -> Customer:
        """A new row."""
        customer_id = await self._rows.insert(CUSTOMERS, {"name": name, "phone": phone, "email": email})
        return Customer(id=customer_id, name=name, phone=phone, email=email)


def _customer(row: RowMapping | None) -> Customer | None:
    return None if row is None else Customer(id=row["id"], name=row["name"], phone=row["phone"], email=row["email"])
