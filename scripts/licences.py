"""Say under which licences the product is made of others' work; fail at one that nobody allowed.

Python's packages: those that the product needs to run, and what these need, as installed here, each
by what its own metadata says. Browser files: web/vendor.toml. What a wheel brings along within itself
(GEOS in shapely, libpq in psycopg) is named in that package's own metadata or nowhere: it is not
looked into. ``--list`` prints all of them.
"""

import importlib.metadata as metadata
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
#: Licences under which a work may be part of the product, whoever gets it (SPDX).
ALLOWED = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0",
    "HPND", "ISC", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "OFL-1.1", "PSF-2.0", "Python-2.0", "Unlicense",
    "Zlib",
}  # fmt: skip
#: Allowed by name: used as they are, replaceable by whoever installs, which the LGPL asks for.
BY_NAME = {
    "psycopg": "LGPL-3.0-only", "psycopg-binary": "LGPL-3.0-only", "psycopg-pool": "LGPL-3.0-only",
    "psycopg2-binary": "LGPL-3.0-or-later",
}  # fmt: skip
#: What packages wrote before there were SPDX expressions -> what they meant.
SAID = {
    "MIT License": "MIT", "BSD License": "BSD-3-Clause", "BSD": "BSD-3-Clause", "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0", "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "ISC License (ISCL)": "ISC", "ISC License": "ISC",
    "The Unlicense (Unlicense)": "Unlicense", "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
    "SIL OFL 1.1": "OFL-1.1", "GNU Library or Lesser General Public License (LGPL)": "LGPL-3.0-or-later",
    "LGPL with exceptions": "LGPL-3.0-or-later",
}  # fmt: skip


@dataclass(frozen=True)
class Work:
    """One work of others: what it is called, its version, its licence as an SPDX expression ("": not said)."""

    name: str
    version: str
    licence: str


def main(arguments: list[str]) -> int:
    """Look at everything; return 1 and name each work that is not allowed."""
    works = sorted({*packages(), *browser_files(ROOT / "web/vendor.toml")}, key=lambda w: w.name)
    if "--list" in arguments:
        for work in works:
            print(f"{work.name} {work.version}: {work.licence or '?'}")
    wrong = [fault for work in works if (fault := refusal(work))]
    for fault in wrong:
        print(fault, file=sys.stderr)
    return 1 if wrong else 0


def packages(needs: list[str] | None = None) -> Iterator[Work]:
    """Yield the installed packages that ``needs`` (of pyproject.toml) ask for, and what those ask for.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        If one is not installed: `make setup` first.
    """
    if needs is None:
        told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
        needs = told["project"]["dependencies"]
    waiting, seen = [Requirement(one) for one in needs], set()
    while waiting:
        asked = waiting.pop()
        key = (canonicalize_name(asked.name), frozenset(asked.extras))
        if key in seen:
            continue
        seen.add(key)
        found = metadata.distribution(asked.name)
        yield Work(key[0], found.version, licence_of(found.metadata))
        for line in found.requires or []:
            more = Requirement(line)
            extras = {"", *asked.extras}
            if more.marker is None or any(more.marker.evaluate({"extra": e}) for e in extras):
                waiting.append(more)


def licence_of(told: metadata.PackageMetadata) -> str:
    """Return a package's licence as an SPDX expression, "" where it says none that is known."""
    if expression := told.get("License-Expression"):
        return str(expression)
    listed = [
        c.rpartition("::")[2].strip()
        for c in told.get_all("Classifier") or []
        if c.startswith("License ::")
    ]
    said = [s for s in listed if s != "OSI Approved"] or [(told.get("License") or "").strip()]
    known = [SAID.get(one, one if one in ALLOWED else "") for one in said]
    return " AND ".join(dict.fromkeys(known)) if all(known) else ""


def browser_files(manifest: Path) -> Iterator[Work]:
    """Yield the works that the browser gets from us."""
    for file in tomllib.loads(manifest.read_text("utf-8"))["file"]:
        yield Work(file["package"], file["version"], file.get("licence", ""))


def refusal(work: Work) -> str:
    """Say why a work may not be part of the product, "" where it may."""
    if BY_NAME.get(work.name) == work.licence:
        return ""
    if not work.licence:
        return (f"{work.name} {work.version} says no licence that is known; read its licence file, then "
                "write what it is into scripts/licences.py, or take another package")  # fmt: skip
    if allowed(work.licence):
        return ""
    return (f"{work.name} {work.version} is under {work.licence}, which is not on the list of "
            "scripts/licences.py; take another package, or ask whoever answers for the product")  # fmt: skip


def allowed(expression: str) -> bool:
    """Say whether an SPDX expression leaves a way that is allowed: every AND, some OR."""
    plain = re.sub(r"[()]", " ", expression)
    if re.search(r"\bAND\b", plain) and re.search(r"\bOR\b", plain):
        # Read strictly where both stand: each licence that is named must be allowed.
        return all(one.strip() in ALLOWED for one in re.split(r"\bAND\b|\bOR\b", plain))
    if re.search(r"\bOR\b", plain):
        return any(one.strip() in ALLOWED for one in re.split(r"\bOR\b", plain))
    return all(one.strip() in ALLOWED for one in re.split(r"\bAND\b", plain))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
