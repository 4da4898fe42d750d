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
        columns it does not tell are missing and compared with nothing.

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

    compared = pd.DataFrame(index=handed.index)
    done, left = pd.Series(True, handed.index), pd.Series(True, handed.index)
    for name in FIELDS:
        before, after, is_ = (
            _comparable(t[c], name)
            for t, c in (
                (handed, f"{name}_before"),
                (handed, f"{name}_after"),
                (now, f"{name}_now"),
            )
        )
        asks = before.ne(after) & is_.ne("") & after.ne("")
        compared[name] = asks
        done &= ~asks | is_.eq(after)
        left &= ~asks | is_.eq(before)
    any_field = compared.any(axis=1)

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


def _comparable(column: pd.Series, name: str) -> pd.Series:
    """Write a field so that equal things are equal; missing is the empty text."""
    if name in ("urut", "sisipan"):
        number = pd.to_numeric(column, errors="coerce")
        return number.map(lambda v: str(int(v)), na_action="ignore").astype("str").fillna("")
    text = column.astype("str").fillna("").str.upper()
    return text.str.replace(r"[\s.\-]", "", regex=True) if name == "gardu" else text
