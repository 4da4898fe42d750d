"""What changed from one month's lists to the next: one row per customer and kind of change."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from rbmgeo.frames import MONTH_FACTS
from rbmgeo.terms import Act, Mutation, ReadBy, Service

#: A tariff that ends in T is prepaid (domain.md 1.6).
PREPAID = r"[A-Z]+\d+[A-Z]*T"

Said = dict[str, Any]


@dataclass(frozen=True)
class Months:
    """The lists of a unit that are compared.

    Parameters
    ----------
    before, now
        `MONTH_FACTS` of the month before and of the newest, one row per idpel.
    blth_before, blth
        Which months those are.
    customers
        The master: index idpel; ``active``, ``jenis_layanan``, ``dibaca_oleh``.
    placed
        idpels that have a place in the version that is worked on.
    earlier
        idpel -> newest month before ``blth_before`` whose list had the customer.
    elsewhere
        What other units say of these customers: ``idpel``, ``ulp``, ``active``,
        ``first_blth``, ``last_blth`` (months of that unit's lists, missing: never listed) and
        ``here_first`` (first month of this unit's lists).
    meters
        Meter numbers that the master changed this month: index idpel; ``before``, ``after``.
    tokens
        idpels that bought a token this month.
    pln_over_va
        Above it PLN reads itself (R-RO-10).
    """

    before: pd.DataFrame
    now: pd.DataFrame
    blth_before: str
    blth: str
    customers: pd.DataFrame
    placed: "frozenset[str]" = frozenset()
    earlier: dict[str, str] = field(default_factory=dict)
    elsewhere: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            columns=["idpel", "ulp", "active", "first_blth", "last_blth", "here_first"]
        )
    )
    meters: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["before", "after"]))
    tokens: "frozenset[str]" = frozenset()
    pln_over_va: float = 33_000


@dataclass(frozen=True)
class Detected:
    """The mutations, and the RBM of which nobody is on the new list (probably not imported)."""

    rows: pd.DataFrame
    rbm_missing: list[str]


COLUMNS = ("idpel", "kind", "act", "before", "after", "other_ulp", "evidence")


def detect(months: Months) -> Detected:
    """Compare two months and the master; nothing is applied, every row says why.

    An RBM whose customers are all absent from the new list was not read out of the system yet
    (units keep one file per RBM): its customers are not called gone, the RBM is named instead.

    Returns
    -------
    Detected
        ``rows``: one row per idpel and kind, sorted by kind and idpel; ``act`` is what
        accepting it does to the draft (`Act`), ``evidence`` a list of dicts with ``key``.
    """
    MONTH_FACTS.check(months.before)
    MONTH_FACTS.check(months.now)
    absent = months.before.index.difference(months.now.index)
    there = set(months.now["rbm"].dropna())
    kept = set(months.before.loc[months.before.index.intersection(months.now.index), "rbm"])
    missing = sorted(set(months.before["rbm"].dropna()) - there - kept)
    absent = absent[~months.before.loc[absent, "rbm"].isin(missing).to_numpy()]
    parts = (
        _arrived(months),
        _left(months, absent),
        _claimed(months),
        _changed(months),
        _unplaced(months),
    )
    rows = pd.DataFrame(
        [row for part in parts for row in part], columns=list(COLUMNS), dtype=object
    )
    order = {kind.value: n for n, kind in enumerate(Mutation)}
    rows = rows.drop_duplicates(["idpel", "kind"])
    rows = rows.sort_values(
        ["kind", "idpel"], key=lambda c: c.map(order) if c.name == "kind" else c
    )
    return Detected(rows.reset_index(drop=True), missing)


def _row(
    idpel: str, kind: Mutation, act: Act, evidence: list[Said], before: object = None,
    after: object = None, other_ulp: str | None = None,
) -> tuple[Any, ...]:  # fmt: skip
    said = [None if _gone(v) else str(v) for v in (before, after)]
    return (idpel, kind.value, act.value, *said, other_ulp, evidence)


def _arrived(m: Months) -> Iterator[tuple[Any, ...]]:
    from_unit = {row.idpel: row for row in m.elsewhere.itertuples() if _came_from(row, m)}
    for idpel in m.now.index.difference(m.before.index):
        rbm = m.now.at[idpel, "rbm"]
        evidence: list[Said] = [{"key": "mutation.not_before", "blth": m.blth_before}]
        if not _vendor_reads(m, idpel):
            continue  # on the list, read by nobody of ours: matching warns of it (R-PR-02)
        act = Act.NOTE if idpel in m.placed else Act.PLACE
        if idpel in m.placed:
            evidence.append({"key": "mutation.has_place"})
        if idpel in from_unit:
            told = from_unit[idpel]
            if told.active:
                evidence.append({"key": "mutation.active_there", "ulp": told.ulp})
            if not _gone(told.last_blth):
                evidence.append(
                    {"key": "mutation.listed_there", "ulp": told.ulp, "blth": told.last_blth}
                )
            yield _row(idpel, Mutation.DARI_UNIT, act, evidence, told.ulp, rbm, str(told.ulp))
            continue
        if idpel in m.earlier:
            evidence.append({"key": "mutation.back", "blth": m.earlier[idpel]})
        if idpel in m.customers.index and not bool(m.customers.at[idpel, "active"]):
            evidence.append({"key": "mutation.was_closed"})
        yield _row(idpel, Mutation.BARU, act, evidence, None, rbm)


def _left(m: Months, absent: "pd.Index[Any]") -> Iterator[tuple[Any, ...]]:
    went = {row.idpel: row for row in m.elsewhere.itertuples() if _went_to(row, m.blth)}
    for idpel in absent:
        rbm = m.before.at[idpel, "rbm"]
        act = Act.REMOVE
        evidence: list[Said] = [{"key": "mutation.not_now", "blth": m.blth}]
        known = idpel in m.customers.index
        if idpel not in m.placed and not (known and bool(m.customers.at[idpel, "active"])):
            act = Act.NOTE
            evidence.append({"key": "mutation.no_place_left"})
        if idpel in went:
            told = went[idpel]
            evidence.append(
                {"key": "mutation.listed_there", "ulp": told.ulp, "blth": told.last_blth}
            )
            yield _row(idpel, Mutation.PINDAH_UNIT, act, evidence, rbm, told.ulp, str(told.ulp))
            continue
        prepaid = known and m.customers.at[idpel, "jenis_layanan"] == Service.PRA
        if prepaid or idpel in m.tokens:
            key = "mutation.bought_token" if idpel in m.tokens else "mutation.master_prepaid"
            yield _row(idpel, Mutation.KE_PRA, act, [*evidence, {"key": key, "blth": m.blth}], rbm)
            continue
        if known and not bool(m.customers.at[idpel, "active"]):
            evidence.append({"key": "mutation.was_closed"})
        yield _row(idpel, Mutation.HILANG, act, evidence, rbm)


def _claimed(m: Months) -> Iterator[tuple[Any, ...]]:
    """Name who is still on this unit's list and on another unit's newer one as well."""
    rows: list[Any] = list(m.elsewhere.itertuples())
    for row in rows:
        if row.idpel in m.now.index and _went_to(row, m.blth):
            evidence: list[Said] = [
                {"key": "mutation.listed_there", "ulp": row.ulp, "blth": row.last_blth},
                {"key": "mutation.still_here", "blth": m.blth},
            ]
            rbm = m.now.at[row.idpel, "rbm"]
            yield _row(row.idpel, Mutation.PINDAH_UNIT, Act.REMOVE, evidence, rbm, row.ulp, row.ulp)


def _changed(m: Months) -> Iterator[tuple[Any, ...]]:
    """Name what is different about customers of both months."""
    both = m.now.index.intersection(m.before.index)
    was, is_ = m.before.loc[both], m.now.loc[both]
    for idpel in both[_differs(was["tarif"], is_["tarif"])]:
        old, new = was.at[idpel, "tarif"], is_.at[idpel, "tarif"]
        evidence: list[Said] = [
            {"key": "mutation.lists_say", "before": m.blth_before, "after": m.blth}
        ]
        if _prepaid(new) and not _prepaid(old):
            act = Act.REMOVE if idpel in m.placed else Act.NOTE
            yield _row(idpel, Mutation.KE_PRA, act, evidence, old, new)
        else:
            yield _row(idpel, Mutation.UBAH_TARIF, Act.NOTE, evidence, old, new)
    for idpel in both[_differs(was["daya_va"], is_["daya_va"], _number)]:
        old, new = (float(str(t.at[idpel, "daya_va"])) for t in (was, is_))
        evidence = [{"key": "mutation.lists_say", "before": m.blth_before, "after": m.blth}]
        act = Act.NOTE
        if new > m.pln_over_va >= old and idpel in m.placed:
            act = Act.REMOVE
            evidence.append({"key": "mutation.pln_reads", "va": f"{m.pln_over_va:.0f}"})
        elif old > m.pln_over_va >= new and idpel not in m.placed:
            act = Act.PLACE
            evidence.append({"key": "mutation.vendor_reads", "va": f"{m.pln_over_va:.0f}"})
        yield _row(idpel, Mutation.UBAH_DAYA, act, evidence, f"{old:.0f}", f"{new:.0f}")
    yield from _meters(m)
    # The list moved them to another RBM, and the version that is worked on does not know it.
    for idpel in both[_differs(was["rbm"], is_["rbm"])]:
        if idpel in m.placed:
            evidence = [{"key": "mutation.lists_say", "before": m.blth_before, "after": m.blth}]
            yield _row(
                idpel, Mutation.PINDAH_RBM, Act.PLACE, evidence, was.at[idpel, "rbm"],
                is_.at[idpel, "rbm"],
            )  # fmt: skip


def _meters(m: Months) -> Iterator[tuple[Any, ...]]:
    """Meters changed: the list tells the stands of both, or the master another number."""
    stands = m.now[["removed_stand_kwh", "installed_stand_kwh"]].astype(float)
    told = stands.fillna(0).ne(0).any(axis=1)
    for idpel in m.now.index[told.to_numpy()]:
        if idpel not in m.before.index:
            continue
        pair = stands.loc[idpel]
        evidence: list[Said] = [
            {
                "key": "mutation.stands",
                "removed": _kwh(pair.iloc[0]),
                "installed": _kwh(pair.iloc[1]),
            }
        ]
        number = m.meters.loc[idpel] if idpel in m.meters.index else None
        yield _row(
            idpel, Mutation.GANTI_METER, Act.NOTE, evidence,
            None if number is None else number["before"],
            None if number is None else number["after"],
        )  # fmt: skip
    for idpel in m.meters.index.difference(m.now.index[told.to_numpy()]):
        old, new = m.meters.at[idpel, "before"], m.meters.at[idpel, "after"]
        if idpel in m.before.index and _plain(old) != _plain(new):
            yield _row(
                idpel, Mutation.GANTI_METER, Act.NOTE, [{"key": "mutation.master_meter"}], old, new
            )


def _unplaced(m: Months) -> Iterator[tuple[Any, ...]]:
    """Active customers of the vendor who are on neither list and have no place at all."""
    there = m.customers["active"].astype(bool) & m.customers["dibaca_oleh"].eq(ReadBy.VENDOR)
    known = m.customers.index[there].difference(m.now.index).difference(m.before.index)
    for idpel in known:
        if idpel not in m.placed:
            yield _row(idpel, Mutation.TANPA_RBM, Act.PLACE, [{"key": "mutation.on_no_list"}])


def _vendor_reads(m: Months, idpel: str) -> bool:
    if idpel not in m.customers.index:
        return True
    return bool(m.customers.at[idpel, "dibaca_oleh"] == ReadBy.VENDOR)


def _came_from(row: Any, m: Months) -> bool:
    """Say whether the other unit had the customer before this one did, and until lately."""
    lately = bool(row.active) or (not _gone(row.last_blth) and row.last_blth >= m.blth_before)
    return lately and _before(row)


def _before(row: Any) -> bool:
    return _gone(row.first_blth) or _gone(row.here_first) or bool(row.first_blth < row.here_first)


def _went_to(row: Any, blth: str) -> bool:
    """Say whether the other unit's newest list has the customer, who was here before."""
    if _gone(row.last_blth) or row.last_blth < blth or _gone(row.here_first):
        return False
    return bool(row.first_blth > row.here_first)


def _differs(
    was: pd.Series, is_: pd.Series, shape: Callable[[pd.Series], pd.Series] | None = None
) -> Any:
    """Say where both months tell a value and it is another one; missing is no change."""
    told = was.notna() & is_.notna()
    if shape is None:
        return (told & was.astype("str").str.strip().ne(is_.astype("str").str.strip())).to_numpy()
    return (told & shape(was).ne(shape(is_))).to_numpy()


def _number(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column, errors="coerce")


def _prepaid(tarif: object) -> bool:
    return (
        not _gone(tarif) and pd.Series([str(tarif).upper()]).str.fullmatch(PREPAID).item() is True
    )


def _plain(number: object) -> str:
    """Compare meter numbers as people do: letters and figures, leading zeros aside."""
    return "" if _gone(number) else "".join(c for c in str(number) if c.isalnum()).lstrip("0")


def _kwh(stand: object) -> str:
    return "–" if _gone(stand) else f"{float(str(stand)):g}"


def _gone(value: object) -> bool:
    return value is None or value is pd.NA or value != value
