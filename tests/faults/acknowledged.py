"""Clients that send without end, and a ledger of what they were told is kept.

Each sends one thing again and again until it is acknowledged, as a phone and a person do; what is
acknowledged goes to the ledger, and must be there once whatever died meanwhile.
"""

import contextlib
import hashlib
import http.client
import json
import re
import threading
import time
import uuid
from collections import defaultdict
from datetime import UTC, datetime
from urllib.parse import urlencode

import pandas as pd
from failing_phones import named
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from rbmgeo.db.queries import people, units, visits
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.intake.photo_store import PhotoStore

ULP, MONTH, PASSWORD = "51354", "202412", "sandi-uji-panjang"
HOUSES, ROWS = 40, 20
#: Jobs that wait at once.
MOST_OPEN = 6
HEAD = "BLTH;UNITUP;IDPEL;NAMA;TARIF;DAYA;KODERBM;PEMKWH\n"
DEVICE = named("device")


def build(session):
    """Write a unit with houses, their orders and four people."""
    units.ensure_unit(session, ulp=ULP)
    houses = [f"5135400{n:05d}" for n in range(HOUSES)]
    session.execute(
        text("INSERT INTO customer (ulp, idpel, public_id) SELECT :u, i, CAST(p AS uuid) FROM "
             "unnest(CAST(:i AS text[]), CAST(:p AS text[])) AS t(i, p)"),
        {"u": ULP, "i": houses, "p": [named(h) for h in houses]},
    )  # fmt: skip
    session.execute(
        text("INSERT INTO pdpj (ulp, idpel, valid_from, gardu, source) "
             "SELECT :u, unnest(CAST(:i AS text[])), '2024-01-01', 'PD1', 'pdpj'"),
        {"u": ULP, "i": houses},
    )  # fmt: skip
    for login, role in (("hp", "surveyor"), ("rencana", "perencana"), ("awas", "pengawas")):
        people.add_user(session, login=login, password=PASSWORD, grants=[(ULP, role)])
    visits.add_list(
        session, ulp=ULP, job="survei", blth=MONTH, title="Hari", officer="hp", planned_on=None,
        content={}, who="uji", orders=pd.DataFrame({"idpel": houses, "reason": "temuan"}),
    )  # fmt: skip
    session.execute(
        text("UPDATE visit_order SET order_id = CAST(w.o AS uuid) FROM unnest(CAST(:o AS text[]), "
             "CAST(:i AS text[])) AS w(o, i) WHERE ulp = :u AND idpel = w.i"),
        {"o": [named("order", h) for h in houses], "u": ULP, "i": houses},
    )  # fmt: skip


class Ledger:
    """What was acknowledged, by kind."""

    def __init__(self):
        self.of, self.lock, self.running = defaultdict(dict), threading.Lock(), threading.Event()
        self.numbers = defaultdict(int)

    def note(self, kind, key, value):
        with self.lock:
            self.of[kind][key] = value

    def next(self, kind):
        with self.lock:
            self.numbers[kind] += 1
            return self.numbers[kind]

    def count(self):
        return {kind: len(found) for kind, found in self.of.items()}


class Refused(Exception):
    """An answer that promises nothing: not logged in, no database, a fault."""


class Client(threading.Thread):
    """Somebody who is logged in and sends one kind of thing for ever."""

    login = ""

    def __init__(self, ledger, port, database):
        super().__init__(daemon=True)
        self.ledger, self.port, self.database = ledger, port, database
        self.done, self.cookie, self.token, self.idle = threading.Event(), "", "", threading.Event()
        self.fault = None

    def run(self):
        try:
            while not self.done.is_set():
                if not self.ledger.running.is_set():
                    self.idle.set()
                    time.sleep(0.02)
                    continue
                self.idle.clear()
                thing = self.made()
                while thing is not None and not self.done.is_set():
                    try:
                        self.send(thing)
                        break
                    except (OSError, http.client.HTTPException, Refused, ValueError):
                        time.sleep(0.15)
                self.done.wait(0.1)
        except Exception as fault:
            self.fault = fault

    def asked(self, method, path, body=None, kind="application/json"):
        """Ask, log in first where that is needed; return status, body and Location."""
        if not self.cookie:
            self._log_in()
        status, said, place = self._plain(method, path, body, kind)
        if status in (400, 401) or (status == 302 and "/masuk" in place):
            self.cookie = self.token = ""  # the session ended, or its clock did
            raise Refused(status)
        if status >= 500 or status == 429:
            raise Refused(status)
        return status, said, place

    def _log_in(self):
        _, page, _ = self._plain("GET", "/masuk", None, "")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.decode())
        form = {"nama": self.login, "sandi": PASSWORD, "csrf_token": token[1] if token else ""}
        status, _, _ = self._plain("POST", "/masuk", urlencode(form), "application/x-www-form-urlencoded")  # fmt: skip
        if status != 302:
            self.cookie = ""
            raise Refused(status)
        status, said, _ = self._plain("GET", f"/{ULP}/hp/sapa" if self.login != "awas" else "/", None, "")  # fmt: skip
        if self.login == "awas":
            _, page, _ = self._plain("GET", f"/{ULP}/{MONTH}/survei/usulan", None, "")
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.decode())
            self.token = found[1] if found else ""
        elif status == 200:
            self.token = json.loads(said)["csrf"]
        if not self.token:
            self.cookie = ""
            raise Refused(status)

    def _plain(self, method, path, body, kind):
        net = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"Cookie": self.cookie, "X-CSRFToken": self.token, "Content-Type": kind}
            net.request(method, path, body, {k: v for k, v in headers.items() if v})
            answer = net.getresponse()
            said = answer.read()
            if given := answer.getheader("Set-Cookie"):
                self.cookie = given.partition(";")[0]
            return answer.status, said, answer.getheader("Location") or ""
        finally:
            net.close()


