"""Bills, cuts and payments as one would draw them on paper; dates are days of 2026."""

from datetime import UTC, date, datetime

import pandas as pd

from rbmgeo.arrears.rules import ArrearsRules
from rbmgeo.arrears.states import Known, states

RULES = ArrearsRules()


def day(text):
    """Return a day of 2026 told as "21-10" (day, month)."""
    number, month = text.split("-")
    return date(2026, int(month), int(number))


def bills(**months):
    """``a="8 9:25-09"``: customer a, month 8 unpaid, month 9 paid on the 25th of September."""
    rows = []
    for idpel, told in months.items():
        for one in told.split():
            month, _, paid = one.partition(":")
            rows.append((idpel, f"2026{int(month):02d}", day(paid) if paid else None, None, None, day("1-11")))  # fmt: skip
    return pd.DataFrame(rows, columns=["idpel", "blth", "paid_on", "status_code", "told", "known_on"])  # fmt: skip


def events(*told):
    """``"a putus 21-09"``: an act; a "!" behind it breaks a rule."""
    rows = []
    for number, one in enumerate(told):
        idpel, kind, on = one.removesuffix("!").split()
        at = datetime.combine(day(on), datetime.min.time(), UTC)
        rows.append((idpel, kind, at, day(on), not one.endswith("!"), f"{number:02d}"))
    return pd.DataFrame(rows, columns=["idpel", "kind", "at", "on", "valid", "client_id"])


def by_idpel(column, **values):
    index = pd.Index(list(values), name="idpel", dtype="str")
    return pd.DataFrame({column: list(values.values())}, index=index)


def checks(**told):
    """``a="lunas 22-09"``."""
    index = pd.Index(list(told), name="idpel", dtype="str")
    split = [v.split() for v in told.values()]
    return pd.DataFrame(
        {"paid": [s[0] == "lunas" for s in split], "on": [day(s[1]) for s in split]}, index=index
    )


def known(some_bills, *acts, said=None, orders=None, back=None, **more):
    none = by_idpel("due_on")
    return Known(
        some_bills, events(*acts), checks() if said is None else said,
        none if orders is None else orders, none if back is None else back, **more,
    )  # fmt: skip


def at(on, some_bills, *acts, rules=RULES, **more):
    """Return the states on a day."""
    return states(known(some_bills, *acts, **more), on=day(on), rules=rules)
