"""Pages that the launcher starts log in as who owns nothing, though they are told the owner's address too."""

import pytest
from sqlalchemy import make_url

from rbmgeo.cli.serve import environment
from rbmgeo.db.scope import WEB
from rbmgeo.db.server import web_url
from rbmgeo.settings import Settings

OWNER = "postgresql+psycopg2://rbmgeo@/rbmgeo?host=/tmp/s"


def told(monkeypatch, tmp_path, **settings):
    """What the pages find: the settings as the environment of the launcher gives them."""
    mine = Settings(home=tmp_path, **{"database_url": "", "web_database_url": "", **settings})
    for name, value in environment(mine, settings.get("database_url") or OWNER).items():
        monkeypatch.setenv(name, value)
    theirs = Settings()
    return make_url(web_url(theirs, theirs.database_url)).username


def test_on_a_cluster_of_ours_they_are_the_log_in_of_the_pages(monkeypatch, tmp_path):
    """They were the owner of everything: the address they were told was taken for one that was named."""
    assert told(monkeypatch, tmp_path) == WEB


@pytest.mark.parametrize(("named", "user"), [("postgresql+psycopg2://kecil@h/d", "kecil"), ("", "milik")])  # fmt: skip
def test_elsewhere_they_are_whoever_was_named(monkeypatch, tmp_path, named, user):
    owner = "postgresql+psycopg2://milik@h/d"
    assert told(monkeypatch, tmp_path, database_url=owner, web_database_url=named) == user


def test_started_once_more_by_what_was_started_nothing_changes(monkeypatch, tmp_path):
    told(monkeypatch, tmp_path)
    again = environment(Settings(), OWNER)
    assert make_url(again["RBMGEO_WEB_DATABASE_URL"]).username == WEB
