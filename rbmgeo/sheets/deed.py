"""The deed of hand-over (berita acara serah terima) as A4 pages: words, table, maps, changes."""

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from rbmgeo.sheets import looks, signs
from rbmgeo.sheets.draw_map import street_width
from rbmgeo.sheets.frames import Frame, framed, parts_of
from rbmgeo.sheets.ground import own_area, rings
from rbmgeo.sheets.pdf import A4, BOLD, CAP, MM, STRONG, TEXT, Paper, width_of
from rbmgeo.sheets.tables import grouped

Floats = npt.NDArray[np.float64]

LEFT, RIGHT, TOP, LOW = 20.0, 190.0, 277.0, 20.0
W = RIGHT - LEFT
SAID = {
    "masuk": "masuk RBM ini", "keluar": "keluar dari RBM ini", "pindah_gardu": "pindah gardu",
    "ganti_nomor": "ganti nomor urut",
}  # fmt: skip


@dataclass(frozen=True)
class DeedMap:
    """What the maps of a deed show (metres): houses before and after, lines and gardu around."""

    before: Floats
    after: Floats
    entered: npt.NDArray[np.bool_]
    left: npt.NDArray[np.bool_]
    streets: gpd.GeoDataFrame
    gardu: pd.DataFrame


@dataclass(frozen=True)
class Deed:
    """One deed: ``content`` is what is kept and hashed, all words of it; ``ground`` its maps."""

    content: dict[str, Any]
    sha256: str
    link: str
    ground: DeedMap | None = field(repr=False)


def draw_deed(deed: Deed) -> bytes:
    """Draw a deed as a PDF of its own."""
    paper = Paper(A4, title=f"Berita acara {deed.content['number']}")
    writer = _Writer(paper, deed)
    writer.first_page()
    writer.annex_maps()
    writer.annex_changes()
    writer.annex_checks()
    return writer.done()


