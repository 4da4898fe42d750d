"""The printed sheet of a drawn sample: what it was drawn from, the list in order, the reserve, blanks.

No recorded stand stands on it: whoever checks writes his own first (R-SA-19).
"""

from typing import Any

from rbmgeo.sheets import looks
from rbmgeo.sheets.deed import wrapped
from rbmgeo.sheets.form_lists import Columns, table
from rbmgeo.sheets.form_parts import LEFT, Form, Page, grouped, number
from rbmgeo.sheets.pdf import STRONG

COLUMNS: Columns = (
    ("Urut", 10.0), ("IDPEL / alamat", 60.0), ("Meter", 25.0), ("RBM / urut", 25.0),
    ("Stand", 26.0), ("Tanggal, jam", 22.0), ("Kode", 12.0),
)  # fmt: skip
PREPAID: Columns = tuple(("Sisa token (kWh)" if h == "Stand" else h, w) for h, w in COLUMNS)
ROW, FIRST_PAGE, A_PAGE = 10.0, 17, 21


def sample_sheet(page: Page, form: Form) -> None:
    """Draw a sample's sheets; the reserve begins on a page of its own."""
    said = form.said
    parts = _pages(said["rows"])
    for n, (reserve, rows) in enumerate(parts):
        if n:
            page.paper.next_page()
        more = f", lembar {n + 1} dari {len(parts)}" if len(parts) > 1 else ""
        y = page.head(form, words=f", {said['lot']}{more}")
        y = _drawn_from(page, y - 5.6, said) if n == 0 else y - 2
        page.paper.text(LEFT, y - 4.2, _heading(reserve), size=9, font=STRONG)
        y = table(page, y - 6.4, PREPAID if said["prepaid"] else COLUMNS, ROW, [_row(r) for r in rows])  # fmt: skip
        page.blanks(y - 7, [("Petugas", 50), ("tanggal", 30), ("paraf", 26)])
        page.foot()


def _pages(rows: list[dict[str, Any]]) -> list[tuple[bool, list[dict[str, Any]]]]:
    out: list[tuple[bool, list[dict[str, Any]]]] = []
    for reserve in (False, True):
        mine = [r for r in rows if bool(r["reserve"]) == reserve]
        room = A_PAGE if out else FIRST_PAGE
        while mine:
            out.append((reserve, mine[:room]))
            mine, room = mine[room:], A_PAGE
    return out or [(False, [])]


def _heading(reserve: bool) -> str:
    if reserve:
        return "Cadangan: hanya untuk rumah tutup, urut dari atas, RBM yang sama dulu"
    return "Sampel"


def _drawn_from(page: Page, y: float, said: dict[str, Any]) -> float:
    """Say what the sample was drawn from, so that anybody can draw it again."""
    out = f"; {number(said['left_out'])} bacaan di luar lot" if said["left_out"] else ""
    fields = (
        ("Cara", said["way"]), ("Lot", f"{said['lot']}: {number(said['count'])} pelanggan{out}"),
        ("Rencana", said["plan"]), ("Benih", said["seed"]), ("Diundi", said["drawn"]),
    )  # fmt: skip
    for name, value in fields:
        page.field(LEFT, y, name, value, page.right, at=20)
        y -= 5.2
    page.paper.text(LEFT, y, "Hash daftar", size=8.4, colour=looks.INK2)
    page.paper.text(LEFT + 20, y, said["list_hash"], size=7.6)
    y -= 4.6
    words = "Urutan: SHA-256(benih/RBM, hash daftar RBM, IDPEL), dari yang terkecil. Tulis stand yang dibaca; stand tercatat tidak ada di lembar ini."  # fmt: skip
    for line in wrapped(words, page.right - LEFT, 7.6):
        page.paper.text(LEFT, y, line, size=7.6, colour=looks.INK2)
        y -= 3.6
    return y


def _row(row: dict[str, Any]) -> list[list[str]]:
    place = "" if row["urut"] is None else f"urut {int(row['urut'])}"
    return [
        [str(row["place"])], [grouped(row["idpel"]) or "", row["address"] or ""],
        [row["meter_number"] or ""], [row["stratum"] or "", place], [], [], [],
    ]  # fmt: skip
