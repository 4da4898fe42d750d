"""R-CH-05: the source's next list against what was handed over, customer by customer."""

import pandas as pd

from rbmgeo.frames import HANDED_OVER
from rbmgeo.handoff.tables import FIELDS
from rbmgeo.terms import Returned


def check(handed: pd.DataFrame, returned: pd.DataFrame) -> pd.DataFrame:
    """Say of every handed-over change what became of it.

    Parameters
    ----------
    handed
        `HANDED_OVER`: one row per idpel; fields are missing where there was no place before
        (new customer) or is none after (taken off).
    returned
        Index idpel: ``rbm``, ``urut``, ``sisipan``, ``gardu`` of the source's next list;
        what it tells of nobody is compared with nothing.

    Returns
    -------
    DataFrame
        Index as ``handed``; ``state`` (`Returned`) and ``rbm_now``, ``urut_now``,
        ``sisipan_now``, ``gardu_now``. An RBM of which the list has nobody at all was not
        imported: its rows are ``not_in_list``, not gone.
    """
    HANDED_OVER.check(handed)
    now = returned.reindex(handed.index)[list(FIELDS)].add_suffix("_now")
    here = pd.Series(handed.index.isin(returned.index), index=handed.index)
    taken_off = handed["rbm_after"].isna()
    there = set(returned["rbm"].dropna())
    asked = handed["rbm_after"].fillna(handed["rbm_before"])
    unseen = ~here & ~asked.isin(there) & ~handed["rbm_before"].isin(there)

    any_field = pd.Series(False, handed.index)
    done, left = pd.Series(True, handed.index), pd.Series(True, handed.index)
    for write in (_rbm, _place, _gardu):
        before, after, is_ = (
            write(table, when)
            for table, when in ((handed, "before"), (handed, "after"), (now, "now"))
        )
        # A list that tells such a thing of others says something by leaving it out here.
        tells = bool(write(returned.add_suffix("_now"), "now").ne("").any())
        asks = before.ne(after) & after.ne("") & (is_.ne("") | tells)
        any_field |= asks
        done &= ~asks | is_.eq(after)
        left &= ~asks | is_.eq(before)

    state = pd.Series(Returned.OTHER.value, index=handed.index)
    state[left] = Returned.NOT_APPLIED.value
    state[done] = Returned.APPLIED.value
    state[~any_field] = Returned.UNSEEN.value
    state[~here] = Returned.GONE.value
    state[here & taken_off] = Returned.NOT_APPLIED.value
    state[~here & taken_off] = Returned.APPLIED.value
    state[~here & ~taken_off & handed["rbm_before"].isna()] = Returned.NOT_APPLIED.value
    state[unseen] = Returned.UNSEEN.value
    return now.assign(state=state)


def _rbm(table: pd.DataFrame, when: str) -> pd.Series:
    return table[f"rbm_{when}"].astype("str").fillna("").str.upper()


def _place(table: pd.DataFrame, when: str) -> pd.Series:
    """Write urut and sisipan as one, so that equal places are equal; missing is empty."""
    urut, sisipan = (
        pd.to_numeric(table[f"{name}_{when}"], errors="coerce") for name in ("urut", "sisipan")
    )
    written = [
        "" if u != u else f"{int(u)}/{0 if s != s else int(s)}"
        for u, s in zip(urut.astype(float), sisipan.astype(float), strict=True)
    ]
    return pd.Series(written, index=table.index, dtype="str")


def _gardu(table: pd.DataFrame, when: str) -> pd.Series:
    text = table[f"gardu_{when}"].astype("str").fillna("").str.upper()
    return text.str.replace(r"[\s.\-]", "", regex=True)
