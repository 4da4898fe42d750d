"""data/README.md tells every outgoing layout, its keys and its columns."""

import re
import tomllib

import pytest

from rbmgeo.reports.layouts import FOLDER, Layout, layouts

TEXT = (FOLDER.parents[1] / "README.md").read_text(encoding="utf-8")
TOLD = TEXT.partition("\n## Outgoing layouts")[2].partition("\n## ")[0]


@pytest.mark.parametrize("layout", layouts(), ids=lambda one: one.name)
def test_a_layout_is_told_as_it_is(layout: Layout) -> None:
    words = set(re.findall(r"`([^`]+)`", TOLD))
    raw = tomllib.loads((FOLDER / f"{layout.name}.toml").read_text(encoding="utf-8"))
    assert layout.name in words
    assert {k for k in raw if k != "columns"} <= words
    assert {ours for _, ours in layout.columns} <= words
    assert "not public" in TOLD


def test_no_heading_is_given_twice() -> None:
    for layout in layouts():
        headings = [theirs for theirs, _ in layout.columns]
        assert len(set(headings)) == len(headings)
