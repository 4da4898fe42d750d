"""How each kind of checked table is kept, piece by piece; one function a kind, none commits."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import shapely
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import Written, month_exists, new_month
from rbmgeo.db.incoming import Incoming, add_missing
from rbmgeo.db.models import Ulp
from rbmgeo.db.queries import batches, imports, pdpj, spelling, units
from rbmgeo.errors import NothingToDo
from rbmgeo.frames import among
from rbmgeo.geo import metres_xy, utm_srid
from rbmgeo.intake import tables
from rbmgeo.intake.check import Checked
from rbmgeo.intake.kwh import kwh_told
from rbmgeo.intake.parts import row_of, table_of
from rbmgeo.intake.photo_store import Photos
from rbmgeo.intake.pieces import Ahead
from rbmgeo.settings import UnitSettings
from rbmgeo.terms import FileKind
from rbmgeo.workflows.placing import FirstPlaces

#: Columns of a position told that are weighed, not kept: ``geom`` holds them.
DEGREES = ["lon", "lat"]
#: Columns of rows written out by which `Incoming` still tells what they are.
_TELLING = {"customer": ["idpel"], "customer_point": ["idpel", "source"]}


class Keeper:
    """Writes the checked pieces of one table into the unit, in the transaction at hand.

    ``months`` are those that got readings, ``changed`` counts what the table changed of what
    was known, so that nothing changes in silence. ``unchanged`` counts, by the number of the
    table, rows that changed nothing, ``same`` by table the rows that were there already, ``kwh_same`` their kWh.
    ``people`` are the customers that the rows name, ``of_month`` the one month (YYYYMM) that the
    table is of, "" where it tells none.
    """

    def __init__(
        self, session: Session, ulp: str, batch_id: int, today: date, photos: Photos, of_month: str
    ) -> None:
        self.session, self.ulp, self.batch_id, self.today = session, ulp, batch_id, today
        self.photos, self.of_month = photos, of_month
        self.unit = units.unit(session, ulp=ulp)
        self.incoming = Incoming(session, ulp=ulp, batch_id=batch_id)
        self.first = FirstPlaces(self.unit, units.outline(session, ulp=ulp))
        self.placed = False
        self.months: set[str] = set()
        self.month = ""  # of RBM rows that name none
        self.changed: dict[str, int] = {}
        self.unchanged: Counter[int] = Counter()
        self.same: dict[str, int] = {}
        self.kwh_same = Decimal(0)
        self.people: list[batches.People] = []
        self.piece = pd.DataFrame()
        self._aliases: dict[str, str] | None = None
        self._wrote = np.zeros(0, dtype=bool)

    def keep(self, checked: Checked) -> None:
        """Write one piece."""
        if not checked.good:
            return
        self._known_aliases(checked)
        self.piece = checked.rows
        self._wrote = np.zeros(checked.good, dtype=bool)
        _KEEPERS[checked.profile.kind](self, checked)
        self.unchanged.update(table_of(checked.rows.index[~self._wrote]).tolist())
        if "idpel" in checked.rows:
            self.people.append(batches.as_people(checked.rows["idpel"]))

    def _known_aliases(self, checked: Checked) -> None:
        """Read codes of gardu as an approved decision united them; ``raw_gardu`` stays as told.

        Not in lists of gardu themselves: there each code is a row of its own.
        """
        if "gardu" not in checked.rows or "idpel" not in checked.rows:
            return
        if self._aliases is None:
            self._aliases = spelling.aliases(self.session, ulp=self.ulp)
        if self._aliases:
            checked.rows["gardu"] = checked.rows["gardu"].replace(self._aliases)

    def finish(self) -> None:
        """Complete what is written at the end only."""
        if self.placed:
            self.first.finish(self.session, self.incoming)
        else:
            self.incoming.finish()

    @contextmanager
    def begun(self, pieces: Iterable[Checked]) -> Iterator[Iterable[Checked]]:
        """Give the pieces to `keep` one by one; a unit's very first ones with their places."""
        nobody = self.incoming.is_empty("customer") and self.incoming.is_empty("customer_point")
        if not nobody:
            yield pieces
            return
        ahead = Ahead(self._readied(iter(pieces)))
        try:
            yield ahead
        finally:
            ahead.close()

    def _readied(self, pieces: Iterator[Checked]) -> Iterator[Checked]:
        """Yield pieces of a unit's very first customers, placed and written out for COPY.

        Asked for beside the database's work, as `made_ahead` is.
        """
        for piece in pieces:
            people, told = piece.made.get("people"), piece.made.get("told")
            if people is not None and told is not None:
                self.placed = True
                people = self.first.add(people, told)
                self._write_out(piece, "customer", "people", people)
                self._write_out(piece, "customer_point", "told", told.drop(columns=DEGREES))
            yield piece

    def _write_out(self, piece: Checked, table: str, name: str, rows: pd.DataFrame) -> None:
        written = piece.made[table] = self.incoming.written_out(table, rows)
        # What is written out is not needed twice: pieces that wait take up memory.
        piece.made[name] = rows if written is None else rows[_TELLING[table]]

    def note(self, **counts: int) -> None:
        """Count changes of what was known."""
        for name, n in counts.items():
            if n:
                self.changed[name] = self.changed.get(name, 0) + n

    def upsert(
        self,
        table: str,
        rows: pd.DataFrame,
        *key: str,
        keep_old: bool = True,
        written: Written | None = None,
    ) -> None:
        """Bring a table of the unit up to rows; ``key`` beside the unit."""
        if rows.empty:
            return
        done = self.incoming.upsert(
            table, rows, key=("ulp", *key), keep_old=keep_old, written=written
        )
        self.wrote(table, len(rows) - done, self.incoming.written)

    def wrote(self, table: str, same: int, written: pd.DataFrame | None) -> None:
        """Note how many rows a table had already, and the keys of those that changed it.

        None stands for all rows of the piece. Rows of the piece are told by the columns that
        both have.
        """
        if same:
            self.same[table] = self.same.get(table, 0) + same
        if written is None:
            self._wrote[:] = True
        elif len(written) and not self._wrote.all():
            shared = [n for n in written.columns if n != "ulp" and n in self.piece]
            self._wrote |= alike(self.piece, written, shared)

    def added(self, table: str, rows: pd.DataFrame, new: pd.DataFrame) -> None:
        """Note which rows of the piece were added to a table of moments; the rest was there."""
        self.wrote(table, len(rows) - len(new), new.iloc[:0])
        self._wrote |= self.piece.index.isin(new.index)


