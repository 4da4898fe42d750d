"""data/README.md names every column, profile, spelling and rule that the importer knows."""

import re
import tomllib
from pathlib import Path

import pytest

from rbmgeo.intake import cells, check, tables
from rbmgeo.intake.answers import COLUMNS
from rbmgeo.intake.profiles import FOLDER, Profile, _load, profiles
from rbmgeo.intake.readers import read_tables
from rbmgeo.labels.rules import RULES
from rbmgeo.terms import CoordinateQuality, SurveyOutcome

TEXT = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([^|]+)` \| ([^|]*) \| (yes)? *\|$", re.MULTILINE)


def section(title: str) -> str:
    _, found, rest = TEXT.partition(title)
    assert found, f"data/README.md has no heading that begins {title!r}"
    return re.split(r"^##+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def explained() -> set[str]:
    """Columns in the first cell of the table of ours."""
    rows = [line for line in section("\n## Our columns").splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}


def of_profile(name: str) -> dict[str, tuple[list[str], bool]]:
    found = ROW.findall(section(f"\n### `{name}`"))
    return {ours: (re.findall(r"`([^`]+)`", theirs), bool(yes)) for ours, theirs, yes in found}


@pytest.mark.parametrize("profile", profiles(), ids=lambda p: p.name)
def test_a_profile_is_told_as_it_is(profile: Profile) -> None:
    told = of_profile(profile.name)
    layer = {"geometry"} & set(profile.needs)
    assert set(told) == set(profile.columns) | layer
    for ours, theirs in profile.columns.items():
        assert told[ours][0] == list(theirs), ours
    assert {ours for ours, (_, needed) in told.items() if needed} == set(profile.needs)
    assert f"Kind `{profile.kind}`" in section(f"\n### `{profile.name}`")


def test_every_column_is_explained() -> None:
    known = {*cells.NUMBERS, *cells.DATES, *cells.MONTHS, *cells.CODES, *cells.PLACES,
             *tables.CUSTOMER, *tables.READING, *tables.NUMERIC_MONTHS}  # fmt: skip
    known |= {ours for p in profiles() for ours in (*p.columns, *p.needs)}
    known |= {ours for keys in check.KEYS.values() for ours in keys}
    assert known - explained() == set()


def test_no_column_is_explained_that_is_not_there() -> None:
    assert explained() - {o for p in profiles() for o in (*p.columns, *p.needs)} == set()


def test_every_profile_has_its_section_and_no_other() -> None:
    told = set(re.findall(r"^### `([^`]+)`", TEXT, flags=re.MULTILINE))
    assert told == {p.stem for p in FOLDER.glob("*.toml")}


@pytest.mark.parametrize("word", [*RULES, *CoordinateQuality, *SurveyOutcome, *COLUMNS])
def test_every_rule_and_state_is_named(word: str) -> None:
    assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", TEXT)


def test_every_key_of_a_profile_is_told() -> None:
    used = {key for path in FOLDER.glob("*.toml") for key in _keys(path)}
    told = section("\n## Writing a profile")
    assert {key for key in used if f"`{key}`" not in told} == set()


def test_the_example_of_a_profile_reads_a_file(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", TEXT, flags=re.DOTALL)
    assert example
    raw = tomllib.loads(example[1])
    (tmp_path / "mine.toml").write_text(example[1], encoding="utf-8")
    profile = _load(tmp_path / "mine.toml")
    (tmp_path / "list.csv").write_text(
        "no_pelanggan;bulan;rute;pemakaian\n513541234567;122024;51354BAA;1.234,5\n",
        encoding="utf-8",
    )
    (table,) = read_tables(tmp_path / "list.csv")
    assert profile.fits(table)
    done = check.check(table, profile)
    assert done.rows[list(raw["columns"])].to_numpy().tolist() == [
        ["513541234567", "202412", "51354BAA", "1234.5"]
    ]


def _keys(path: Path) -> list[str]:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    flat = [k for k, v in raw.items() if not isinstance(v, dict)]
    nested = [
        f"[{k}] {n}" for k, v in raw.items() if isinstance(v, dict) and k != "columns" for n in v
    ]
    return [*flat, *nested]
