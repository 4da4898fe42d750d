"""The work sheet of any list of the field, for those who go out with paper (SOP I to VI)."""

from typing import Any

from rbmgeo.sheets import looks
from rbmgeo.sheets.deed import wrapped
from rbmgeo.sheets.form_lists import Columns, table
from rbmgeo.sheets.form_parts import LEFT, Form, Page, grouped

COLUMNS: Columns = (
    ("No", 10.0), ("IDPEL / alamat", 62.0), ("Meter", 26.0), ("Gardu / tiang tercatat", 34.0),
    ("Yang diperiksa", 55.0), ("Jam", 14.0), ("Hasil", 30.0), ("Catatan", 36.0),
)  # fmt: skip
ROW, A_PAGE = 12.2, 11


def visit_sheet(page: Page, form: Form) -> None:
    """Draw a list's sheets: houses in walking order, what can come of a visit, what everybody keeps to."""
    said = form.said
    rows = said["rows"]
    pages = max(1, -(-len(rows) // A_PAGE))
    for n in range(pages):
        part = rows[n * A_PAGE : (n + 1) * A_PAGE]
        if n:
            page.paper.next_page()
        y = page.head(form, words=f", {said['title']}" + (f", lembar {n + 1} dari {pages}" if pages > 1 else ""))  # fmt: skip
        page.field(LEFT, y - 6, "Petugas", said["officer"], LEFT + 70, at=16)
        page.field(LEFT + 78, y - 6, "Tanggal", said["planned"], LEFT + 130, at=16)
        page.blanks(y - 6, [("mulai", 20), ("selesai", 20), ("paraf", 26)], x=LEFT + 140)
        y = table(page, y - 10, COLUMNS, ROW, [_row(r) for r in part])
        _legend(page, y - 4.4, said)
        page.foot()


def _row(row: dict[str, Any]) -> list[list[str]]:
    return [
        [str(row["stop"])], [grouped(row["idpel"]) or "", row["address"] or ""], [row["meter_number"] or ""],
        [row["gardu"] or "", row["tiang"] or ""], [row["question"] or ""], [], [], [],
    ]  # fmt: skip


def _legend(page: Page, y: float, said: dict[str, Any]) -> None:
    for head, told in (("Hasil", said["outcomes"]), ("Sikap", said["conduct"])):
        if told:
            for line in wrapped(f"{head}: " + "; ".join(told), page.right - LEFT, 7.6)[:2]:
                page.paper.text(LEFT, y, line, size=7.6, colour=looks.INK2)
                y -= 3.6
