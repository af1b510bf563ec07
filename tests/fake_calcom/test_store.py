"""The store of bookings against a plain list: after any writes, every index answers as a scan would."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fake_calcom.state.bookings import ACCEPTED, CANCELLED, LIVE, PENDING, REJECTED, BookingStore, Row
from fake_calcom.state.many import Many
from fake_calcom.times import MS_PER_DAY, MS_PER_HOUR
from fake_calcom.wire import encode

HOSTS = {"host1@example.com": 1, "host2@example.com": 2}
EMAILS = ["a@example.com", "b@example.com", *HOSTS]
STARTS = [hours * MS_PER_HOUR for hours in (1, 2, 23, 25)]
WRITES = st.lists(
    st.tuples(
        st.sampled_from(["insert", "update"]),
        st.integers(0, 8),
        st.sampled_from([ACCEPTED, PENDING, CANCELLED, REJECTED]),
        st.sampled_from([1, 2]),
        st.sampled_from(STARTS),
        st.lists(st.sampled_from(EMAILS), min_size=1, max_size=2, unique=True),
        st.sampled_from(["nobody", "host", "first attendee", "attendees"]),
    ),
    max_size=25,
)


def played(writes: list[Any]) -> BookingStore:
    store = BookingStore(HOSTS.get)
    for number, (kind, which, status, host, start, emails, absent) in enumerate(writes):
        content: dict[str, Any] = {
            "absentHost": absent == "host",
            "attendees": [
                {
                    "email": email,
                    "name": "",
                    "seatUid": f"{number}:{email}",
                    "absent": absent == "attendees" or (absent == "first attendee" and email == emails[0]),
                }
                for email in emails
            ],
        }
        rows = list(store)
        if kind == "insert" or not rows:
            end = start + 2 * MS_PER_HOUR
            made = number % 3 * MS_PER_DAY + number
            row = Row(0, number, f"u{number}", 7, start, end, status, host, made, made, None, None, encode(content))
            store.insert(row)
        else:
            store.update(rows[which % len(rows)], content, status=status, host_id=host)
    return store


def somebody_came(row: Row) -> bool:
    content = row.content()
    return not content["absentHost"] and any(not attendee["absent"] for attendee in content["attendees"])


@given(WRITES)
def test_every_index_answers_as_a_scan_would(writes: list[Any]) -> None:
    store = played(writes)
    rows = list(store)
    emails = {row.number: {a["email"] for a in row.content()["attendees"]} for row in rows}
    people = {row.number: {row.host_id} | {HOSTS[e] for e in emails[row.number] if e in HOSTS} for row in rows}
    live = [row for row in rows if row.status in LIVE]

    for row in rows:
        assert store.by_uid(row.uid) == row
        assert all(store.by_seat(a["seatUid"]) == row for a in row.content()["attendees"])
    for start in STARTS:
        assert list(store.of_slot(7, start)) == [r for r in live if r.start_ms == start]
        for email in EMAILS:
            expected = [r for r in live if r.start_ms == start and email in emails[r.number]]
            assert list(store.of_attendance(7, start, email)) == expected
    for user in (1, 2):
        assert list(store.of_user(user)) == [r for r in rows if user in people[r.number]]
        for start, end in ((0, MS_PER_HOUR), (0, 3 * MS_PER_DAY), (23 * MS_PER_HOUR, 26 * MS_PER_HOUR)):
            near = [r for r in live if user in people[r.number] and r.start_ms < end and start < r.end_ms]
            assert list(store.overlapping(user, start, end)) == near
        counted = [r for r in rows if r.status == ACCEPTED and somebody_came(r)]
        assert store.last_turn(7, user)[1] == max((r.number for r in counted if r.host_id == user), default=0)
        for days in (range(2), range(1, 3), range(9)):
            made = [r for r in counted if user in people[r.number] and r.created_ms // MS_PER_DAY in days]
            assert store.share(7, user, days) == len(made)
    for email in EMAILS:
        assert store.numbers_of_email(email) == {n for n, held in emails.items() if email in held}


@given(st.lists(st.tuples(st.sampled_from(["add", "remove"]), st.sampled_from("xy"), st.integers(1, 9))))
def test_an_index_of_many_is_a_sorted_set_by_key(steps: list[tuple[str, str, int]]) -> None:
    index: Many[str] = Many()
    model: dict[str, set[int]] = {"x": set(), "y": set()}

    for kind, key, number in steps:
        if kind == "add":
            index.add(key, number)
            model[key].add(number)
        else:
            index.remove(key, number)
            model[key].discard(number)

    assert {key: list(index.get(key)) for key in "xy"} == {key: sorted(held) for key, held in model.items()}


def test_an_update_frees_no_key_but_its_own() -> None:
    store = BookingStore(HOSTS.get)
    content = {"attendees": [{"email": "a@example.com", "name": ""}]}
    base = Row(0, 1, "u1", 7, 0, 1, ACCEPTED, 1, 0, 0, None, "key", encode(content))
    first = store.insert(base)
    store.update(first, content, status=CANCELLED, unique_key=None)
    second = store.insert(base._replace(uid="u2"))

    store.update(first, content)  # with a row read before the key was given up

    assert store.holder_of_key("key") == second.number