def alike(rows: pd.DataFrame, others: pd.DataFrame, names: list[str]) -> "np.ndarray[Any, Any]":
    """Mark the rows whose named columns are those of one of the others."""
    if others.empty:
        return np.zeros(len(rows), dtype=bool)
    if not names:
        return np.ones(len(rows), dtype=bool)
    return among(*(_joined(frame, names) for frame in (rows, others)))


def _joined(frame: pd.DataFrame, names: list[str]) -> pd.Series:
    done = frame[names[0]].astype("str").fillna("")
    for name in names[1:]:
        done = done.str.cat(frame[name].astype("str").fillna(""), sep="\x1f")
    return done


def touched(kind: FileKind) -> list[str]:
    """Return the tables that a large file of a kind changes much."""
    return _TOUCHED.get(kind, [])


def made_ahead(pieces: Iterator[Checked], unit: Ulp) -> Iterator[Checked]:
    """Yield pieces with the tables that customer lists are written as.

    To be asked for beside the database's work: while one piece is written, these of the next
    one are made.
    """
    over_va = UnitSettings.of(unit.settings).pln_read_over_va
    for piece in pieces:
        if piece.good and _KEEPERS[piece.profile.kind] is _customer_list:
            people = tables.customers(piece, pln_over_va=over_va)
            if _recorded(piece):  # the pole is the record's, which a survey may correct
                people["tiang"] = people["tiang"].mask(piece.rows["gardu"].notna())
            told = tables.customer_points(piece, time_zone=unit.time_zone)
            piece.made = {"told": told, "people": people}
        yield piece


def _recorded(checked: Checked) -> bool:
    """Say whether a list tells the gardu that a customer is recorded at."""
    return "gardu" in checked.rows and checked.profile.kind != FileKind.DPM


