"""Table `customers`."""

from __future__ import annotations

from sqlalchemy import RowMapping, select

from booking_core.domain.model import Customer
from booking_core.storage.row_access import RowAccess
from booking_core.storage.tables import CUSTOMERS


class SqlCustomers:
    """Customers in the database."""

    def __init__(self, rows: RowAccess) -> None:
        self._rows = rows

    async def get(self, customer_id: int) -> Customer | None:
        """By id."""
        return _customer(await self._rows.one(select(CUSTOMERS).where(CUSTOMERS.c.id == customer_id)))

    async def by_phone(self, phone: str) -> Customer | None:
        """By phone number as stored (E.164), the oldest if several."""
        query = select(CUSTOMERS).where(CUSTOMERS.c.phone == phone).order_by(CUSTOMERS.c.id).limit(1)
        return _customer(await self._rows.one(query))

    async def by_name_and_email(self, name: str, email: str) -> Customer | None:
        """By exact name and e-mail, the oldest if several."""
        same = (CUSTOMERS.c.email == email, CUSTOMERS.c.name == name)
        return _customer(await self._rows.one(select(CUSTOMERS).where(*same).order_by(CUSTOMERS.c.id).limit(1)))

    async def add(self, name: str, phone: str | None, email: str | None) -> Customer:
        """A new row."""
        customer_id = await self._rows.insert(CUSTOMERS, {"name": name, "phone": phone, "email": email})
        return Customer(id=customer_id, name=name, phone=phone, email=email)


def _customer(row: RowMapping | None) -> Customer | None:
    return None if row is None else Customer(id=row["id"], name=row["name"], phone=row["phone"], email=row["email"])