class _Writer:
    """Writes a deed from above to below, and begins a page where one is full."""

    def __init__(self, paper: Paper, deed: Deed) -> None:
        self.paper, self.deed, self.said = paper, deed, deed.content
        self.y = TOP
        self.page = 1
        paper.bookmark(f"Berita acara {self.said['number']}")

    def first_page(self) -> None:
        """Write head, parties, what is handed over, the table, and the signatures."""
        p, said = self.paper, self.said
        p.text(LEFT, TOP, "PT PLN (Persero)", size=11, font=BOLD)
        up3 = f"UP3 {said['up3']}, " if said["up3"] else ""
        p.text(
            LEFT, TOP - 5, f"{up3}ULP {said['unit']} ({said['ulp']})", size=10, colour=looks.INK2
        )
        if said["sample"]:
            p.text(RIGHT, TOP, "DATA CONTOH (REKAAN)", size=9.5, font=STRONG, colour=looks.WARN, align="right")  # fmt: skip
        p.line(np.array([[LEFT, TOP - 8], [RIGHT, TOP - 8]]), looks.INK, 0.4, butt=True)
        p.text(105, TOP - 18, "BERITA ACARA SERAH TERIMA", size=15, font=BOLD, align="middle")
        p.text(
            105, TOP - 24.5, "Hasil pemutakhiran RBM per gardu (SOP IV.7)", size=11, align="middle"
        )
        p.text(105, TOP - 31, f"Nomor: {said['number']}", size=10.5, align="middle")
        self.y = TOP - 41
        self.words(said["opening"])
        self.y -= 1.5
        for party in said["parties"]:
            self._party(party)
        self.y -= 1.5
        self.words(said["matter"])
        self.y -= 2.5
        self._facts()
        self.y -= 4
        self._table()
        self.y -= 4
        # Closing words, annexes and signatures stay on one page.
        self._room(78 + 4.4 * len(said["annexes"]))
        self.words(said["closing"])
        self._annexes()
        self._signatures()

    def words(self, text: str, *, size: float = 10, step: float = 4.9) -> None:
        """Write a paragraph, its lines broken between words."""
        for line in wrapped(text, W, size):
            self._room(step)
            self.paper.text(LEFT, self.y, line, size=size)
            self.y -= step

    def _party(self, party: dict[str, str]) -> None:
        self._room(17)
        rows = (("Nama", party["name"] or "." * 46), ("Jabatan", party["position"]))
        for name, value in rows:
            self.paper.text(LEFT + 6, self.y, name, size=10)
            self.paper.text(LEFT + 28, self.y, f":  {value}", size=10, font=STRONG if value[0] != "." else TEXT)  # fmt: skip
            self.y -= 4.9
        self.paper.text(LEFT + 6, self.y, f"selanjutnya disebut {party['called']}.", size=10)
        self.y -= 6.2

    def _facts(self) -> None:
        for name, value in self.said["facts"]:
            self._room(5)
            self.paper.text(LEFT, self.y, name, size=9.6, colour=looks.INK2)
            self.paper.text(LEFT + 48, self.y, value, size=9.6, font=STRONG, fit=W - 48)
            self.y -= 4.8

    def _table(self) -> None:
        heads = (
            "Gardu",
            "Sebelum",
            "Masuk",
            "Keluar",
            "Sesudah",
            "Ganti nomor",
            "kWh",
            "Uji petik",
        )
        wide = (34, 18, 16, 16, 18, 22, 22, 24)
        aligns = ("left", *["right"] * 6, "left")
        rows = [*self.said["per_gardu"], self.said["total"]]
        self._head_row(heads, wide, aligns)
        for k, row in enumerate(rows):
            if self._room(5.2):
                self._head_row(heads, wide, aligns)
            last = k == len(rows) - 1
            if last:
                self._rule(0.3, looks.INK, up=3.9)
            self._row(row, wide, aligns, STRONG if last else TEXT)
            if not last:
                self._rule(0.15, looks.LINE, up=-1.5 + 5.2)
        self.words(self.said["kwh_words"], size=8.4, step=4.0)

    def _head_row(
        self, heads: tuple[str, ...], wide: tuple[int, ...], aligns: tuple[str, ...]
    ) -> None:
        self._row(list(heads), wide, aligns, STRONG, size=8.6)
        self._rule(0.3, looks.INK, up=3.7)

    def _row(self, cells: list[str], wide: tuple[int, ...], aligns: tuple[str, ...], font: str, size: float = 9.2) -> None:  # fmt: skip
        x = LEFT
        for cell, w, align in zip(cells, wide, aligns, strict=True):
            at = x + w - 2 if align == "right" else x + (2 if w == wide[-1] and align == "left" and x > LEFT else 0)  # fmt: skip
            self.paper.text(at, self.y, str(cell), size=size, font=font, align=align, fit=w - 2.5)
            x += w
        self.y -= 5.2

    def _rule(self, width: float, colour: str, *, up: float) -> None:
        self.paper.line(
            np.array([[LEFT, self.y + up], [RIGHT, self.y + up]]), colour, width, butt=True
        )

    def _annexes(self) -> None:
        self._room(30)
        self.y -= 1
        self.paper.text(LEFT, self.y, "Lampiran", size=10, font=BOLD)
        self.y -= 5
        for k, line in enumerate(self.said["annexes"]):
            self.words(f"{k + 1}. {line}", size=9.2, step=4.4)

    def _signatures(self) -> None:
        self._room(50)
        self.y -= 4
        self.paper.text(RIGHT - 42, self.y, f"{self.said['place']}, {self.said['dated']}", size=10, align="middle")  # fmt: skip
        self.y -= 6
        for party, x in zip(self.said["parties"], (LEFT + 42, RIGHT - 42), strict=True):
            self.paper.text(x, self.y, party["called"], size=10, font=STRONG, align="middle")
            self.paper.text(x, self.y - 4.8, party["position"], size=9.4, align="middle", fit=76)
            self.paper.line(np.array([[x - 32, self.y - 29], [x + 32, self.y - 29]]), looks.INK, 0.25, butt=True)  # fmt: skip
            self.paper.text(x, self.y - 27.6, party["name"], size=10, align="middle", fit=70)
        self.y -= 34

    def annex_maps(self) -> None:
        """Draw the RBM before and after, in one frame, below each other."""
        self._turn_page("Lampiran 1. Peta sebelum dan sesudah")
        ground = self.deed.ground
        if ground is None or not len(ground.after) + len(ground.before):
            self.words("Belum ada pelanggan RBM ini yang berkoordinat; peta belum bisa digambar.")
            return
        box = (LEFT, 0.0, W, 112.0)
        both = np.vstack([ground.before, ground.after])
        shown = parts_of(both, apart_m=450.0) == 0
        frame = framed(both[shown], *box, pad=7)
        for head, xy, mark, y in (
            (self.said["before_words"], ground.before, ground.left, 150.0),
            (self.said["after_words"], ground.after, ground.entered, 26.0),
        ):
            placed = Frame(frame.x, y, frame.w, frame.h, frame.mid, frame.scale, frame.turn)
            self.paper.text(LEFT, y + 114.5, head, size=9.6, font=STRONG)
            _map(self.paper, placed, ground, xy, mark, after=y < 100)
        if not shown.all():
            away = len(np.unique(both[~shown].round(2), axis=0))
            self.paper.text(LEFT, 21.5, f"{away} titik lain RBM ini di luar bingkai; ada di daftar dan di Peta RBM.", size=8.2, colour=looks.INK2)  # fmt: skip

    def annex_changes(self) -> None:
        """List everybody in whom something differs."""
        rows = self.said["changes"]
        self._turn_page(f"Lampiran 2. Daftar perubahan ({len(rows)} pelanggan)")
        if not rows:
            self.words("Tidak ada perubahan terhadap daftar sumber.")
            return
        heads = ("IDPEL", "Perubahan", "RBM, urut, gardu sebelum", "RBM, urut, gardu sesudah")
        wide, aligns = (34, 36, 50, 50), ("left",) * 4
        self._head_row(heads, wide, aligns)
        for row in rows:
            if self._room(5.2):
                self._head_row(heads, wide, aligns)
            self._row([grouped(row["idpel"]), SAID[row["change"]], row["before"], row["after"]], wide, aligns, TEXT, 8.6)  # fmt: skip

    def annex_checks(self) -> None:
        """Say of each verified gardu what was seen, by whom, and what that cannot prove."""
        rows = self.said.get("verification", [])
        if not rows:
            return
        self._turn_page("Lampiran 4. Hasil uji petik di gardu (SOP IV.6)")
        for row in rows:
            self._room(30)
            self.paper.text(LEFT, self.y, f"Gardu {row['gardu']}", size=10, font=BOLD)
            self.y -= 5
            self.words(row["kalimat"], size=9.2, step=4.4)
            self.words(
                f"{row['pelanggan']} pelanggan, {row['sampel']} diundi, {row['dilihat']} dilihat, "
                f"{row['pasti_salah']} pasti salah. Tanggal {row['tanggal']}; pemeriksa "
                f"{row['pemeriksa']}; diputuskan {row['diputuskan']}.", size=9.2, step=4.4,
            )  # fmt: skip
            self.words(row["batas"], size=8.4, step=4.0)
            self.y -= 3

    def done(self) -> bytes:
        """Close the last page and return the file."""
        self._foot()
        self.paper.next_page()
        return self.paper.done()

    def _room(self, high: float) -> bool:
        """Begin a page where ``high`` does not fit any more; return whether one was begun."""
        if self.y - high > LOW:
            return False
        self._turn_page("")
        return True

    def _turn_page(self, head: str) -> None:
        self._foot()
        self.paper.next_page()
        self.page += 1
        self.y = TOP
        self.paper.text(RIGHT, self.y, f"Berita acara {self.said['number']}", size=8.6, colour=looks.INK2, align="right")  # fmt: skip
        if head:
            self.paper.bookmark(head, level=1)
            self.paper.text(LEFT, self.y, head, size=12, font=BOLD)
        self.y -= 10

    def _foot(self) -> None:
        p = self.paper
        p.line(np.array([[LEFT, 16.5], [RIGHT - 16, 16.5]]), looks.LINE, 0.2, butt=True)
        p.text(LEFT, 12.6, f"sha256 isi: {self.deed.sha256}", size=6.8, colour=looks.INK2)
        p.text(
            LEFT, 9.2, f"{self.said['number']}, halaman {self.page}", size=7.6, colour=looks.INK2
        )
        p.qr(RIGHT - 14, 5.5, 14, self.deed.link)