def _customer_list(keeper: Keeper, checked: Checked) -> None:
    """Keep DPM, PDPJ and other customer lists: what a file tells depends on its columns."""
    rows, kind = checked.rows, checked.profile.kind
    told, people = checked.made.pop("told"), checked.made.pop("people")
    recorded = _recorded(checked)
    keeper.upsert("customer", people, "idpel", written=checked.made.pop("customer", None))
    if "line" in rows:
        served = tables.services(checked)
        if checked.profile.active_states or rows["line"].ne("").any():
            keeper.upsert("customer_service", served, "idpel", "line")
    blth = ""
    listed = ({"rbm", "kddk"} & set(rows.columns)) and kind != FileKind.PDPJ
    _refuse_kwh_of_no_month(checked)
    if listed:
        blth = _month_of_list(keeper, checked)
        places = tables.rbm_list(checked, blth=blth)
        keeper.upsert("rbm_list", places, "blth", "idpel", "line", keep_old=False)
        keeper.incoming.codes("officer", places["officer"])
    if recorded:
        imports.ensure_gardu(keeper.session, ulp=keeper.ulp, codes=rows, batch_id=keeper.batch_id)
        _pdpj(keeper, tables.pdpj(checked).assign(batch_id=keeper.batch_id))
    _points(keeper, told, checked.made.pop("customer_point", None))
    if "kwh" in rows or "kwh_01" in rows:
        _readings(keeper, tables.readings(checked, blth=blth))


def _pdpj(keeper: Keeper, records: pd.DataFrame) -> None:
    if keeper.incoming.is_first("pdpj", records, ("ulp",)):
        first = records["valid_from"].fillna(pdpj.FIRST_DAY)
        keeper.incoming.add("pdpj", records.assign(valid_from=first))
        keeper.wrote("pdpj", 0, records[["idpel", "line"]])
        return
    # A list that comes late says nothing of the months after it: its moves are known since today.
    newest = imports.newest_month(keeper.session, ulp=keeper.ulp, kind=FileKind.PDPJ)
    merged = pdpj.merge(
        keeper.session, ulp=keeper.ulp, rows=records, today=keeper.today.isoformat(),
        month=keeper.of_month if "" < newest < keeper.of_month else "",
    )  # fmt: skip
    keeper.wrote("pdpj", len(records) - len(merged.written), merged.written)
    keeper.note(PDPJ_MOVED=merged.moved, PDPJ_SURVEY=merged.kept_survey)


def _refuse_kwh_of_no_month(checked: Checked) -> None:
    """Refuse a file with kWh that name no month: to guess one would change its sum."""
    rows = checked.rows
    if "kwh" not in rows:
        return
    homeless = rows["kwh"].notna()
    if "blth" in rows:
        homeless &= rows["blth"].isna()
    if homeless.any():
        row = row_of(homeless.idxmax())
        raise NothingToDo(
            f"{checked.file} row {row}: kWh {rows.loc[homeless, 'kwh'].iloc[0]} names no "
            "month; add the column BLTH (YYYYMM), or leave the kWh out",
            f"{checked.file} baris {row}: kWh {rows.loc[homeless, 'kwh'].iloc[0]} tanpa "
            "bulan; tambahkan kolom BLTH (YYYYMM), atau hapus kolom kWh",
        )


def _month_of_list(keeper: Keeper, checked: Checked) -> str:
    """Return the month of RBM rows that name none: the unit's newest, else the day's own."""
    rows = checked.rows
    told = rows["blth"].notna() if "blth" in rows else pd.Series(False, index=rows.index)
    if told.all():
        return ""
    keeper.note(RBM_MONTH=int((~told).sum()))
    if not keeper.month:
        known = units.latest_blth(keeper.session, ulp=keeper.ulp)
        keeper.month = known or f"{keeper.today:%Y%m}"
    return keeper.month


def _readings(keeper: Keeper, readings: pd.DataFrame) -> None:
    rows = readings.assign(ulp=keeper.ulp, batch_id=keeper.batch_id)
    rows = rows[rows["blth"].fillna("") != ""]  # neither month nor kWh: nothing was read
    keeper.months |= set(rows["blth"].dropna().unique())
    for blth in sorted(rows["blth"].dropna().unique()):
        if not month_exists(keeper.session, blth=blth):
            of_month = rows["blth"] == blth
            new_month(keeper.session, blth=blth, rows=rows[of_month])
            keeper.incoming.first(
                "reading", ulp=[keeper.ulp], blth=[blth], source=rows[of_month]["source"].unique()
            )
            rows = rows[~of_month]
            keeper.wrote("reading", 0, None)
    key = ("ulp", "blth", "idpel", "source", "line")
    keeper.note(KWH_REVISED=keeper.incoming.revised("reading", rows, key=key, column="kwh"))
    keeper.upsert("reading", rows, *key[1:], keep_old=False)
    written = keeper.incoming.written
    if written is not None and len(written) < len(rows):
        there = rows[~alike(rows, written, list(key[1:]))]
        keeper.kwh_same += kwh_told(there) or Decimal(0)


