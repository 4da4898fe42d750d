"""A unit with one list of many houses for the phone, and the unit's side of the wire as a test needs it.

The side of the wire keeps the contract (docs/phone.md) over the product's own `receive_visits`; where
the product has these addresses itself, they are used. Replies are lost by a layer around the whole
application: what it did is committed, and nobody hears of it.
"""

import base64
import contextlib
import hashlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pandas as pd
import small_unit as small
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask import Blueprint, g, jsonify, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from in_chromium import whole
from sqlalchemy import text
from werkzeug.serving import WSGIRequestHandler, make_server

from rbmgeo.db.queries import visits
from rbmgeo.db.session import Database
from rbmgeo.fieldwork.visit import NoVisit, visit_of
from rbmgeo.settings import Settings
from rbmgeo.terms import Role
from rbmgeo.workflows.receive_visits import receive_visits
from web import create_app
from web.access import allow, no_page
from web.database import database as the_database

ULP = small.SMALL
OFFICER = "surveyor"
#: The first house stands here, the others every 20 m to the east, fifty a street.
LON, LAT = 112.71, -7.66
#: Houses of an RBM; a drill in haste takes fewer.
MANY = int(os.environ.get("RBMGEO_DRILL_VISITS", "600"))
WALKS = (Role.SURVEYOR, Role.PERENCANA)