def wrapped(text: str, wide: float, size: float) -> list[str]:
    """Break a paragraph into lines of a width; a line break in it stays one."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and width_of(longer, TEXT, size) > wide:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def _map(paper: Paper, frame: Frame, ground: DeedMap, xy: Floats, mark: npt.NDArray[np.bool_], *, after: bool) -> None:  # fmt: skip
    """Draw one of the two maps: houses that stay are dots, the others have a sign and a count."""
    x, y, w, h = frame.x, frame.y, frame.w, frame.h
    paper.clip(x, y, w, h)
    paper.box(x, y, w, h, fill=looks.SETTLED)
    reach = max(18.0, 3.0 * frame.scale / 1000)
    area = own_area(xy, np.empty((0, 2)), reach_m=reach)
    paper.area([frame.paper(r) for r in rings(area)], looks.OWN)
    by_width: dict[float, list[Floats]] = {}
    for highway, shape in zip(ground.streets["highway"], ground.streets.geometry, strict=True):
        wide = street_width(highway, frame) * 0.6
        by_width.setdefault(wide, []).append(frame.paper(shapely.get_coordinates(shape)))
    for wide, lines in sorted(by_width.items()):
        paper.lines(lines, looks.CASING, wide + 0.3)
    for wide, lines in sorted(by_width.items()):
        paper.lines(lines, looks.STREET, wide)
    paper.area([frame.paper(r) for r in rings(area)], None, edge=looks.INK, width=0.3, dash=(2.4, 0.9, 0.6, 0.9))  # fmt: skip
    at = frame.paper(xy)
    for px, py in at[~mark]:
        paper.disc(px, py, 0.5, fill=looks.INK3)
    for px, py in at[mark]:
        if after:
            paper.disc(px, py, 0.95, fill=looks.PRIMARY, edge="#FFFFFF", width=0.2)
        else:
            cross = [np.array([[px - 0.8, py - 0.8], [px + 0.8, py + 0.8]]), np.array([[px - 0.8, py + 0.8], [px + 0.8, py - 0.8]])]  # fmt: skip
            paper.lines(cross, "#FFFFFF", 0.9)
            paper.lines(cross, "#A34402", 0.42)
    _gardu(paper, frame, ground.gardu)
    paper.unclip()
    paper.box(x, y, w, h, edge=looks.INK, width=0.3)
    signs.scale(paper, x + 3.5, y + 3.4, frame.scale, 30.0)
    signs.north(paper, x + w - 7, y + h - 7, 4.2, frame.turn)
    stay, other = int((~mark).sum()), int(mark.sum())
    words = f"titik tetap {stay}   {'masuk' if after else 'keluar'} {other}"
    wide = width_of(words, TEXT, 8.6) + 13
    paper.box(x + w - wide - 2, y + 2, wide, 6.4, fill="#FFFFFF", round_=0.6)
    paper.disc(x + w - wide + 1, y + 5.2, 0.5, fill=looks.INK3)
    paper.text(x + w - wide + 3, y + 4.2, f"titik tetap {stay}", size=8.6)
    shift = x + w - wide + 3 + width_of(f"titik tetap {stay}", TEXT, 8.6) + 4
    if after:
        paper.disc(shift, y + 5.2, 0.95, fill=looks.PRIMARY)
    else:
        paper.lines([np.array([[shift - 0.8, y + 4.4], [shift + 0.8, y + 6.0]]), np.array([[shift - 0.8, y + 6.0], [shift + 0.8, y + 4.4]])], "#A34402", 0.42)  # fmt: skip
    paper.text(shift + 2, y + 4.2, f"{'masuk' if after else 'keluar'} {other}", size=8.6)


def _gardu(paper: Paper, frame: Frame, gardu: pd.DataFrame) -> None:
    # Without one gardu that has a place there are no columns of places either.
    rows = gardu.dropna(subset=["x", "y"]) if len(gardu) else gardu
    if rows.empty:
        return
    left, low, right, up = frame.borders
    at = frame.paper(rows[["x", "y"]].to_numpy(dtype=float))
    inside = (at > (left + 3, low + 3)).all(axis=1) & (at < (right - 3, up - 3)).all(axis=1)
    taken = [(x - 1.7, y - 1.7, x + 1.7, y + 1.7) for x, y in at[inside].tolist()]
    size = 6.4
    for code, (x, y) in zip(rows["gardu"].to_numpy()[inside], at[inside].tolist(), strict=True):
        signs.bolt(paper, x, y, 1.3)
        w, h = width_of(str(code), STRONG, size) + 0.8, CAP * size / MM + 0.8
        for a, b in ((x + 1.8, y - h / 2), (x - 1.8 - w, y - h / 2), (x - w / 2, y + 1.8), (x - w / 2, y - 1.8 - h)):  # fmt: skip
            box = (a, b, a + w, b + h)
            if not any(box[0] < t[2] and box[2] > t[0] and box[1] < t[3] and box[3] > t[1] for t in taken):  # fmt: skip
                taken.append(box)
                paper.text(a + w / 2, b + 0.4, str(code), size=size, font=STRONG, align="middle", halo="#FFFFFF", halo_mm=0.35)  # fmt: skip
                break
