"""What two lists say before anything is known of places: in both, in one, in none, and why."""

import numpy as np
import pandas as pd

from rbmgeo.frames import PDPJ_LINES, PEOPLE, RBM_LIST
from rbmgeo.matching.lines import everybody, first_line
from rbmgeo.terms import ReadBy, Service

BOTH, ONLY_RBM, ONLY_PDPJ, NEITHER = "keduanya", "hanya_rbm", "hanya_pdpj", "tanpa_daftar"
#: Reasons for which a customer is rightly on one list only (R-MA-11).
EXPECTED = ("wajar_pra", "wajar_pln")
#: A list that was never loaded says nothing about anybody.
NO_LIST = "daftar_belum_ada"


def standing(
    people: pd.DataFrame, rbm_list: pd.DataFrame, pdpj_lines: pd.DataFrame
) -> pd.DataFrame:
    """Return where every customer (`PEOPLE`) stands: one row per active customer or listed idpel.

    Columns ``rbm``, ``gardu`` (missing where there is none), ``part`` (`BOTH` ...; the parts
    sum to the rows), ``why``: ``wajar_pra``, ``wajar_pln`` (R-MA-11), ``R-PR-02`` (prepaid, yet
    on an RBM), `NO_LIST`, else ``perlu_dilihat``, "" for those on both; ``has_point``.
    """
    PEOPLE.check(people)
    RBM_LIST.check(rbm_list)
    PDPJ_LINES.check(pdpj_lines)
    rbm = first_line(rbm_list, "rbm")["rbm"]
    gardu = first_line(pdpj_lines, "gardu")["gardu"]
    active = people.index[people["active"].astype(bool)]
    everyone = everybody(active, rbm.index, gardu.index)
    who = people.reindex(everyone)
    rows = pd.DataFrame({"rbm": rbm.reindex(everyone), "gardu": gardu.reindex(everyone)})
    on_rbm, on_pdpj = rows["rbm"].notna(), rows["gardu"].notna()
    rows["part"] = np.select(
        [on_rbm & on_pdpj, on_rbm, on_pdpj], [BOTH, ONLY_RBM, ONLY_PDPJ], default=NEITHER
    )
    prepaid = who["jenis_layanan"].eq(Service.PRA)
    unlisted = ~on_rbm
    rows["why"] = np.select(
        [
            rows["part"].eq(BOTH),
            unlisted & prepaid,
            unlisted & who["dibaca_oleh"].eq(ReadBy.PLN),
            unlisted & (len(rbm_list) == 0),
            on_rbm & prepaid,
            on_rbm & (len(pdpj_lines) == 0),
        ],
        ["", "wajar_pra", "wajar_pln", NO_LIST, "R-PR-02", NO_LIST],
        default="perlu_dilihat",
    )
    rows["has_point"] = people["has_point"].reindex(everyone, fill_value=False)
    return rows


def parts(rows: pd.DataFrame) -> pd.DataFrame:
    """Count the rows of `standing` by part and reason; ``customers`` sum to all of them."""
    counted = rows.groupby(["part", "why"]).size().rename("customers").reset_index()
    return counted.sort_values(["part", "why"], ignore_index=True)
