"""What axe-core finds on a page that a browser shows, in words that name the element."""

import os
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / ".setup/browser/axe.min.js"
#: WCAG 2.0, 2.1 and 2.2, levels A and AA, and what axe's makers hold to be good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
_RUN = """(tags) => axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]})
    .then((told) => told.violations.flatMap((v) => v.nodes.map((n) =>
        `${v.id}: ${n.target.join(" ")}: ${n.html.slice(0, 200)}: ${(n.failureSummary || "").replace(/\\s+/g, " ")}`)))"""


@cache
def library() -> str:
    """Return axe-core's source; on CI its absence is a failure."""
    if not LIBRARY.is_file():
        if os.environ.get("CI"):
            pytest.fail("no axe-core on CI: run make setup-dev")
        pytest.skip("NO AXE-CORE: run make setup-dev")
    return LIBRARY.read_text(encoding="utf-8")


def violations(page) -> list[str]:
    """Return one line a violation and element of the page as it stands now."""
    page.evaluate(library())
    return list(page.evaluate(_RUN, TAGS))
