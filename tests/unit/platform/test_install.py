import pytest

from rbmgeo.db.server import install


@pytest.fixture
def told(monkeypatch):
    """Let nothing be installed; remember what would have been."""
    done = []
    monkeypatch.delenv("RBMGEO_IGNORE_SYSTEM", raising=False)
    monkeypatch.setattr(install, "release", lambda: ("debian", "12"))
    monkeypatch.setattr(install.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(install, "_sudo_asks_nothing", lambda: False)
    monkeypatch.setattr(
        install, "with_apt", lambda say, major, prefix: done.append((major, prefix))
    )
    monkeypatch.setattr(install, "unpack", lambda say, major: done.append((major, "unpack")))
    return done


def test_root_uses_apt(told, monkeypatch):
    monkeypatch.setattr(install.os, "geteuid", lambda: 0)
    install.install(print)
    assert told == [(15, [])]


def test_sudo_is_used_where_it_asks_nothing(told, monkeypatch):
    monkeypatch.setattr(install.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(install, "_sudo_asks_nothing", lambda: True)
    install.install(print)
    assert told == [(15, ["sudo", "-n"])]


def test_without_rights_packages_are_unpacked(told, monkeypatch):
    monkeypatch.setattr(install.os, "geteuid", lambda: 1000)
    install.install(print)
    assert told == [(15, "unpack")]


def test_ubuntu_24_04_has_its_own_major_version(told, monkeypatch):
    monkeypatch.setattr(install.os, "geteuid", lambda: 0)
    monkeypatch.setattr(install, "release", lambda: ("ubuntu", "24.04"))
    install.install(print)
    assert told == [(16, [])]
    assert install.packages(16) == ["postgresql-16", "postgresql-16-postgis-3"]


def test_apt_that_fails_is_told_and_packages_are_unpacked(told, monkeypatch):
    monkeypatch.setattr(install.os, "geteuid", lambda: 0)

    def fails(say, major, prefix):
        raise install.NoServer("apt-get failed: lock held")

    monkeypatch.setattr(install, "with_apt", fails)
    said = []
    install.install(said.append)
    assert told == [(15, "unpack")]
    assert said == ["apt-get failed: lock held"]


def test_elsewhere_one_screen_of_what_to_do(told, monkeypatch):
    monkeypatch.setattr(install, "release", lambda: ("fedora", "40"))
    with pytest.raises(install.NoServer, match="RBMGEO_DATABASE_URL"):
        install.install(print)
    assert told == []
