"""Files of deploy/ are what their formats and the program know; no machine here runs them."""

import configparser
import importlib.util
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from rbmgeo.cli.main import COMMANDS
from rbmgeo.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
#: Where the examples have the product, and what of it stands here.
PLACE = "/opt/rbmgeo/.venv/bin/"
PROGRAMS = {"rbmgeo", "gunicorn", "python"}


def unit(path):
    read = configparser.RawConfigParser(strict=False, interpolation=None)
    read.optionxform = str
    read.read_string(path.read_text())
    return read


def known(words):
    """Hold a command of an example to what this version has."""
    name = words[0].removeprefix(PLACE)
    assert name in PROGRAMS, words
    if name == "rbmgeo":
        assert words[1].startswith("--") or words[1] in COMMANDS, words
    elif name == "python":
        assert words[1] == "-m" and importlib.util.find_spec(words[2]), words
    else:
        assert importlib.util.find_spec(words[1].partition(":")[0]), words
        told = " ".join(words[2:])
        of_ours = re.findall(r"--(?:logger|worker)-class[ =](\S+)", told)
        assert len(of_ours) == 2, told
        for module, _, name in (one.rpartition(".") for one in of_ours):
            assert hasattr(importlib.import_module(module), name)
        asked = [f"{w}" for w in words[2:]] + ["--check-config"]
        assert gunicorn_takes(asked), told


def gunicorn_takes(words):
    from gunicorn.config import Config

    parser = Config().parser()
    parser.parse_args(words)
    return True


@pytest.mark.parametrize("path", [*UNITS, *(DEPLOY / n for n in ("compose.yaml", "Dockerfile", "nginx.conf", "Caddyfile", "rbmgeo.env", "README.md"))], ids=lambda p: p.name)  # fmt: skip
def test_every_example_says_that_it_was_not_run_here(path):
    assert re.search("not run here", path.read_text(), re.I)


@pytest.mark.parametrize("path", UNITS, ids=lambda p: p.name)
def test_a_unit_starts_what_this_version_has(path):
    read = unit(path)
    assert set(read.sections()) == {"Unit", "Service", "Install"}
    for key, line in read["Service"].items():
        if key.startswith("Exec"):
            known(shlex.split(line))
    names = {p.name for p in UNITS}
    for key in ("Requires", "Before", "After"):
        ours = {n for n in read["Unit"].get(key, "").split() if n.startswith("rbmgeo")}
        assert ours <= names
    assert read["Service"]["EnvironmentFile"].endswith("rbmgeo.env")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="NO systemd-analyze")
def test_systemd_itself_finds_no_fault_in_the_units(tmp_path):
    for path in UNITS:
        # What stands in other places here: programs, folders, the user.
        text = path.read_text().replace(PLACE + "rbmgeo", "/bin/true")
        text = re.sub(rf"{PLACE}\w+", "/bin/true", text).replace("/opt/rbmgeo", "/")
        (tmp_path / path.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "rbmgeo-" in line]
    assert ours == []


def test_every_setting_of_the_examples_is_one_of_ours():
    told = set()
    for path in (DEPLOY / "rbmgeo.env", DEPLOY / "compose.yaml", DEPLOY / "Dockerfile"):
        told |= set(re.findall(r"\bRBMGEO_([A-Z_]+)(?=[=:] ?[^?-])", path.read_text()))
    of_the_example = {"DOMAIN", "PAGES", "BACKUPS"}
    assert {n.lower() for n in told - of_the_example} <= set(Settings.model_fields)
    assert {"BACKUP_TO", "HOME", "LOG"} <= told


def test_the_compose_file_hangs_together():
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = told["services"]
    for name, service in services.items():
        depends = service.get("depends_on", [])
        assert set(depends) <= set(services), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in told["volumes"] or source[0] in "./$", volume
        if service.get("image") == "rbmgeo:local":
            known(service["command"])
            context = (DEPLOY / service["build"]["context"]).resolve()
            assert (context / service["build"]["dockerfile"]).is_file()
    assert "PASSWORD:?" in services["database"]["environment"]["POSTGRES_PASSWORD"]
    assert services["web"]["depends_on"]["upgrade"]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_what_stands_in_front_hands_on_the_number_of_the_request_and_closes_its_braces(name):
    text = (DEPLOY / name).read_text()
    bare = "\n".join(line.split("#")[0] for line in text.splitlines())
    depth = 0
    for sign in bare:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert "X-Request-ID" in text and "8000" in text
    if name == "nginx.conf":
        for line in filter(None, map(str.strip, bare.splitlines())):
            assert line[-1] in "{};" or line.startswith("'"), line
        assert "$request_uri" not in text.split("log_format")[1].split(";")[0]


def test_the_image_copies_nothing_that_a_machine_made():
    left = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert {".git", ".venv", ".rbmgeo*", "imports"} <= set(left)
