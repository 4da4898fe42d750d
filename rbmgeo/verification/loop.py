"""How far the answers of each gardu or RBM have come, step by step (SOP IV.4 to IV.7)."""

import pandas as pd

#: The steps in their order; a house counts in each that it has reached.
STEPS = (
    "jawaban", "usulan", "disetujui", "versi", "verifikasi", "berita_acara", "serah_terima", "kembali",
)  # fmt: skip
NOWHERE = "–"


def counted(houses: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count the houses that reached each step.

    ``houses``: one row a house; ``by`` (a gardu or RBM, missing: none) and a column a step,
    missing where it was not reached. Returns one row a code, sorted, those without one last;
    columns `STEPS`.

    >>> h = pd.DataFrame({"gardu": ["A", "A", None], **{s: [1, None, 1] for s in STEPS}})
    >>> counted(h, "gardu")["usulan"].to_dict()
    {'A': 1, '–': 1}
    """
    code = houses[by].where(houses[by].notna(), NOWHERE)
    out = houses[list(STEPS)].notna().groupby(code.to_numpy()).sum().rename_axis(by)
    last = pd.Series(out.index == NOWHERE, index=out.index)
    order = last.sort_values(kind="stable").index
    return out.astype(int).loc[order]
