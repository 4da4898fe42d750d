"""Phones that fail in every way they can, and what a unit must look like whatever they did.

A phone has a disk (what it must not lose) and a head (what is gone when it is killed). It deletes
a record only when a receipt names it and its pictures are whole.
"""

import hashlib
import http.client
import json
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pandas as pd
from sqlalchemy import text

from rbmgeo.db.queries import people, units, visits
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.fieldwork.receive import states
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.terms import FieldJob

PASSWORD, MONTH = "sandi-uji-panjang", "202412"
START = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
#: What the net and the phone do to a request, of a hundred.
LOST, NO_REPLY, TWICE, KILLED = 8, 25, 8, 4
SPACE = uuid.UUID(int=7)


class Killed(Exception):
    """The phone's battery is out, or somebody closed the app."""


@dataclass
class Disk:
    """What a phone keeps: its records by place, its pictures by hash, what is settled."""

    device_id: str
    login: str
    records: dict[int, dict] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    received: set[int] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    cookie: str = ""


def named(*words):
    return str(uuid.uuid5(SPACE, " ".join(map(str, words))))


def build(session, ulp, phones, each):
    """Write a unit whose surveyors have a list each; ids are the same in every unit."""
    units.ensure_unit(session, ulp=ulp)
    # idpel are a unit's own, but the same in both: what is compared names them.
    houses = [f"5135400{n:05d}" for n in range(phones * each)]
    session.execute(
        text("INSERT INTO customer (ulp, idpel, public_id) SELECT :u, i, CAST(p AS uuid) FROM "
             "unnest(CAST(:i AS text[]), CAST(:p AS text[])) AS t(i, p)"),
        {"u": ulp, "i": houses, "p": [named(ulp, h) for h in houses]},
    )  # fmt: skip
    session.execute(
        text("INSERT INTO pdpj (ulp, idpel, valid_from, gardu, source) "
             "SELECT :u, unnest(CAST(:i AS text[])), '2024-01-01', 'PD1', 'pdpj'"),
        {"u": ulp, "i": houses},
    )  # fmt: skip
    for n in range(phones):
        if ulp.endswith("1"):
            people.add_user(session, login=f"hp{n}", password=PASSWORD, grants=[("*", "surveyor")])
        mine = houses[n * each : (n + 1) * each]
        visits.add_list(
            session, ulp=ulp, job="survei", blth=MONTH, title=f"Hari {n}", officer=f"hp{n}",
            planned_on=None, content={}, who="uji",
            orders=pd.DataFrame({"idpel": mine, "reason": "temuan"}),
        )  # fmt: skip
    session.execute(
        text("UPDATE visit_order SET order_id = CAST(w.o AS uuid) FROM unnest(CAST(:o AS text[]), "
             "CAST(:i AS text[])) AS w(o, i) WHERE ulp = :u AND idpel = w.i"),
        {"o": [named("order", h) for h in houses], "u": ulp, "i": houses},
    )  # fmt: skip
    session.execute(
        text("UPDATE visit_order SET cancelled_at = now(), cancelled_by = 'x' "
             "WHERE ulp = :u AND idpel LIKE '%7'"), {"u": ulp},
    )  # fmt: skip


def disks(phones, each, *, size=(600, 3_000), large=0):
    """Return what phones hold after their walks: the same for every seed of what befalls them."""
    out = []
    for n in range(phones):
        chance = random.Random(f"walk {n}")
        disk = Disk(named("device", n), f"hp{n}")
        wrong = timedelta(days=chance.choice([0, 0, 0, -9, 9, -2, 400]))
        sent = 0
        while len(disk.records) < each:
            house = f"5135400{n * each + sent % each:05d}"
            for told in _visits(chance, house, disk, sent, wrong):
                disk.records[len(disk.records)] = _with_pictures(chance, disk, told, size, large)
            sent += 1
        disk.records = dict(list(disk.records.items())[:each])
        named_ones = {p["sha256"] for r in disk.records.values() for p in r["photos"]}
        disk.pictures = {h: c for h, c in disk.pictures.items() if h in named_ones}
        out.append(disk)
    return out


