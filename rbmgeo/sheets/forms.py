"""Forms in batch as one PDF: numbered, with a QR code, bookmarks by RBM; what is missing is a line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rbmgeo.labels.forms import HEADS
from rbmgeo.sheets import form_cards, form_lists, form_visits, sample_sheet
from rbmgeo.sheets.form_parts import Form, Page
from rbmgeo.sheets.pdf import A4, Paper

__all__ = ["Form", "FormBook"]


@dataclass(frozen=True)
class _Layout:
    """How a kind is laid out: paper, forms a page, and what draws one (pages it took)."""

    size: tuple[float, float]
    a_page: int
    draw: Callable[[Page, Form], None]


_LYING = (A4[1], A4[0])
#: A list of the field: printed at any time, without a number of its own.
VISITS = "kunjungan"
#: The sheet of a drawn sample, named by its seed.
SAMPLE = "uji_petik"
LAYOUTS = {
    "kml": _Layout(A4, 2, form_cards.kml),
    "tul_ii_04": _Layout(A4, 2, form_cards.closed_house),
    "tul_vi_01": _Layout(A4, 1, form_cards.disconnection),
    "informasi": _Layout(_LYING, 1, form_lists.information),
    "lembar_kerja": _Layout(_LYING, 1, form_lists.work_sheet),
}
_ALL = {
    **LAYOUTS, VISITS: _Layout(_LYING, 1, form_visits.visit_sheet),
    SAMPLE: _Layout(A4, 1, sample_sheet.sample_sheet),
}  # fmt: skip


class FormBook:
    """Forms of one kind, drawn one after another; the same forms give the same bytes."""

    def __init__(self, kind: str, shared: dict[str, Any]) -> None:
        self.layout = _ALL[kind]
        self.paper = Paper(self.layout.size, title=HEADS[kind][1])
        self.page = Page(self.paper, kind, shared)
        self.count, self.group = 0, ""

    @property
    def pages(self) -> int:
        """Return how many pages were closed."""
        return self.paper.pages

    def add(self, form: Form) -> None:
        """Draw one form."""
        slot = self.count % self.layout.a_page
        if slot == 0 and self.count:
            self.paper.next_page()
        self._bookmark(form)
        self.page.low = self.layout.size[1] * (1 - (slot + 1) / self.layout.a_page)
        self.page.high = self.layout.size[1] / self.layout.a_page
        if slot:
            self.page.cut(self.page.low + self.page.high)
        self.layout.draw(self.page, form)
        self.count += 1

    def done(self) -> bytes:
        """Close the last page and return the file."""
        self.paper.next_page()
        return self.paper.done()

    def _bookmark(self, form: Form) -> None:
        said = form.said
        if "surveyor" in said:
            self.paper.bookmark(f"Surveyor {said['surveyor']}, hari {said['day']} ({form.number})")
            return
        if "outcomes" in said:
            self.paper.bookmark(str(said["title"]))
            return
        group = f"RBM {said['rbm']}" if said.get("rbm") else "Tanpa RBM"
        if "rows" in said:
            self.paper.bookmark(f"{group} ({form.number})")
            return
        if group != self.group:
            self.paper.bookmark(group)
            self.group = group
        self.paper.bookmark(form.number, level=1)
