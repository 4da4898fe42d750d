"""What one sheet says: plain tables and words, gathered by the workflow, drawn by the rest."""

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from rbmgeo.sheets.panels import Panel

Floats = npt.NDArray[np.float64]

#: Columns of the houses of a sheet (`rbmgeo.db.queries.sheets.rbm_houses`), with ``x``, ``y``.
HOUSES = (
    "idpel", "rbm", "urut", "sisipan", "x", "y", "address", "tarif", "daya_va", "meter_number",
    "gardu", "tiang", "jurusan",
)  # fmt: skip


@dataclass(frozen=True)
class Overview:
    """Where things lie in the unit: its main roads and gardu (metres)."""

    roads: list[Floats]
    gardu: Floats
    outline: list[Floats]
    low: tuple[float, float]
    high: tuple[float, float]


@dataclass(frozen=True)
class Sheet:
    """One Peta RBM or Peta Gardu; positions in metres of the unit's UTM zone.

    Row of ``houses``: one customer, in walking order (of a gardu: by RBM, then so). ``x`` and
    ``y`` are missing without a known place: such a customer is in the table and counted,
    never put somewhere. ``others``: customers around (x, y, rbm). ``facts``: words for the
    side column, in order. ``link``: what the QR code says.
    """

    kind: str
    code: str
    ulp: str
    unit: str
    period: str
    houses: pd.DataFrame
    others: pd.DataFrame
    gardu: pd.DataFrame
    streets: gpd.GeoDataFrame
    spans: gpd.GeoDataFrame
    poles: Floats
    panels: list[Panel]
    facts: list[tuple[str, str]]
    printed: str
    link: str = ""
    sample: bool = False
    draft: bool = False
    overview: Overview | None = None
    notes: tuple[str, ...] = ()
    signers: tuple[tuple[str, str], ...] = field(default=(("Perencana", ""), ("Pengawas", "")))

    @property
    def is_rbm(self) -> bool:
        """Say whether it is the sheet of an RBM (else of a gardu)."""
        return self.kind == "rbm"

    @property
    def title(self) -> str:
        """Return the words at its head."""
        return f"Peta RBM {self.code}" if self.is_rbm else f"Peta Gardu {self.code}"

    def numbers(self) -> list[str]:
        """Return the number of each row: urut with sisipan, else its place in the table.

        A gardu's customers come from several RBM: there the row of the table counts.
        """
        if not self.is_rbm or self.houses["urut"].isna().any():
            return [str(n + 1) for n in range(len(self.houses))]
        pairs = zip(self.houses["urut"], self.houses["sisipan"].fillna(0), strict=True)
        return [f"{int(u)}.{int(s)}" if s else str(int(u)) for u, s in pairs]
