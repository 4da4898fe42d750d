"""Forms of many customers: who is told something (SOP V), and a surveyor's work sheet (SOP IV.4)."""

from typing import Any

from rbmgeo.labels.forms import DELIVERED
from rbmgeo.sheets import looks
from rbmgeo.sheets.deed import wrapped
from rbmgeo.sheets.form_parts import LEFT, Form, Page, grouped
from rbmgeo.sheets.pdf import STRONG, TEXT, width_of

Columns = tuple[tuple[str, float], ...]
INFORMATION: Columns = (
    ("Urut", 13.0), ("IDPEL", 31.0), ("Nama", 42.0), ("Alamat", 52.0), ("Hasil", 12.0),
    ("Informasi dari pelanggan", 44.0), ("Keterangan", 41.0), ("Paraf", 32.0),
)  # fmt: skip
WORK: Columns = (
    ("No", 10.0), ("IDPEL / alamat", 62.0), ("Meter", 26.0), ("Gardu / tiang tercatat", 32.0),
    ("Pertanyaan", 58.0), ("Gardu", 22.0), ("Tiang", 22.0), ("Hasil, catatan", 35.0),
)  # fmt: skip
ROW, WORK_ROW, TOP_ROW = 10.2, 13.0, 7.0


def information(page: Page, form: Form) -> None:
    """Draw the list of customers to be told something, with columns for what came of it."""
    said = form.said
    rows = said["rows"]
    subject = page.shared["subject"]
    a_page = 12
    pages = max(1, -(-len(rows) // a_page))
    for n in range(pages):
        part = rows[n * a_page : (n + 1) * a_page]
        y = _begin(page, form, n, pages, f", RBM {said['rbm']}" if said["rbm"] else ", tanpa RBM")
        page.field(LEFT, y - 6, "Informasi", subject or None, LEFT + 150, at=18)
        page.blanks(y - 6, [("Petugas", 46), ("tanggal", 28)], x=LEFT + 158)
        y = _table(page, y - 10, INFORMATION, ROW, [_informed(r) for r in part], a_page)
        _legend(page, y - 4.4)
        if n == pages - 1:
            page.paper.text(LEFT, y - 13.5, f"Jumlah {len(rows)} pelanggan =", size=8.4)
            page.blanks(y - 13.5, [(f"{k}:", 12) for k in range(1, 9)], x=LEFT + 42)
        _end(page, n, pages)


def work_sheet(page: Page, form: Form) -> None:
    """Draw the houses of one surveyor and day in walking order, with room for what is seen."""
    said = form.said
    rows = said["rows"]
    a_page = 10
    pages = max(1, -(-len(rows) // a_page))
    for n in range(pages):
        part = rows[n * a_page : (n + 1) * a_page]
        y = _begin(page, form, n, pages, f", rencana {said['run_id']}, surveyor {said['surveyor']}, hari {said['day']}")  # fmt: skip
        page.blanks(y - 6, [("Petugas", 56), ("tanggal", 34), ("mulai", 20), ("selesai", 20), ("paraf", 26)])  # fmt: skip
        y = _table(page, y - 10, WORK, WORK_ROW, [_worked(r) for r in part], a_page)
        _end(page, n, pages)


def _begin(page: Page, form: Form, n: int, pages: int, words: str) -> float:
    if n:
        page.paper.next_page()
    return page.head(form, words=words + (f", lembar {n + 1} dari {pages}" if pages > 1 else ""))


def _end(page: Page, n: int, pages: int) -> None:
    page.conduct()
    page.paper.text(page.right, page.low + 6.4, page.shared["words"], size=7.6, colour=looks.INK2, align="right")  # fmt: skip
    page.foot()


def _informed(row: dict[str, Any]) -> list[list[str]]:
    place = "" if row["urut"] is None else f"{row['urut']}" + (f".{row['sisipan']}" if row["sisipan"] else "")  # fmt: skip
    return [[place], [grouped(row["idpel"]) or ""], [row["name"] or ""], [row["address"] or ""], [], [], [], []]  # fmt: skip


def _worked(row: dict[str, Any]) -> list[list[str]]:
    group = f" (kelompok {row['group']})" if row["group"] else ""
    return [
        [str(row["stop"])], [grouped(row["idpel"]) or "", row["address"] or ""], [row["meter_number"] or ""],
        [row["gardu"] or "", row["tiang"] or ""], [row["question"] + group], [], [], [],
    ]  # fmt: skip


def _table(
    page: Page, y: float, columns: Columns, high: float, rows: list[list[list[str]]], least: int
) -> float:
    """Draw a table whose cells are broken into lines; return the height below it."""
    wide = [w for _, w in columns]
    page.grid(LEFT, y, wide, TOP_ROW, 1)
    x = LEFT
    for head, w in columns:
        page.paper.text(x + 1.3, y - 4.8, head, size=8, font=STRONG, fit=w - 2)
        x += w
    y -= TOP_ROW
    page.grid(LEFT, y, wide, high, len(rows))
    for k, row in enumerate(rows):
        x = LEFT
        for (_, w), cell in zip(columns, row, strict=True):
            _cell(page, cell, x + 1.3, y - k * high - 3.9, w - 2.4, int(high / 3.3))
            x += w
    return y - high * len(rows)


def _cell(page: Page, parts: list[str], x: float, y: float, wide: float, most: int) -> None:
    """Write what a cell holds in at most so many lines; where it is more, in smaller letters."""
    size = 8.2
    lines = [line for part in parts if part for line in wrapped(part, wide, size)]
    while len(lines) > most and size > 5.0:
        size -= 0.4
        lines = [line for part in parts if part for line in wrapped(part, wide, size)]
    for k, line in enumerate(lines):
        over = width_of(line, TEXT, size) > wide
        page.paper.text(x, y - k * 3.3, line, size=size, fit=wide if over else 0.0)


def _legend(page: Page, y: float) -> None:
    half = len(DELIVERED) // 2
    page.paper.text(LEFT, y, "Hasil: " + ";  ".join(DELIVERED[:half]), size=7.6, colour=looks.INK2)
    page.paper.text(LEFT, y - 3.8, ";  ".join(DELIVERED[half:]), size=7.6, colour=looks.INK2)
