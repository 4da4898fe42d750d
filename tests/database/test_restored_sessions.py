"""A restore ends all sessions: one that was ended since the backup would open again."""

from rbmgeo.db.queries import login_sessions, people
from rbmgeo.workflows.restores import _end_sessions


def test_no_session_is_open_in_what_was_restored(fresh_database):
    with fresh_database.writing() as session:
        user = people.add_user(session, login="kepala", password="sandi-uji-panjang", grants=[("*", "admin")])  # fmt: skip
        token = login_sessions.begin(session, user_id=user.user_id, how="password", told="", address="")  # fmt: skip
        assert login_sessions.known(session, token=token) is not None
    _end_sessions(fresh_database.url)
    with fresh_database.reading() as session:
        assert login_sessions.known(session, token=token) is None
