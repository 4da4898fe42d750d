"""The tables that travel between rooms: name, key, columns, spelled in one file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.types import union_categoricals

from rbmgeo.errors import FrameError


def among(values: "pd.Series[Any] | pd.Index[Any]", others: Any) -> npt.NDArray[np.bool_]:
    """Mark the texts that are among others; pandas' own `isin` looks at them one by one."""
    told = pa.array(pd.array(pd.Index(values), dtype="str"), type=pa.large_string())
    known = pa.array(pd.array(pd.Index(others), dtype="str"), type=pa.large_string())
    return np.asarray(pc.is_in(told, value_set=known, skip_nulls=True))


def in_order(rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return the rows by the texts of some columns, byte by byte; missing ones last."""
    told = pa.table({n: pa.array(rows[n].astype("str").array) for n in names})
    return rows.take(np.asarray(pc.sort_indices(told, [(n, "ascending") for n in names])))


def numbered(texts: pd.Series) -> "tuple[npt.NDArray[np.int64], pd.Index]":
    """Return the number of each text (0, 1, ...) and the texts once each, in order.

    As pandas' `factorize`, which needs four times the memory of a million texts for it.
    """
    told = pa.array(texts.astype("str").array, type=pa.large_string())
    if told.null_count:
        raise FrameError(f"{told.null_count} of the texts to be numbered are missing")
    order = pc.sort_indices(told)
    ordered = told.take(order)
    first = np.ones(len(told), dtype=bool)
    first[1:] = np.asarray(pc.not_equal(ordered[1:], ordered[:-1]))
    numbers = np.empty(len(told), dtype=np.int64)
    numbers[np.asarray(order)] = np.cumsum(first) - 1
    return numbers, pd.Index(pd.array(ordered.filter(pa.array(first)), dtype="str"))


def digits(texts: "pd.Series[Any] | pd.Index[Any]") -> "npt.NDArray[np.int64] | None":
    """Return texts as numbers if all are digits of one width, as idpels are; else None.

    Such numbers sort and join as the texts do, in a tenth of the time.
    """
    told = pa.array(pd.array(pd.Index(texts), dtype="str"), type=pa.large_string())
    if not len(told) or told.null_count:
        return None
    width = pc.min_max(pc.binary_length(told)).as_py()
    alike = width["min"] == width["max"] <= 18 and pc.all(pc.ascii_is_decimal(told)).as_py()
    return np.asarray(pc.cast(told, pa.int64())) if alike else None


def reindexed(rows: Any, index: "pd.Index[Any]") -> Any:
    """Return ``rows.reindex(index)`` of a frame or series whose index holds texts once each."""
    if rows.index is index or rows.index.equals(index):
        return rows
    have, wanted = _alike(rows.index, index)
    return rows.set_axis(have).reindex(wanted).set_axis(index)


def joined(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Return ``left.join(right, how="outer")`` in the order of idpel, each there once."""
    first, second = _alike(left.index, right.index)
    both = left.set_axis(first).join(right.set_axis(second), how="outer").sort_index()
    if first is not left.index:
        width = len((left.index if len(left) else right.index)[0])
        told = pc.utf8_lpad(pc.cast(pa.array(both.index), pa.large_string()), width, "0")
        both = both.set_axis(pd.Index(pd.array(told, dtype="str")))
    return both.rename_axis("idpel")


def _alike(one: "pd.Index[Any]", other: "pd.Index[Any]") -> "tuple[pd.Index[Any], pd.Index[Any]]":
    """Return two indexes as numbers, if all texts of both are digits of one width."""
    told = digits(one.append(other))
    if told is None:
        return one, other
    return pd.Index(told[: len(one)]), pd.Index(told[len(one) :])


def places(values: "pd.Series[Any] | pd.Index[Any]", codes: Any) -> "npt.NDArray[np.int64]":
    """Return where each text stands among codes, -1 where it does not."""
    told = pa.array(pd.array(pd.Index(values), dtype="str"), type=pa.large_string())
    known = pa.array(pd.array(pd.Index(codes), dtype="str"), type=pa.large_string())
    found = pc.index_in(told, value_set=known, skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1), dtype=np.int64)


def stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of frames with the same columns, one after another; categories stay so."""
    return pd.DataFrame(
        {
            name: union_categoricals([f[name] for f in frames])
            if isinstance(frames[0][name].dtype, pd.CategoricalDtype)
            else pd.concat([f[name] for f in frames], ignore_index=True)
            for name in frames[0].columns
        }
    )


@dataclass(frozen=True)
class Table:
    """A contract: what a row is (``name``), its unique index (``key``) and its columns.

    ``key`` is empty where rows may repeat and the index means nothing.
    """

    name: str
    key: str
    columns: tuple[str, ...]

    def check(self, frame: pd.DataFrame) -> None:
        """Raise `FrameError` naming every broken promise at once."""
        faults = [f"column {c!r} is missing" for c in self.columns if c not in frame]
        if self.key and frame.index.name != self.key:
            faults.append(f"index is {frame.index.name!r}, not {self.key!r}")
        elif self.key and not frame.index.is_unique:
            twice = frame.index[frame.index.duplicated()].unique()[:3].tolist()
            faults.append(f"{self.key} repeats, e.g. {twice}")
        if faults:
            raise FrameError(f"{self.name}: " + "; ".join(faults))

    def empty(self) -> pd.DataFrame:
        """Return the table without a row, every column as text."""
        index = pd.Index([], name=self.key or None, dtype="str")
        return pd.DataFrame({c: pd.Series(dtype="str") for c in self.columns}, index=index)


#: One row per customer of the unit, inactive too. ``geometry`` is the point in use (R-LO-01) in
#: metres of the unit's UTM zone, None where there is none. ``daya_va`` is NaN where unknown.
CUSTOMERS = Table(
    "customers",
    "idpel",
    (
        "active", "jenis_layanan", "dibaca_oleh", "tarif", "daya_va", "meter_number",
        "point_source", "coordinate_quality", "spread_m", "geometry",
    ),
)  # fmt: skip

#: `CUSTOMERS` without their places: ``has_point`` says whether there is one.
PEOPLE = Table("people", "idpel", ("active", "jenis_layanan", "dibaca_oleh", "has_point"))

#: One row per line of the RBM list of one month as the source gave it; an idpel may repeat
#: (``ganda``). ``gardu`` only where the source has such a column, else missing.
RBM_LIST = Table(
    "rbm list", "", ("idpel", "line", "rbm", "urut", "sisipan", "hari_baca", "officer", "gardu")
)

#: One row per customer that stands on exactly one RBM; ``urut`` 1-999, ``sisipan`` 0-99.
RBM_MEMBERS = Table("rbm members", "idpel", ("rbm", "urut", "sisipan"))

#: One row per customer on the lists of one month, its first line where there are several.
MONTH_FACTS = Table(
    "facts of a month",
    "idpel",
    (
        "rbm", "urut", "sisipan", "kddk", "gardu", "tarif", "daya_va", "removed_stand_kwh",
        "installed_stand_kwh",
    ),
)  # fmt: skip

#: One row per customer that asks for a place; ``x``, ``y`` in metres, NaN where no point is known.
NEWCOMERS = Table(
    "newcomers",
    "idpel",
    ("rbm", "urut", "sisipan", "list_gardu", "gardu", "tiang", "deret", "x", "y"),
)

#: One row per customer whose place or gardu is handed over: as the source said it, as it is now.
HANDED_OVER = Table(
    "handed-over changes",
    "idpel",
    (
        "rbm_before", "urut_before", "sisipan_before", "gardu_before",
        "rbm_after", "urut_after", "sisipan_after", "gardu_after",
    ),
)  # fmt: skip

#: One row per PDPJ line valid now; an idpel may repeat (``ganda``). ``conflict`` is True where
#: lines contradict each other and none may assign (R-IM-04).
PDPJ_LINES = Table(
    "pdpj lines",
    "",
    ("idpel", "line", "gardu", "jurusan", "tiang", "deret", "penyulang", "conflict"),
)

#: One row per customer with exactly one undisputed PDPJ record.
PDPJ = Table("pdpj", "idpel", ("gardu", "jurusan", "tiang", "deret"))

#: One row per gardu of the unit, those without customers too; ``geometry`` metres or None.
GARDU = Table("gardu", "gardu", ("penyulang", "rating_kva", "without_master", "geometry"))

#: One row per pole; ``geometry`` metres.
TIANG = Table("tiang", "tiang", ("geometry",))

#: One row per low-voltage span between two poles (or nodes), tagged with its gardu if known.
JTR = Table(
    "jtr spans",
    "span",
    ("gardu", "jurusan", "tiang_1", "tiang_2", "node_1", "node_2", "length_m", "geometry"),
)

#: One row per service drop from a pole to a service point.
DROPS = Table("service drops", "drop_id", ("tiang", "service_point", "node", "gardu", "length_m"))

#: One row per street line; ``geometry`` metres (LineString).
STREETS = Table(
    "streets", "street_id", ("highway", "name", "oneway", "layer", "bridge", "tunnel", "geometry")
)

#: One row per customer of the union of both lists (R-MA-01).
MATCHES = Table(
    "matches",
    "idpel",
    ("rbm", "gardu", "match", "reason", "tanpa_koordinat", "kode_d", "home_rbm_differs"),
)

#: One row per active customer with a PDPJ record: p = P(recorded gardu is wrong).
FINDINGS = Table(
    "findings",
    "idpel",
    ("kind", "p", "raw_p", "gardu", "proposed_gardu", "patch", "tier", "reasons", "question"),
)
