"""How many of the listed bad inputs become what the list says: prints ``85/85``.

Run by `python -m bench.bad_inputs`. It runs the tests of ``tests/unit/intake/bad_inputs``; a
number counts if every case of it passed. Below stand the numbers that failed, and how many
further inputs, met since the list was made, are held to as well.
"""

import re
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "tests/unit/intake/bad_inputs"
LISTED = 85


class Numbers:
    """What became of every number, while the tests run."""

    def __init__(self) -> None:
        self.passed: dict[int, bool] = {}
        self.of: dict[str, int] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note the number of every case: of its mark, or in its name."""
        for item in items:
            mark = item.get_closest_marker("bad_input")
            named = re.search(r"\[(\d+)-", item.nodeid)
            if mark is not None:
                self.of[item.nodeid] = int(mark.args[0])
            elif named is not None:
                self.of[item.nodeid] = int(named.group(1))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note whether a case passed; one that did not run has not."""
        number = self.of.get(report.nodeid)
        if number is not None and (report.when == "call" or not report.passed):
            self.passed[number] = self.passed.get(number, True) and report.passed


def main() -> int:
    """Run every case and print how many numbers hold."""
    numbers = Numbers()
    pytest.main([str(FOLDER), "-q", "--no-header", "-p", "no:cacheprovider"], plugins=[numbers])
    listed = {n: numbers.passed.get(n, False) for n in range(1, LISTED + 1)}
    more = {n: good for n, good in numbers.passed.items() if n > LISTED}
    failed = [n for n, good in {**listed, **more}.items() if not good]
    print(f"{sum(listed.values())}/{LISTED}", f"(+{sum(more.values())}/{len(more)} met since)")
    if failed:
        print("not held:", ", ".join(map(str, failed)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
