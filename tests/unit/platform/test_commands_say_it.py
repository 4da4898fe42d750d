"""A command that cannot do its work says so in one sentence; a warm start loads little."""

import subprocess
import sys

import pandas as pd

from rbmgeo.cli.common import write_csv


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
