import contextlib

import pytest
import sampled_unit as sampled
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


@pytest.fixture(scope="module")
def sampled_pages(make_database, tmp_path_factory):
    """The sampled unit, of a file's own: a function that gives a client by log-in, and its database."""
    database = Database(make_database("sampling", filled=sampled.build))
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    clients = {}

    def client(login="pengawas"):
        if login not in clients:
            clients[login] = app.test_client()
            clients[login].post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        return clients[login]

    yield client, database
    database.close()