def _token(keeper: Keeper, checked: Checked) -> None:
    people = tables.customers(checked, pln_over_va=0)[["idpel", "jenis_layanan", "dibaca_oleh"]]
    _new_customers(keeper, people)
    _readings(keeper, tables.readings(checked, blth=""))


def _new_customers(keeper: Keeper, people: pd.DataFrame) -> None:
    """Add customers that no list named before; those known are left as they are."""
    rows = people.drop_duplicates("idpel").assign(ulp=keeper.ulp, batch_id=keeper.batch_id)
    add_missing(keeper.session, "customer", rows, key=("ulp", "idpel"))


def _points_layer(keeper: Keeper, checked: Checked) -> None:
    _points(keeper, tables.customer_points(checked, time_zone=keeper.unit.time_zone))


def _points(keeper: Keeper, told: pd.DataFrame | None, written: Written | None = None) -> None:
    if told is None or told.empty:
        return
    told = told.drop(columns=DEGREES, errors="ignore")
    new = told
    if not keeper.incoming.is_first("customer_point", told, ("ulp", "source")):
        new = imports.not_there_yet(
            keeper.session, "customer_point", told, ulp=keeper.ulp, key=("idpel", "source")
        )
    keeper.incoming.add("customer_point", new, written)
    keeper.added("customer_point", told, new)


def _reader_log(keeper: Keeper, checked: Checked) -> None:
    rows = tables.reader_log(checked, time_zone=keeper.unit.time_zone)
    new = rows
    if not keeper.incoming.is_first("reader_log", rows, ("ulp",)):
        new = imports.not_there_yet(
            keeper.session, "reader_log", rows, ulp=keeper.ulp, key=("idpel",)
        )
    keeper.incoming.add("reader_log", new)
    keeper.added("reader_log", rows, new)
    _points_layer(keeper, checked)


#: A gardu that lies farther from where it was is another building, or another gardu's place.
GARDU_MOVED_M = 100.0


def _boundary(keeper: Keeper, checked: Checked) -> None:
    """Keep the unit's outline: the union of its polygons, which do not cross themselves."""
    whole = shapely.union_all(checked.geometry)
    parts = [p for p in shapely.get_parts(whole) if p.geom_type == "Polygon"]
    outline = f"SRID=4326;{shapely.MultiPolygon(parts).wkt}"
    units.set_unit(keeper.session, ulp=keeper.ulp, boundary=outline)


def _moved_gardu(keeper: Keeper, rows: pd.DataFrame) -> int:
    """Count gardu that the rows put farther than the limit from where they are known to be."""
    known = imports.gardu_places(keeper.session, ulp=keeper.ulp)
    told = rows[rows["geom"].notna() & rows["gardu"].isin(known.index)].drop_duplicates("gardu")
    if told.empty:
        return 0
    new = shapely.from_wkb(told["geom"].tolist())
    old = known.loc[told["gardu"]]
    srid = utm_srid(float(old["lon"].iloc[0]), float(old["lat"].iloc[0]))
    was_x, was_y = metres_xy(old["lon"], old["lat"], srid)
    now_x, now_y = metres_xy(shapely.get_x(new), shapely.get_y(new), srid)
    return int((np.hypot(now_x - was_x, now_y - was_y) > GARDU_MOVED_M).sum())


def _gardu(keeper: Keeper, checked: Checked) -> None:
    rows = tables.pick(
        checked.rows, ("gardu", "raw_gardu", "name", "penyulang", "rating_kva", "lv_node")
    ).rename(columns={"raw_gardu": "raw_code"})
    rows = rows.assign(without_master=False, geom=tables.places_of(checked))
    keeper.note(GARDU_MOVED=_moved_gardu(keeper, rows))
    keeper.upsert("gardu", rows, "gardu")
    keeper.incoming.codes("penyulang", rows["penyulang"])
    _zone(keeper)


def _tiang(keeper: Keeper, checked: Checked) -> None:
    rows = tables.pick(checked.rows, ("tiang",)).assign(geom=tables.places_of(checked))
    keeper.upsert("tiang", rows, "tiang")


def _jtr(keeper: Keeper, checked: Checked) -> None:
    names = ("span", "gardu", "jurusan", "tiang_1", "tiang_2", "node_1", "node_2", "length_m")
    lines = tables.lines(checked)
    keeper.upsert("jtr_span", tables.pick(lines, names).assign(geom=lines["geom"]), "span")


