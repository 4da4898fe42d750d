"""A command that cannot do its work says so in one sentence; a warm start loads little."""

import json
import subprocess
import sys
from decimal import Decimal

import pandas as pd

from rbmgeo.cli.common import exact_json, write_csv


def test_the_database_comes_up_without_the_libraries_of_tables():
    program = (
        "import sys, rbmgeo.cli.db; print({'pandas', 'xlsxwriter', 'folium'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_a_home_that_is_a_file_is_said_in_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RBMGEO_HOME", str(tmp_path / "file"))
    monkeypatch.delenv("RBMGEO_DATABASE_URL", raising=False)
    for words in (["db", "up"], ["doctor"]):
        done = subprocess.run(
            [sys.executable, "-m", "rbmgeo.cli", *words],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "RBMGEO_HOME" in done.stderr + done.stdout
        assert "Traceback" not in done.stderr


def test_a_csv_of_a_command_runs_nothing_in_a_spreadsheet(tmp_path):
    rows = pd.DataFrame({"idpel": ["000000000001"], "gardu": ['=HYPERLINK("x")'], "p": [-0.5]})
    write_csv(rows.set_index("idpel"), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == (
        'idpel,gardu,p\n000000000001,"\'=HYPERLINK(""x"")",-0.5\n'
    )


def test_a_total_keeps_every_digit_in_json():
    """A float holds 15 digits; the sums of a year may have more."""
    values = {"total_kwh": Decimal("12345678901234567.125"), "whole": Decimal("100.00"),
              "many": [Decimal("0.1"), {"deep": Decimal("1E+3")}], "said": 'x"decimal-0"'}  # fmt: skip
    text = exact_json(values)
    assert '"total_kwh": 12345678901234567.125' in text
    assert json.loads(text, parse_float=Decimal) == {
        **values, "whole": 100, "many": [Decimal("0.1"), {"deep": 1000}]
    }  # fmt: skip
