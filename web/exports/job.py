"""``python -m web.exports.job``: write one table of one page, asked for by a job.

It answers as the person who asked, who must still be allowed to; the whole table is of one moment
of the database. The order is a line of JSON on standard input, what is done a line of JSON each.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import g, session
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from rbmgeo.db.queries import people
from rbmgeo.db.scope import OVER_UNITS
from rbmgeo.db.session import Database
from rbmgeo.errors import NotAllowed, RbmgeoError
from rbmgeo.privacy import seen
from rbmgeo.settings import Settings
from rbmgeo.workflows.sheet_files import SEEN, write_noted
from web import create_app
from web.exports.told import Told
from web.exports.write import write_table
from web.login import load

#: Rows a page of the list has meanwhile: a few megabytes of its words at a time.
SIZE = 4_000


class OneMoment(Database):
    """A database whose every session sees the same moment, and none may write."""

    def __init__(self, url: str) -> None:
        super().__init__(url, pool_size=1)
        self._one = self.engine.connect().execution_options(isolation_level="REPEATABLE READ")
        self._one.execute(text("SET TRANSACTION READ ONLY"))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session within the one transaction."""
        with Session(self._one, join_transaction_mode="create_savepoint") as opened:
            if self.scope is not None:
                self.scope.say(self._one)
            yield opened

    def close(self) -> None:
        """Give the connection back."""
        self._one.close()
        super().close()


def written(order: dict[str, Any]) -> int:
    """Write the table that was ordered; return its rows."""
    settings = Settings(home=Path(order["home"]), lang=order["lang"])
    plain = Database(order["database"], pool_size=1)
    app = create_app(settings, plain)
    with plain.within(OVER_UNITS).reading() as opened:
        known = {u.login: u.user_id for u in people.users(opened)}
    user_id = known.get(order["who"])
    moment = OneMoment(order["database"])
    app.extensions["rbmgeo"] = (settings, moment)
    try:
        with app.test_request_context(order["path"], query_string=_flat(order["query"])):
            person = None if user_id is None else load(user_id)
            if person is None:
                raise NotAllowed(
                    "who asked for this table has no log-in any more",
                    "yang meminta tabel ini sudah tidak punya akun",
                )
            g._login_user = person
            session["lang"] = order["lang"]
            turned_away = app.preprocess_request()
            if turned_away is not None:
                raise NotAllowed("this page is not yours any more", "halaman ini sudah bukan untuk Anda")  # fmt: skip
            told = Told(order["name"], size=SIZE, direct=order["kind"] != "pdf")
            path = Path(order["file"])
            with seen.gathering() as customers:
                rows = write_table(path, order["kind"], told, _tell)
            write_noted(path.with_name(path.name + SEEN), customers)
            return rows
    finally:
        moment.close()
        plain.close()


def _flat(query: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, one) for name, many in query.items() for one in many]


def _tell(done: int, total: int) -> None:
    print(json.dumps({"done": done, "total": total}), flush=True)


def main() -> None:
    """Take one order and follow it."""
    order = json.loads(sys.stdin.readline())
    try:
        print(json.dumps({"rows": written(order)}), flush=True)
    except RbmgeoError as fault:
        print(json.dumps({"fault": [str(fault), fault.indonesian]}), flush=True)
    except HTTPException as turned_away:
        said = f"the page answered {turned_away.code}; open it and look"
        ours = f"halaman menjawab {turned_away.code}; buka dan lihat"
        print(json.dumps({"fault": [said, ours]}), flush=True)


if __name__ == "__main__":
    main()
