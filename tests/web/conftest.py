import contextlib

import pytest
import small_unit as small

from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app


@pytest.fixture(scope="session")
def web_database(make_database):
    database = Database(make_database("web", filled=small.build))
    yield database
    database.close()


@pytest.fixture(scope="session")
def app(web_database, tmp_path_factory):
    made = create_app(Settings(home=tmp_path_factory.mktemp("home")), web_database)
    made.testing = True
    return made


@pytest.fixture(scope="session")
def ids(web_database):
    with web_database.reading() as session:
        return small.facts(session)


@pytest.fixture
def without_csrf(app):
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def as_role(app):
    """Offer a client logged in as a role; its forms carry no token, so the check is off."""
    with contextlib.ExitStack() as stack:

        def client(login: str):
            made = stack.enter_context(app.test_client())
            app.config["WTF_CSRF_ENABLED"] = False
            answer = made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
            assert answer.status_code == 302, answer.text
            return made

        yield client
    app.config["WTF_CSRF_ENABLED"] = True
