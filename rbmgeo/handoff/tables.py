"""SOP IV.7: the tables that leave: the reader's list, what changed, and the whole."""

import pandas as pd

from rbmgeo.frames import HANDED_OVER, RBM_MEMBERS
from rbmgeo.routes.codes import KDDK_PATTERN, blanked, composed

#: What a change is called in the file: a place or gardu given, taken away, or another one.
NEW, REMOVED, CHANGED = "baru", "keluar", "ubah"
FIELDS = ("rbm", "urut", "sisipan", "gardu")


def readers_list(
    members: pd.DataFrame, customers: pd.DataFrame, schedule: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per customer in walking order, RBM by RBM, with target and date (R-RO-09).

    Parameters
    ----------
    members
        `RBM_MEMBERS` of a published version.
    customers
        Index idpel; what the reader needs (name, address, meter, stand before, gardu ...).
    schedule
        Index rbm: ``officer``, ``hari_baca``, ``read_on`` and ``customers`` of the month.

    Returns
    -------
    DataFrame
        Columns of all three, with ``step`` (1, 2, ... within the RBM) and ``target``
        (customers of the RBM on this list). Nobody of the version is left out.
    """
    RBM_MEMBERS.check(members)
    rows = members.reset_index().sort_values(["rbm", "urut", "sisipan", "idpel"])
    rows["step"] = rows.groupby("rbm").cumcount() + 1
    rows["target"] = rows.groupby("rbm")["idpel"].transform("size")
    rows = rows.join(schedule[["officer", "hari_baca", "read_on"]], on="rbm")
    told = customers.drop(columns=["urut", "sisipan", "rbm"], errors="ignore")
    return rows.join(told, on="idpel").reset_index(drop=True)


def changes(
    members: pd.DataFrame,
    gardu: pd.DataFrame,
    source: pd.DataFrame,
    vendor_read: "set[str]",
    pattern: str = "",
) -> pd.DataFrame:
    """Return what differs between a version and what the source's list last said.

    Parameters
    ----------
    members
        `RBM_MEMBERS` of the version.
    gardu
        Index idpel: ``gardu_before`` (as the sources last said), ``gardu_after`` (in force),
        ``ours`` (the record in force came from a survey).
    source
        Index idpel: ``rbm``, ``urut``, ``sisipan``, ``kddk`` of the source's list.
    vendor_read
        Active customers of the vendor: who is on the list and no longer in the version and is
        not among them was taken off; the others were never ours to take off.
    pattern
        Where urut and sisipan stand in this unit's codes (`kddk`).

    Returns
    -------
    DataFrame
        `HANDED_OVER` with ``change`` (baru, keluar, ubah) and ``kddk_before``, ``kddk_after``,
        sorted by idpel; only rows in which something differs. Of a list without any place
        only the RBM is compared.
    """
    RBM_MEMBERS.check(members)
    both = members.add_suffix("_after").join(source.add_suffix("_before"), how="outer")
    both = both.rename_axis("idpel").join(gardu).sort_index()
    both["ours"] = both["ours"].eq(True)
    on_list, in_version = both["rbm_before"].notna(), both["rbm_after"].notna()
    # A list that tells places, but not this one, is told it; one that tells none is not asked.
    place = on_list & in_version & bool(both["urut_before"].notna().any())
    differs = on_list & in_version & both["rbm_before"].ne(both["rbm_after"])
    for name in ("urut", "sisipan"):
        differs |= place & both[f"{name}_before"].fillna(0).ne(both[f"{name}_after"])
    known = both["gardu_before"].notna() & both["gardu_after"].notna()
    gardu_differs = known & both["gardu_before"].ne(both["gardu_after"])
    # A survey found the gardu of a customer for whom no file had told one.
    gardu_differs |= both["gardu_before"].isna() & both["gardu_after"].notna() & both["ours"]
    both["change"] = pd.Series(pd.NA, index=both.index, dtype="str")
    both.loc[differs | (gardu_differs & in_version), "change"] = CHANGED
    both.loc[in_version & ~on_list, "change"] = NEW
    gone = on_list & ~in_version
    ours = pd.Series(both.index.isin(list(vendor_read)), index=both.index)
    both.loc[gone & ~ours, "change"] = REMOVED
    both["kddk_after"] = kddk(both, source, pattern)
    same = both["rbm_before"].eq(both["rbm_after"]) & ~differs
    both.loc[same, "kddk_after"] = both.loc[same, "kddk_before"]
    both.loc[~in_version, "gardu_after"] = pd.NA
    out = both[both["change"].notna()]
    columns = [f"{f}_{when}" for when in ("before", "after") for f in (*FIELDS, "kddk")]
    out = out[["change", *columns]]
    HANDED_OVER.check(out)
    return out


def whole(
    members: pd.DataFrame,
    gardu: pd.DataFrame,
    source: pd.DataFrame,
    kwh: pd.DataFrame,
    pattern: str = "",
) -> pd.DataFrame:
    """Return every member with RBM, place, KDDK and gardu, and the kWh of the month before.

    ``kwh`` has index idpel and column ``kwh`` (Decimal, missing: unread is not zero).
    """
    RBM_MEMBERS.check(members)
    rows = members.reset_index().sort_values(["rbm", "urut", "sisipan", "idpel"])
    rows = rows.set_index("idpel").join(gardu["gardu_after"].rename("gardu")).join(kwh["kwh"])
    named = rows.rename(columns={f: f"{f}_after" for f in ("rbm", "urut", "sisipan")})
    rows["kddk"] = kddk(named, source, pattern)
    return rows.reset_index()


def kddk(rows: pd.DataFrame, source: pd.DataFrame, pattern: str = "") -> pd.Series:
    """Return the KDDK of each place, missing where that of the RBM is unknown.

    All but urut and sisipan is what most customers of the RBM had in the source's list. Where
    both stand in a code the unit's ``pattern`` says (groups ``urut`` and ``sisipan``), else the
    twelve characters of domain.md 1.3. A code of another shape is opaque, and none is made up;
    nor is one for a place whose digits it cannot hold.
    """
    text = source["kddk"].dropna().astype("str").str.upper()
    heads = pd.DataFrame({
        "rbm": source["rbm"].reindex(text.index),
        "head": [blanked(code, pattern or KDDK_PATTERN) for code in text],
    })  # fmt: skip
    counts = heads.dropna().groupby(["rbm", "head"]).size().rename("n").reset_index()
    counts = counts.sort_values(["rbm", "n", "head"], ascending=[True, False, True])
    head = counts.drop_duplicates("rbm").set_index("rbm")["head"].to_dict()
    made = [
        composed(head[rbm], int(urut), int(sisipan))
        if rbm in head and pd.notna(urut) and pd.notna(sisipan)
        else None
        for rbm, urut, sisipan in zip(
            rows["rbm_after"], rows["urut_after"], rows["sisipan_after"], strict=True
        )
    ]
    return pd.Series(made, index=rows.index, dtype="str")