def _visits(chance, house, disk, number, wrong):
    """One visit, sometimes with a second content, an amendment, or about nobody's order."""
    at = START - timedelta(days=chance.randrange(45), minutes=number) + wrong
    outcome = chance.choices(
        ["cocok", "gardu_lain", "tidak_terlacak", "dibongkar"], [70, 18, 8, 4]
    )[0]
    values = {"tiang": f"T{chance.randrange(40)}"}
    if outcome == "gardu_lain" and chance.random() < 0.9:
        values["gardu"] = f"PD{chance.randrange(2, 5)}"  # without one it waits for a person
    order = named("order", house)
    if chance.random() < 0.04:
        order = named("no order", house, number)
    told = {
        "client_id": named("visit", disk.device_id, number), "order_id": order, "customer": None,
        "job": "survei", "outcome": outcome, "values": values, "photos": [],
        "place": {"lon": 112.7, "lat": -7.65, "accuracy_m": chance.uniform(3, 40), "fixes": 3},
        "device_at": at.isoformat(), "device_id": disk.device_id, "officer": disk.login,
    }  # fmt: skip
    yield told
    if chance.random() < 0.04:
        yield {**told, "outcome": "dibongkar", "values": {}}
    if chance.random() < 0.04:
        yield {**told, "client_id": named("again", disk.device_id, number), "outcome": "cocok",
               "values": {}, "device_at": (at + timedelta(hours=1)).isoformat()}  # fmt: skip


def _with_pictures(chance, disk, told, size, large):
    photos = []
    for kind in ("rumah", "tiang_foto")[: chance.choices([0, 1, 2], [10, 75, 15])[0]]:
        if disk.pictures and chance.random() < 0.03:
            content = chance.choice(list(disk.pictures.values()))  # one picture of two houses
        else:
            bytes_ = 390_000 if chance.random() < large else chance.randrange(*size)
            content = b"\xff\xd8\xff\xe0" + chance.randbytes(bytes_)
        sha256 = hashlib.sha256(content).hexdigest()
        disk.pictures[sha256] = content
        photos.append({"sha256": sha256, "kind": kind, "bytes": len(content)})
    return {**told, "photos": photos}


