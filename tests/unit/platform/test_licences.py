"""Whose work the product is made of, and under what: allowed by a list, or named and refused."""

import importlib.util
import re
import tomllib
from email.message import Message
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_SPEC = importlib.util.spec_from_file_location("licences", ROOT / "scripts/licences.py")
licences = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(licences)
Work = licences.Work


def metadata(**said):
    told = Message()
    for name, value in said.items():
        for one in value if isinstance(value, list) else [value]:
            told[name.replace("_", "-")] = one
    return told


def test_the_product_as_it_is_installed_is_allowed(capsys):
    assert licences.main([]) == 0, capsys.readouterr().err
    found = {w.name for w in licences.packages()}
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = {re.match(r"[\w.-]+", need)[0].lower() for need in told["project"]["dependencies"]}
    assert named <= found and {"psycopg-binary", "werkzeug", "certifi"} <= found
    assert {"hypothesis", "pytest", "ruff"} & found == set(), (
        "what only the tests need is no part of it"
    )


def test_so_are_the_files_that_a_browser_gets():
    found = list(licences.browser_files(ROOT / "web/vendor.toml"))
    assert {w.name for w in found} >= {"leaflet", "pbf"} and all(w.licence for w in found)


@pytest.mark.parametrize(
    "expression",
    ["MIT", "Apache-2.0 OR BSD-3-Clause", "GPL-2.0-only OR MIT", "BSD-3-Clause AND 0BSD AND MIT",
     "BSD-2-Clause AND Apache-2.0 WITH LLVM-exception"],
)  # fmt: skip
def test_a_permissive_licence_passes(expression):
    assert licences.refusal(Work("x", "1", expression)) == ""


@pytest.mark.parametrize(
    "expression",
    ["GPL-3.0-only", "AGPL-3.0-or-later", "LGPL-3.0-only", "MIT AND GPL-2.0-only", "SSPL-1.0",
     "LicenseRef-Proprietary", "(MIT OR Apache-2.0) AND GPL-3.0-only", "CC-BY-NC-4.0"],
)  # fmt: skip
def test_what_asks_for_more_is_refused_by_name_with_the_next_step(expression):
    said = licences.refusal(Work("xyz", "1.2", expression))
    assert "xyz 1.2" in said and expression in said and "another package" in said


def test_a_work_without_a_known_licence_is_refused_too():
    assert "no licence that is known" in licences.refusal(Work("xyz", "1.2", ""))


def test_the_drivers_of_the_database_are_allowed_by_name_alone():
    assert licences.refusal(Work("psycopg", "3", "LGPL-3.0-only")) == ""
    assert licences.refusal(Work("psycopg-next", "3", "LGPL-3.0-only"))
    assert licences.refusal(Work("psycopg", "4", "GPL-3.0-only"))


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ({"License_Expression": "MIT"}, "MIT"),
        ({"Classifier": ["License :: OSI Approved :: BSD License"]}, "BSD-3-Clause"),
        ({"Classifier": ["License :: OSI Approved"], "License": "ISC License"}, "ISC"),
        ({"License": "Apache-2.0"}, "Apache-2.0"),
        ({"Classifier": ["License :: OSI Approved :: MIT License", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"]}, ""),
        ({"License": "Copyright (c) somebody. All rights reserved"}, ""),
        ({"License": "UNKNOWN"}, ""), ({}, ""),
    ],
)  # fmt: skip
def test_a_licence_is_read_as_packages_say_it(said, licence):
    assert licences.licence_of(metadata(**said)) == licence


def test_a_refused_work_makes_the_command_fail(monkeypatch, capsys):
    monkeypatch.setattr(licences, "packages", lambda: [Work("xyz", "1", "AGPL-3.0-only")])
    assert licences.main([]) == 1
    assert "xyz" in capsys.readouterr().err