def houses(session, count: int) -> list[str]:
    """Write customers and one street a row of them; return their idpels in walking order."""
    session.execute(
        text(
            """
            INSERT INTO customer (ulp, idpel, public_id, name, address, tarif, daya_va, meter_number,
                                  jenis_layanan, dibaca_oleh, coordinate_quality, point_source, geom)
            SELECT :u, :u || lpad((5000000 + n)::text, 7, '0'), md5('rumah ' || n)::uuid,
                   'Nama ' || n, 'Jl. Melati ' || n + 1, 'R1M', 900, '14' || lpad(n::text, 9, '0'),
                   'pasca', 'vendor', 'ok', 'gis',
                   ST_SetSRID(ST_MakePoint(:lon + (n % 50) * 0.00018, :lat - (n / 50) * 0.0004), 4326)
            FROM generate_series(0, :n - 1) n
            """
        ),
        {"u": ULP, "n": count, "lon": LON, "lat": LAT},
    )
    for row in range((count + 49) // 50):
        session.execute(
            text(
                "INSERT INTO street (ulp, highway, geom) VALUES (:u, 'residential', ST_SetSRID("
                "ST_MakeLine(ST_MakePoint(:x, :y), ST_MakePoint(:x + 0.01, :y)), 4326))"
            ),
            {"u": ULP, "x": LON - 0.0005, "y": LAT - row * 0.0004 - 0.0001},
        )
    for n in range(3):
        session.execute(
            text(
                "INSERT INTO tiang (ulp, tiang, geom) VALUES (:u, :t, "
                "ST_SetSRID(ST_MakePoint(:x, :y), 4326))"
            ),
            {"u": ULP, "t": f"T-{n}", "x": LON + n * 0.0004, "y": LAT - 0.0001},
        )
    return [f"{ULP}{5000000 + n:07d}" for n in range(count)]


def one_list(
    session, idpels: list[str], *, job: str = "survei", title: str = "Hari 1",
    content: dict | None = None, reason: str = "temuan",
):  # fmt: skip
    """Keep a list of houses for the surveyor and return its id."""
    orders = pd.DataFrame({"idpel": idpels, "reason": reason})
    orders["content"] = [content or {"question": "question.gardu"}] * len(orders)
    return visits.add_list(
        session, ulp=ULP, job=job, blth=small.BLTH, title=title, officer=OFFICER,
        planned_on=None, content={}, orders=orders, who="perencana",
    )  # fmt: skip


def build(session) -> None:
    """Write the small unit and a list of 24 houses; six more houses stand beside the walk."""
    small.build(session)
    one_list(session, houses(session, 30)[:24])


def build_large(session) -> None:
    """Write the small unit and a list of an RBM's houses; as many again stand around."""
    small.build(session)
    one_list(session, houses(session, 2 * MANY)[:MANY])


class Office:
    """The unit's side: an application, its server that can go away, and replies that are lost."""

    def __init__(self, database, home) -> None:
        self.database = database
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.photos: dict[str, bytearray] = {}
        self.app = create_app(Settings(home=home), database)
        self.own_wire = any(r.rule.endswith("/hp/sapa") for r in self.app.url_map.iter_rules())
        if not self.own_wire:
            self.app.register_blueprint(_wire(self))
        #: Of so many replies of the wire one is lost (0: none).
        self.lose_every = 0
        self.replies = self.lost = 0
        self._guard = threading.Lock()
        self._server = None
        self.port = 0

    def serve(self) -> str:
        """Answer at an address; the same one as before, once there was one."""
        server = make_server(
            "127.0.0.1", self.port, self._leaky, threaded=True, request_handler=_Quiet
        )
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        self._server = (server, thread)
        return f"http://127.0.0.1:{self.port}"

    def vanish(self) -> None:
        """Answer no more."""
        if self._server is not None:
            server, thread = self._server
            server.shutdown()
            thread.join()
            server.server_close()
            self._server = None

    def _leaky(self, environ, start_response):
        answer = whole(self.app)(environ, start_response)
        here = environ["PATH_INFO"].rpartition("/hp/")[2]
        if self.lose_every and here.startswith(("kunjungan", "foto")):
            with self._guard:
                self.replies += 1
                lose = self.replies % self.lose_every == 0
                self.lost += lose
            if lose:
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
                return []
        return answer

    def opened(self, wrapped: bytes) -> bytes:
        """Return the queue key that a phone wrapped for the office."""
        how = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
        return self.key.decrypt(wrapped, how)

    def kept(self) -> list[tuple[str, ...]]:
        """Return (client id, order id, outcome) of each record that came."""
        with self.database.reading() as session:
            rows = session.execute(
                text("SELECT client_id::text, order_id::text, outcome FROM field_visit "
                     "WHERE ulp = :u ORDER BY visit_no"),
                {"u": ULP},
            )  # fmt: skip
            return [tuple(r) for r in rows]

    def whole_photos(self) -> set[str]:
        """Return the hashes of the photos that came whole."""
        with self.database.reading() as session:
            return set(session.scalars(text("SELECT sha256 FROM visit_photo WHERE ulp = :u"), {"u": ULP}))  # fmt: skip


class _Quiet(WSGIRequestHandler):
    def log(self, *args, **more) -> None:
        pass


@contextlib.contextmanager
def office(make_database, home, name: str, fill: Callable) -> Iterator[Office]:
    """Offer the unit's side over a database filled by a function of this module."""
    database = Database(make_database(name, filled=fill))
    made = Office(database, home)
    try:
        yield made
    finally:
        made.vanish()
        database.close()


def _wire(side: Office) -> Blueprint:
    bp = Blueprint("test_wire", __name__, url_prefix="/<ulp:ulp>/hp")

    @bp.get("/sapa")
    @allow(*WALKS)
    @no_page
    def hello():
        numbers = side.key.public_key().public_numbers()
        jwk = {"kty": "RSA", "alg": "RSA-OAEP-256", "ext": True, "n": _b64(numbers.n), "e": _b64(numbers.e)}  # fmt: skip
        return jsonify(csrf=generate_csrf(), login=current_user.login, name=current_user.display_name,
                       now=datetime.now(UTC).isoformat(), ulp=g.ulp, unit="Pandaan", lang="id",
                       key={"id": "k1", "jwk": jwk})  # fmt: skip

    @bp.post("/perangkat")
    @allow(*WALKS)
    @no_page
    def device():
        told = request.get_json()
        with the_database().writing() as session:
            visits.seen_device(session, ulp=g.ulp, device_id=told["device_id"], login=current_user.login,
                               told=told["told"], wrapped_key=base64.b64decode(told["wrapped_key"]))  # fmt: skip
        return jsonify(ok=True, struck_off=False)

    @bp.post("/kunjungan")
    @allow(*WALKS)
    @no_page
    def receive():
        good, refused = [], []
        for one in request.get_json()["visits"]:
            try:
                good.append(visit_of(one))
            except NoVisit as fault:
                refused.append({"client_id": one.get("client_id"), "id": fault.in_language("id"), "en": fault.in_language("en")})  # fmt: skip
        with the_database().writing() as session:
            said = receive_visits(
                session, g.ulp, good, who=current_user.login, now=datetime.now(UTC)
            )
        receipts = [{"client_id": r.client_id, "sha256": r.sha256, "came": r.came, "missing": r.missing} for r in said]  # fmt: skip
        return jsonify(receipts=receipts, refused=refused)

    @bp.route("/foto/<sha256>", methods=["GET", "PUT"])
    @allow(*WALKS)
    @no_page
    def photo(sha256: str):
        have = side.photos.setdefault(sha256, bytearray())
        if request.method == "PUT":
            if int(request.args["mulai"]) == len(have):
                have += request.get_data()
            if len(have) >= int(request.args["seluruhnya"]):
                if hashlib.sha256(have).hexdigest() != sha256:
                    have.clear()
                else:
                    with the_database().writing() as session:
                        visits.add_photo(session, ulp=g.ulp, sha256=sha256, suffix=".jpg", size=len(have), who="-")  # fmt: skip
        with the_database().reading() as session:
            whole = bool(visits.photos_there(session, ulp=g.ulp, hashes=[sha256]))
        return jsonify(have=len(have), whole=whole)

    return bp


def _b64(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