class Phone(threading.Thread):
    """One phone that sends what its disk holds until nothing is left."""

    def __init__(self, disk, ulp, port, seed, *, late=0.0):
        super().__init__(daemon=True)
        self.disk, self.ulp, self.port = disk, ulp, port
        self.chance = random.Random(f"{seed} {disk.device_id}")
        self.late, self.told, self.fault = late, {"requests": 0, "killed": 0}, None

    def run(self):
        time.sleep(self.late)
        try:
            while self.left():
                try:
                    self._awake()
                except Killed:
                    self.told["killed"] += 1
                except (OSError, http.client.HTTPException):
                    time.sleep(self.chance.uniform(0.05, 0.4))  # no server: as without a network
        except Exception as fault:
            self.fault = fault

    def left(self):
        disk = self.disk
        return [
            n for n, r in disk.records.items()
            if n not in disk.received or any(p["sha256"] not in disk.whole for p in r["photos"])
        ]  # fmt: skip

    def _awake(self):
        """From opening the app to its end: nothing of it is remembered but what is on the disk."""
        self.net = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self._log_in()
            token = self._asked("GET", "sapa")["csrf"]
            while left := self.left():
                unsent = [n for n in left if n not in self.disk.received]
                pictures = [
                    p["sha256"] for n in left for p in self.disk.records[n]["photos"]
                    if p["sha256"] not in self.disk.whole
                ]  # fmt: skip
                if unsent and (not pictures or self.chance.random() < 0.3):
                    self._send_visits(token, unsent)
                elif pictures:
                    self._send_picture(token, self.chance.choice(pictures))
        finally:
            self.net.close()

    def _log_in(self):
        if self.disk.cookie:
            return
        page, cookie = self._plain("GET", "/masuk", None, {})
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        form = f"nama={self.disk.login}&sandi={PASSWORD}&csrf_token={token}"
        _, cookie = self._plain("POST", "/masuk", form, {
            "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
        self.disk.cookie = cookie

    def _plain(self, method, path, body, headers):
        self.net.request(method, path, body, headers)
        answer = self.net.getresponse()
        said = answer.read().decode()
        assert answer.status < 400, (path, answer.status)
        return said, (answer.getheader("Set-Cookie") or "").partition(";")[0]

    def _send_visits(self, token, unsent):
        chosen = self.chance.sample(unsent, min(len(unsent), self.chance.randrange(1, 51)))
        told = {"device_id": self.disk.device_id, "sent_at": START.isoformat(),
                "visits": [self.disk.records[n] for n in chosen]}  # fmt: skip
        answer = self._risked("POST", "kunjungan", json.dumps(told), token)
        if answer is None:
            return
        assert answer["refused"] == [], answer["refused"]
        hashes = {r["sha256"] for r in answer["receipts"]}
        for n in chosen:
            if visit_of(self.disk.records[n]).sha256 in hashes:
                self.disk.received.add(n)

    def _send_picture(self, token, sha256):
        content = self.disk.pictures[sha256]
        found = self._risked("GET", f"foto/{sha256}", None, token)
        while found is not None and not found["whole"]:
            at = found["have"]
            if self.chance.random() < 0.05:
                at = self.chance.randrange(len(content))  # it remembers wrongly
            piece = content[at : at + self.chance.choice([700, 60_000, 200_000, 262_144])]
            path = f"foto/{sha256}?mulai={at}&seluruhnya={len(content)}"
            found = self._risked("PUT", path, piece, token)
        if found is not None:
            self.disk.whole.add(sha256)

    def _risked(self, method, path, body, token):
        """Ask through a net that loses, and on a phone that dies; None where no answer came."""
        chance = self.chance.randrange(100)
        if chance < LOST:
            return None
        if LOST <= chance < LOST + TWICE:
            self._asked(method, path, body, token)
        answer = self._asked(method, path, body, token)
        if 50 <= chance < 50 + NO_REPLY:
            return None
        if chance >= 100 - KILLED:
            raise Killed
        return answer

    def _asked(self, method, path, body=None, token=""):
        self.told["requests"] += 1
        headers = {"Cookie": self.disk.cookie, "X-CSRFToken": token}
        self.net.request(method, f"/{self.ulp}/hp/{path}", body, headers)
        answer = self.net.getresponse()
        said = answer.read()
        if given := answer.getheader("Set-Cookie"):
            self.disk.cookie = given.partition(";")[0]
        if answer.status == 503:
            raise ConnectionError("the database is away")
        assert answer.status == 200, (path, answer.status, said[:300])
        return json.loads(said)


def outcome(session, ulp, home):
    """Return what a unit came to, but for what each run gives out anew; sorted, so comparable."""

    def rows(sql):
        return sorted(tuple(map(str, r)) for r in session.execute(text(sql), {"u": ulp}))

    found = visits.records(session, ulp=ulp)
    form = FORMS[FieldJob.SURVEI]
    found["closes"] = [bool((o := form.outcome(c)) and o.closes) for c in found["outcome"]]
    orders = pd.read_sql(
        text("SELECT order_id::text AS order_id, cancelled_at IS NOT NULL AS cancelled "
             "FROM visit_order WHERE ulp = :u ORDER BY 1"),
        session.connection(), params={"u": ulp},
    ).set_index("order_id")  # fmt: skip
    store = PhotoStore.of(home, ulp)
    files = [
        (h, hashlib.sha256(store.path(h, s).read_bytes()).hexdigest() == h)
        for h, s in session.execute(text("SELECT sha256, suffix FROM visit_photo WHERE ulp = :u"), {"u": ulp})
    ]  # fmt: skip
    return {
        "records": rows("SELECT client_id, sha256, order_id, idpel, content FROM field_visit WHERE ulp = :u"),
        "states": sorted(map(tuple, states(orders, found).reset_index().astype(str).to_numpy())),
        "effects": rows("SELECT client_id, sha256, state, refusals FROM visit_effect WHERE ulp = :u"),
        "answers": rows("SELECT client_id, idpel, outcome, gardu, tiang, officer, answered_at FROM survey_answer WHERE ulp = :u"),
        "seen": rows("SELECT client_id, field, value FROM survey_observation WHERE ulp = :u"),
        "proposals": rows("SELECT idpel, field, before, after, state FROM proposal WHERE ulp = :u"),
        "photos": rows("SELECT idpel, blth, sha256, size_bytes FROM photo WHERE ulp = :u"),
        "files": sorted(files),
    }  # fmt: skip