class Surveyor(Client):
    """Sends a visit with a picture: first the record, then what it names."""

    login = "hp"

    def made(self):
        n = self.ledger.next("visit")
        house = f"5135400{n % HOUSES:05d}"
        picture = b"\xff\xd8\xff\xe0" + hashlib.sha256(str(n).encode()).digest() * 30
        photo = {"sha256": hashlib.sha256(picture).hexdigest(), "kind": "rumah", "bytes": len(picture)}  # fmt: skip
        return {
            "client_id": str(uuid.uuid5(uuid.UUID(int=9), f"v{n}")), "order_id": named("order", house),
            "customer": None, "job": "survei", "outcome": "gardu_lain" if n % 2 else "cocok",
            "values": {"tiang": f"T{n}"} | ({"gardu": f"PD{2 + n % 3}"} if n % 2 else {}),
            "photos": [photo],
            "place": {"lon": 112.7, "lat": -7.65, "accuracy_m": 5.0, "fixes": 3},
            "device_at": datetime(2026, 11, 26, 2, n % 60, tzinfo=UTC).isoformat(),
            "device_id": DEVICE, "officer": "hp",
        }, picture  # fmt: skip

    def send(self, thing):
        told, picture = thing
        body = {"device_id": DEVICE, "sent_at": told["device_at"], "visits": [told]}
        _, said, _ = self.asked("POST", f"/{ULP}/hp/kunjungan", json.dumps(body))
        sha256 = visit_of(told).sha256
        if sha256 not in {r["sha256"] for r in json.loads(said)["receipts"]}:
            raise Refused(said)
        self.ledger.note("visits", told["client_id"], sha256)
        name = told["photos"][0]["sha256"]
        path = f"/{ULP}/hp/foto/{name}?mulai=0&seluruhnya={len(picture)}"
        _, said, _ = self.asked("PUT", path, picture, "application/octet-stream")
        if not json.loads(said)["whole"]:
            raise Refused(said)
        self.ledger.note("pictures", name, len(picture))


class Decider(Client):
    """Decides proposals that another made."""

    login = "awas"

    def made(self):
        query = text("SELECT proposal_id FROM proposal WHERE state = 'open' ORDER BY proposal_id LIMIT 1")  # fmt: skip
        try:
            with self.database.reading() as session:
                return session.scalar(query)
        except SQLAlchemyError:
            return None

    def send(self, thing):
        form = urlencode({"putusan": "rejected", "csrf_token": self.token})
        status, _, _ = self.asked("POST", f"/{ULP}/{MONTH}/survei/usulan/{thing}", form, "application/x-www-form-urlencoded")  # fmt: skip
        if status == 302:  # 403: an answer before was lost, or it stands in conflict meanwhile
            self.ledger.note("decisions", thing, "rejected")


class Asker(Client):
    """Asks for jobs of one transaction, not more of them than the worker can do."""

    login = "rencana"

    def made(self):
        time.sleep(0.6)
        return self.ledger.next("ask") if self.few_wait() else None

    def few_wait(self):
        """Say whether the worker has little to do."""
        query = text("SELECT count(*) FROM job WHERE state IN ('waiting', 'running')")
        try:
            with self.database.reading() as session:
                return session.scalar(query) < MOST_OPEN
        except SQLAlchemyError:
            return False

    def send(self, thing):
        _, _, place = self.asked("POST", f"/{ULP}/{MONTH}/evaluasi", urlencode({"csrf_token": self.token}), "application/x-www-form-urlencoded")  # fmt: skip
        found = re.search(r"/pekerjaan/(\d+)$", place)
        if not found:
            raise Refused(place)
        self.ledger.note("jobs", int(found[1]), "evaluate")


