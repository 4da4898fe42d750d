"""Ask what is known of weaknesses in the pinned packages: ``make audit``.

It says AUDITED only where a source of advisories answered for every package. 0: every package was
looked at and nothing is known of any; 1: something is known, or a package was passed over; 2: NOT
AUDITED, no source could be asked (a machine without the internet, a mirror that keeps no advisories).
A check that could not look must not pass, so 2 is a failure as well: run it where the network is.

``RBMGEO_AUDIT_OSV`` names another address of OSV's kind, for an office with a mirror of its own.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CLEAN, KNOWN, NOT_AUDITED = 0, 1, 2
_LONGEST_S = 600


@dataclass
class Found:
    """What came of asking about one list of packages.

    ``asked``: how many a source answered for; ``passed_over`` and ``known``: a line each;
    ``silent``: why nobody could be asked, "" where somebody was.
    """

    what: str
    asked: int = 0
    passed_over: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    silent: str = ""

    @property
    def status(self) -> int:
        """Return what the command ends with."""
        if self.silent or not self.asked:
            return NOT_AUDITED
        return KNOWN if self.known or self.passed_over else CLEAN

    def lines(self) -> list[str]:
        """Say it."""
        if self.status == NOT_AUDITED:
            why = self.silent or "the source knows none of the packages"
            return [
                f"{self.what}: NOT AUDITED ({why}); run `make audit` where advisories can be reached"
            ]
        said = [f"{self.what}: passed over: {one}" for one in self.passed_over]
        said += [f"{self.what}: {one}" for one in self.known]
        return said or [f"{self.what}: AUDITED, {self.asked} packages, nothing known"]


def main(arguments: list[str] | None = None) -> int:
    """Ask about Python's packages and the browser's; return the worst of both."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--lock", type=Path, default=ROOT / "constraints.lock")
    told.add_argument("--npm", type=Path, default=ROOT, help="folder of package-lock.json")
    asked = told.parse_args(arguments)
    done = [python_packages(asked.lock), browser_packages(asked.npm)]
    for one in done:
        for line in one.lines():
            print(line, file=sys.stdout if one.status == CLEAN else sys.stderr)
    worst = {one.status for one in done}
    return KNOWN if KNOWN in worst else max(worst)


def python_packages(lock: Path) -> Found:
    """Ask about every pin of a lock: PyPI's advisories first, then OSV's."""
    found = Found(lock.name, silent="no source was asked")
    osv = os.environ.get("RBMGEO_AUDIT_OSV")
    services = [["-s", "osv", "--osv-url", osv]] if osv else [["-s", "pypi"], ["-s", "osv"]]
    for service in services:
        found = of_pip_audit(lock.name, *_run([
            sys.executable, "-m", "pip_audit", *service, "-r", str(lock), "--no-deps", "--disable-pip",
            "--format", "json", "--progress-spinner", "off",
        ]))  # fmt: skip
        if found.status != NOT_AUDITED:
            break
    return found


def of_pip_audit(what: str, said: str, complaint: str) -> Found:
    """Read the answer of pip-audit; one that passed over every package asked nobody."""
    told = _json(said)
    if told is None or "dependencies" not in told:
        return Found(what, silent=_last(complaint))
    found = Found(what)
    for one in told["dependencies"]:
        if reason := one.get("skip_reason"):
            found.passed_over.append(f"{one['name']}: {reason}")
            continue
        found.asked += 1
        for known in one.get("vulns", ()):
            mended = ", ".join(known.get("fix_versions") or ["none yet"])
            found.known.append(f"{one['name']} {one['version']}: {known['id']}, mended in {mended}")
    return found


def browser_packages(folder: Path) -> Found:
    """Ask npm about the browser's libraries."""
    npm = shutil.which("npm")
    if npm is None:
        return Found("package-lock.json", silent="npm is not installed")
    with tempfile.TemporaryDirectory() as temporary:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(folder / name, temporary)
        said, complaint = _run([npm, "audit", "--json", "--package-lock-only"], Path(temporary))
    return of_npm(said, complaint)


def of_npm(said: str, complaint: str) -> Found:
    """Read the answer of ``npm audit --json``."""
    told = _json(said)
    counted = (told or {}).get("metadata", {}).get("dependencies", {}).get("total")
    if told is None or counted is None:
        reason = (told or {}).get("message") or (told or {}).get("error", {}).get("summary")
        return Found("package-lock.json", silent=str(reason or _last(complaint)))
    known = [
        f"{name}: {one.get('severity')}" for name, one in told.get("vulnerabilities", {}).items()
    ]
    return Found("package-lock.json", asked=int(counted), known=known)


def _run(command: list[str], folder: Path = ROOT) -> tuple[str, str]:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_LONGEST_S, check=False)  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", type(error).__name__
    return done.stdout, done.stderr


def _json(said: str) -> dict[str, Any] | None:
    try:
        told = json.loads(said)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _last(complaint: str) -> str:
    lines = [line for line in complaint.splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "no answer"


if __name__ == "__main__":
    sys.exit(main())