def _drops(keeper: Keeper, checked: Checked) -> None:
    names = ("drop_id", "tiang", "service_point", "node", "gardu", "length_m")
    keeper.upsert("service_drop", tables.pick(checked.rows, names), "drop_id")


def _streets(keeper: Keeper, checked: Checked) -> None:
    lines = tables.lines(checked)
    names = ("osm_id", "highway", "name", "oneway", "layer", "bridge", "tunnel")
    rows = tables.pick(lines, names).assign(
        geom=lines["geom"], ulp=keeper.ulp, batch_id=keeper.batch_id
    )
    same = imports.add_streets(keeper.session, ulp=keeper.ulp, rows=rows, batch_id=keeper.batch_id)
    keeper.wrote("street", same, None)
    keeper.unchanged[0] += min(same, checked.good)
    _zone(keeper)


def _calendar(keeper: Keeper, checked: Checked) -> None:
    rows = tables.pick(checked.rows, ("blth", "hari_baca", "read_on"))
    keeper.upsert("calendar", rows, "blth", "hari_baca")


def _gardu_meter(keeper: Keeper, checked: Checked) -> None:
    imports.ensure_gardu(
        keeper.session, ulp=keeper.ulp, codes=checked.rows, batch_id=keeper.batch_id
    )
    keeper.upsert(
        "gardu_meter", tables.pick(checked.rows, ("gardu", "blth", "kwh")), "gardu", "blth"
    )


def _receivables(keeper: Keeper, checked: Checked) -> None:
    rows = tables.pick(
        checked.rows, ("idpel", "blth", "amount_idr", "paid_on", "unpaid_bills", "status_code")
    ).assign(line=checked.rows["line"])
    keeper.upsert("receivable", rows, "blth", "idpel", "line")


def _orders(keeper: Keeper, checked: Checked) -> None:
    rows = tables.pick(checked.rows, ("order_no", "idpel", "blth", "ordered_on"))
    keeper.upsert("prepaid_order", rows, "order_no")


def _photos(keeper: Keeper, checked: Checked) -> None:
    """Keep photos with their customers; the files go to the home, each once."""
    kept = keeper.photos.keep(checked.rows.index.to_numpy())
    rows = checked.rows[["idpel", "blth"]].assign(
        sha256=[sha256 for sha256, _ in kept], suffix=[suffix for _, suffix in kept],
        size_bytes=checked.rows["photo_bytes"],
    )  # fmt: skip
    keeper.piece = checked.rows.assign(sha256=rows["sha256"])
    rows = rows.drop_duplicates(["idpel", "blth", "sha256"])
    keeper.upsert("photo", rows, "idpel", "blth", "sha256")


def _zone(keeper: Keeper) -> None:
    """Name the unit's UTM zone from its first positions, if it has none yet (R-IM-11)."""
    unit = units.unit(keeper.session, ulp=keeper.ulp)
    if unit.utm_srid is None:
        srid = imports.zone_of_network(keeper.session, ulp=keeper.ulp)
        if srid is not None:
            units.set_unit(keeper.session, ulp=keeper.ulp, utm_srid=srid)


_KEEPERS: dict[FileKind, Callable[[Keeper, Checked], None]] = {
    FileKind.BOUNDARY: _boundary,
    FileKind.DPM: _customer_list,
    FileKind.PDPJ: _customer_list,
    FileKind.CUSTOMERS: _customer_list,
    FileKind.TOKEN: _token,
    FileKind.POINTS: _points_layer,
    FileKind.READER_LOG: _reader_log,
    FileKind.GARDU: _gardu,
    FileKind.TIANG: _tiang,
    FileKind.JTR: _jtr,
    FileKind.DROPS: _drops,
    FileKind.STREETS: _streets,
    FileKind.CALENDAR: _calendar,
    FileKind.GARDU_METER: _gardu_meter,
    FileKind.RECEIVABLES: _receivables,
    FileKind.PREPAID_ORDERS: _orders,
    FileKind.PHOTOS: _photos,
}
_TOUCHED = {
    FileKind.DPM: ["customer", "rbm_list", "reading"],
    FileKind.PDPJ: ["customer", "pdpj"],
    FileKind.CUSTOMERS: ["customer", "pdpj", "reading", "customer_point"],
    FileKind.POINTS: ["customer_point"],
    FileKind.READER_LOG: ["reader_log", "customer_point"],
    FileKind.STREETS: ["street"],
    FileKind.TOKEN: ["reading"],
}