class Uploader(Asker):
    """Uploads a month's list, a new month each time."""

    login = "rencana"

    def made(self):
        time.sleep(0.4)
        if not self.few_wait():
            return None
        n = self.ledger.next("upload")
        blth = f"{2000 + n // 12}{n % 12 + 1:02d}"
        return blth, HEAD + "".join(
            f"{blth};{ULP};{513540000000 + k};N{k};R1;900;51354BAA;{k}\n" for k in range(ROWS)
        )

    def send(self, thing):
        blth, content = thing
        edge = "----x"
        parts = "".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}\r\n'
            for name, file, value in (
                ("csrf_token", "", self.token), ("cara", "", "semua"),
                ("berkas", f'; filename="dpm_{blth}.csv"', content),
            )
        ) + f"--{edge}--\r\n"  # fmt: skip
        _, _, place = self.asked("POST", f"/{ULP}/{MONTH}/impor", parts, f"multipart/form-data; boundary={edge}")  # fmt: skip
        found = re.search(r"/pekerjaan/(\d+)$", place)
        if not found:
            raise Refused(place)
        self.ledger.note("jobs", int(found[1]), "import")
        self.ledger.note("uploads", blth, int(found[1]))


#: What may be wrong after anything died, and counts 0: rows by name of the wrong.
WRONG = {
    "job in running without a lease":
        "SELECT count(*) FROM job WHERE state = 'running' AND (leased_until IS NULL OR worker IS NULL)",
    "waiting job that the queue does not know":
        "SELECT count(*) FROM job j WHERE state = 'waiting' AND NOT EXISTS "
        "(SELECT FROM procrastinate_jobs q WHERE q.args @> jsonb_build_object('job_id', j.job_id))",
    "visit there twice":
        "SELECT count(*) FROM (SELECT FROM field_visit GROUP BY client_id HAVING count(*) > 1) x",
    "visit without effect":
        "SELECT count(*) FROM field_visit v WHERE NOT EXISTS (SELECT FROM visit_effect e "
        "WHERE e.client_id = v.client_id AND e.sha256 = v.sha256)",
    "effect without its answer":
        "SELECT abs((SELECT count(*) FROM visit_effect WHERE state = 'masuk') - (SELECT count(*) FROM survey_answer))",
    "proposal decided twice":
        "SELECT count(*) FROM (SELECT FROM approval GROUP BY proposal_id HAVING count(*) > 1) x",
    "decision without its state":
        "SELECT count(*) FROM approval a JOIN proposal p USING (ulp, proposal_id) WHERE p.state = 'open'",
    "month half loaded":
        f"SELECT count(*) FROM (SELECT FROM rbm_list GROUP BY blth HAVING count(*) <> {ROWS}) x",
    "list loaded twice":
        "SELECT count(*) FROM (SELECT FROM import_batch WHERE undone_at IS NULL GROUP BY ulp, sha256 HAVING count(*) > 1) x",
    # A list that was sent again, since the first answer was lost, is known: it is read and left.
    "import done without its month":
        "SELECT count(*) FROM job j WHERE task = 'import' AND state = 'done' AND "
        f"(result ->> 'good')::int + (result ->> 'skipped')::int <> {ROWS}",
}  # fmt: skip


def wrongs(session, ledger, home):
    """Return what is wrong now: broken rules, and what was acknowledged and is not there once."""
    found = [f"{name}: {n}" for name, sql in WRONG.items() if (n := session.scalar(text(sql)))]
    visits_there = {(str(c), s) for c, s in session.execute(text("SELECT client_id, sha256 FROM field_visit"))}  # fmt: skip
    pictures = dict(session.execute(text("SELECT sha256, suffix FROM visit_photo WHERE suffix IS NOT NULL")).all())  # fmt: skip
    states = dict(session.execute(text("SELECT proposal_id, state FROM proposal")).all())
    known_jobs = dict(session.execute(text("SELECT job_id, state FROM job")).all())
    store = PhotoStore.of(home, ULP)
    with ledger.lock:
        of = {kind: dict(told) for kind, told in ledger.of.items()}
    found += [f"visit lost: {c}" for c, s in of.get("visits", {}).items() if (c, s) not in visits_there]  # fmt: skip
    for sha256 in of.get("pictures", {}):
        there = sha256 in pictures and _same(store.path(sha256, pictures[sha256]), sha256)
        found += [] if there else [f"picture lost: {sha256}"]
    found += [f"decision lost: {p}" for p, s in of.get("decisions", {}).items() if states.get(p) != s]  # fmt: skip
    found += [f"job lost: {j}" for j in of.get("jobs", {}) if j not in known_jobs]
    found += [f"picture without file: {h}" for h, s in pictures.items() if not store.path(h, s).is_file()]  # fmt: skip
    return found


def _same(path, sha256):
    with contextlib.suppress(OSError):
        return hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    return False
