"""A unit with something on every page, and an address of every page and file to read.

A new GET route without an example stops whatever walks through them, so that nobody forgets it.
"""

import contextlib
import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import changed_unit as changed
import phone_kit as kit
import small_unit as small
import telusur_unit as drawn
from apiflask import APIFlask
from flask.testing import FlaskClient
from PIL import Image
from reviewed import publish
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.models import Receivable
from rbmgeo.db.queries import jobs, people, units, visits
from rbmgeo.db.session import Database
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.jobs.run import run_job
from rbmgeo.jobs.tasks import TASKS
from rbmgeo.keys.certificates import TlsFiles, make
from rbmgeo.workflows.handoff import hand_over
from rbmgeo.workflows.receive_visits import receive_visits
from rbmgeo.workflows.visit_files import KINDS
from web.help import TOPICS

U = f"/{small.SMALL}/{small.BLTH}"
#: What leads on to another page by itself, or answers to a program only.
LEADS_ON = {
    "front.home", "front.unit", "workbench.newest", "change_sets.of_month", "start.form",
    "vendor.page", "vendor.one", "vendor.sheet",  # of a vendor alone: test_web_vendor
    "base_maps.tile",  # of a map that the unit's administrator named
    # For a phone's program: test_web_phone, test_phone_in_chromium
    "phone.page", "phone.worker", "phone.manifest", "phone_lists.page", "phone_lists.one",
    "office_login.go", "office_login.back",  # to the identity provider: test_web_office_login
    "tables.made",  # of a table too long for a page: test_web_exports
}  # fmt: skip
_EVENT = {"jenis": "sisipan", "baru": "PD0999", "lama": "PD001", "tanggal": "2025-01-15", "kva": "100",
          "lintang": "-7,65", "bujur": "112,7004", "jurusan": "A", "catatan": "SPK 7"}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """One address of a route."""

    endpoint: str
    address: str


def build(session: Session) -> None:
    """Write the small unit with its lines, a version in force handed to AP2T, and photos' houses."""
    changed.build(session)
    drawn.add_lines(session)
    units.set_unit(session, ulp=small.SMALL, up3="Pasuruan", uid="Jawa Timur")
    people.add_user(
        session, login="perencana2", password=small.PASSWORD, grants=[(small.SMALL, "perencana")]
    )
    for n in (6, 7):
        session.execute(
            text("UPDATE customer SET jenis_layanan = 'pra', tarif = 'R1T' WHERE idpel = :i"),
            {"i": small.idpel(n)},
        )
    for n, month in ((1, "202411"), (2, "202410"), (2, "202411")):
        session.add(Receivable(ulp=small.SMALL, blth=month, idpel=small.idpel(n)))
    version = publish(session, small.SMALL, effective_blth=small.BLTH, who="perencana")
    hand_over(session, small.SMALL, "ap2t", small.BLTH, who="uji", version_id=version.version_id)


class Filled:
    """Fill the built unit through the pages, as people do, and tell the address of each of them."""

    def __init__(self, app: APIFlask, database: Database, home: Path) -> None:
        self.app, self.database, self.home = app, database, home
        self.found: dict[str, Any] = {}
        with self.unguarded():
            self._fill()

    @contextlib.contextmanager
    def unguarded(self) -> Iterator[None]:
        """Ask for no token in forms: those of a test client carry none."""
        was = self.app.config.get("WTF_CSRF_ENABLED", True)
        self.app.config["WTF_CSRF_ENABLED"] = False
        yield
        self.app.config["WTF_CSRF_ENABLED"] = was

    def _fill(self) -> None:
        self.planner, self.surveyor = self.enter("perencana"), self.enter("surveyor")
        for act in (
            self._events, self._answers, self._bench, self._papers, self._files, self._visits, self._phones, self._stands, self._checks,
        ):  # fmt: skip
            act()

    def enter(self, login: str) -> FlaskClient:
        """Return a client logged in; its forms carry no token, so the app must ask for none."""
        made = self.app.test_client()
        assert made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD}).status_code == 302
        return made

    def _post(self, path: str, client: FlaskClient | None = None, **data: Any) -> str:
        """Send a form, do the jobs that it asked for, and return where it leads."""
        answer = (client or self.planner).post(path, data=data)
        assert answer.status_code == 302, (path, answer.status_code, answer.text)
        with self.database.reading() as session:
            waiting = [
                j.job_id for j in jobs.jobs(session, ulp=small.SMALL) if j.state == jobs.WAITING
            ]
        for job in waiting:
            run_job(self.database, ulp=small.SMALL, job_id=job, tasks=TASKS)
        return str(answer.location)

    def _events(self) -> None:
        """Two events: one whose members are being chosen, one that waits for its approval."""
        for new in ("PD0998", "PD0999"):
            where = self._post(f"{U}/peristiwa/baru", **{**_EVENT, "baru": new})
            event = where.removesuffix("/anggota")
            told = f"{small.idpel(1)} {small.idpel(2)}"
            self._post(f"{event}/anggota", cara="nomor", nomor=told)
        self._post(f"{event}/simpan")
        self.found["open_event"] = int(event.rpartition("/")[2])

    def _stands(self) -> None:
        """A sample of two photos, one of them read off; a question about an RBM answered."""
        content = _photo().getvalue()
        store = PhotoStore.of(self.home.resolve(), small.SMALL)
        sha256, beside = store.write(content, ".jpg")
        store.name([beside] if beside is not None else [])
        with self.database.writing() as session:
            for n in range(3):
                told = {"u": small.SMALL, "b": small.BLTH, "i": small.idpel(n), "h": sha256}
                session.execute(text("UPDATE reading SET stand_kwh = 4321 WHERE ulp = :u AND blth = :b AND idpel = :i"), told)  # fmt: skip
                session.execute(text("INSERT INTO photo (ulp, blth, idpel, sha256, suffix, size_bytes) VALUES (:u, :b, :i, :h, '.jpg', 9) ON CONFLICT DO NOTHING"), told)  # fmt: skip
        awas = self.enter("pengawas")
        at = self._post(f"{U}/uji-foto", awas, petugas="unit", jumlah="2", benih="uji")
        self._post(at, awas, urut="1", angka="4321")
        self.found["sample"] = at.rpartition("/")[2]
        asked = {
            "cara": "foto",
            "lot": "unit",
            "menurut": "anggaran",
            "jumlah": "2",
            "benih": "uji",
        }
        self.found["stands"] = self._post(f"{U}/uji-petik/undi", awas, **asked).rpartition("/")[2]
        summary = f"{U}/bulan-ini/ringkasan"
        seen = re.search(r'name="dibaca" value="(\w{64})"', awas.get(summary).text)
        assert seen is not None
        self._post(summary, awas, dibaca=seen[1], nama="Manajer Contoh", jabatan="Manajer ULP")
        with self.database.reading() as session:
            self.found["signed"] = session.scalar(text("SELECT max(signed_id) FROM month_signed"))
        self._post(f"{summary}/pindaian", awas, pindaian=(_scan(), "s.pdf"))

    def _checks(self) -> None:
        """A gardu drawn for its verification."""
        at = self._post(f"{U}/verifikasi-gardu", gardu="PD001", benih="uji")
        self.found["verification"] = int(at.rpartition("/")[2])

    def _answers(self) -> None:
        """A house of which two surveyors say different things, with a photo; a reading of our own."""
        form = f"{U}/survei/jawab/{small.public_id(0)}"
        for client, more in (
            (self.planner, {"pilih": "gardu_lain:PD002", "foto": (_photo(), "a.jpg")}),
            (self.surveyor, {"pilih": "cocok"}),
        ):
            page = client.get(form).text
            hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
            self._post(form, client, **{**hidden, **more})
        self._post(f"{U}/baca-ulang/{small.public_id(1)}", client_id=str(uuid.UUID(int=9)), layanan="pasca",
                   lbkb_code="Z", stand_kwh="1250", at="2024-12-26T08:30", foto=(_photo(), "b.jpg"))  # fmt: skip
        with self.database.reading() as session:
            self.found["photo"] = session.scalar(text("SELECT public_id FROM photo LIMIT 1"))

    def _bench(self) -> None:
        """A draft with one edit on the workbench, plans to choose from, a month's reading days."""
        where = self._post(f"{U}/meja/mulai")
        self.found["draft"] = int(where.rpartition("/")[2])
        move = {"aksi": "pindah", "id": [str(small.public_id(0))], "rbm": "51354BKB", "cara": "end"}
        answer = self.planner.post(f"{where}/perintah", json=move, headers={"If-Match": '"0"'})
        assert answer.status_code == 200, answer.text

    def _papers(self) -> None:
        """Berita acara and sheets as jobs make them."""
        with self.database.reading() as session:
            version = session.scalar(
                text("SELECT max(version_id) FROM rbm_version WHERE state = 'published'")
            )
        self.found["version_id"] = version
        self._post(f"{U}/berita-acara", versi=version, tanggal="2024-12-23")
        with self.database.reading() as session:
            year, number = session.execute(text("SELECT year, min(number) FROM handover_deed GROUP BY 1")).one()  # fmt: skip
        self.found["deed"] = {"year": year, "number": number}
        self._post(f"{U}/berita-acara/{year}/{number}/tanda-tangan", pindaian=(_scan(), "s.pdf"))
        self.found["deeds_job"] = _number(self._post(f"{U}/berita-acara/versi-{version}"))
        asked = {"jenis": "kml", "untuk": "rbm", "rbm": "51354BKA", "tanggal": "2024-12-03"}
        self.found["papers_job"] = _number(self._post(f"{U}/formulir", **asked))
        with self.database.reading() as session:
            self.found["paper"] = session.scalar(text("SELECT public_id FROM printed_form LIMIT 1"))
        self.found["sheets_job"] = int(
            self._post(f"{U}/lembar", jenis="rbm", versi=version).rpartition("/")[2]
        )

    def _files(self) -> None:
        """Three consignments: asked about, checked with a refused row, and loaded."""
        good = "".join(f"{small.idpel(n)};Orang;{n},50\n" for n in range(3))
        told = f"RBM 51354BKA periode 122024;;\nIDPEL;NAMA;PEMKWH\n{good}5,1354E+11;Orang;1,00\n"
        stops = []
        for until in range(3):
            content = told.replace("Orang", f"Orang {until}").encode()
            where = self._post(f"{U}/kiriman", berkas=(io.BytesIO(content), f"rbm {until}.csv"))
            key = re.search(r'name="jawab-([0-9a-f]{12})"', self.planner.get(where).text)
            if until > 0:
                assert key is not None
                self._post(f"{where}/periksa", **{f"jawab-{key[1]}": "ya"})
            if until > 1:
                self._post(f"{where}/muat", cara="baik")
            stops.append((where.rpartition("/")[2], key[1] if key else ""))
        self.found["consignments"] = stops

    def _phones(self) -> None:
        """A phone with its key, a visit of it, and its picture; the office's own certificate."""
        content, sha256 = kit.picture(1)
        told = {"device_id": kit.DEVICE, "told": "Android 14, Chrome", "wrapped_key": None}
        one = kit.visit(1, photos=[{"sha256": sha256, "kind": "rumah", "bytes": len(content)}])
        hp = f"/{small.SMALL}/hp"
        for path, sent in (("perangkat", told), ("kunjungan", kit.envelope(one))):
            assert self.surveyor.post(f"{hp}/{path}", json=sent).status_code == 200
        asked = f"{hp}/foto/{sha256}?mulai=0&seluruhnya={len(content)}"
        assert self.surveyor.put(asked, data=content).json["whole"]
        make(TlsFiles.of(self.home.resolve()), ["127.0.0.1"], now=datetime.now(UTC), anew=True)
        with self.database.reading() as session:
            self.found["picture"] = session.scalar(
                text("SELECT public_id FROM visit_photo LIMIT 1")
            )
        self.found["sha256"] = sha256

    def _visits(self) -> None:
        """Work lists: one carried away, a visit of two contents, one of nobody, one that waits."""
        asked = {"pekerjaan": "survei", "untuk": "idpel", "petugas": "surveyor", "mulai": "2024-12-03",
                 "idpel": " ".join(small.idpel(n) for n in (1, 2, 4))}  # fmt: skip
        self.found["list"] = self._post(f"{U}/lapangan/daftar/baru/pilihan", **asked).rpartition("/")[2]  # fmt: skip
        place = {"lon": 112.7003, "lat": -7.6501, "accuracy_m": 24.0, "fixes": 2}
        photo = {"sha256": "a" * 64, "kind": "rumah", "bytes": 9}
        with self.database.writing() as session:
            orders = session.scalars(text("SELECT order_id::text FROM visit_order o JOIN visit_list l "
                                          "USING (ulp, list_id) WHERE l.source IS NULL ORDER BY stop")).all()  # fmt: skip
            told = [
                (1, orders[0], "cocok", {}), (1, orders[0], "dibongkar", {}), (2, None, "cocok", {}),
                (3, orders[1], "gardu_lain", {"note": "pagar hijau"}), (4, orders[2], "cocok", {}),
            ]  # fmt: skip
            sent = [
                visit_of({
                    "client_id": str(uuid.UUID(int=n)), "order_id": order, "customer": None,
                    "job": "survei", "outcome": outcome, "values": values, "photos": [photo],
                    "place": place, "officer": "surveyor", "device_id": str(uuid.UUID(int=7)),
                    "device_at": "2024-12-03T09:00:00+07:00",
                }) for n, order, outcome, values in told
            ]  # fmt: skip
            receive_visits(session, small.SMALL, sent, who="surveyor", now=datetime(2024, 12, 9, tzinfo=UTC))  # fmt: skip
            content = _photo().getvalue()
            store = PhotoStore.of(self.home.resolve(), small.SMALL)
            sha256, beside = store.write(content, ".jpg")
            store.name([beside] if beside is not None else [])
            visits.add_photo(session, ulp=small.SMALL, sha256=sha256, suffix=".jpg", size=len(content), who="surveyor")  # fmt: skip
            self.found["visit"] = session.scalar(text("SELECT max(visit_no) FROM field_visit"))

    def examples(self) -> list[Example]:
        """Return every address to read, in the order of the routes' names.

        Raises
        ------
        LookupError
            If a part of an address has no example here.
        """
        made: dict[Example, None] = {}
        missing: list[str] = []
        for rule in self.app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()):
                continue
            for told in self._more(rule.endpoint):
                values = {**self._usual(rule.endpoint), **told}
                if lacking := [a for a in rule.arguments if a not in values]:
                    missing.append(f"{rule.rule} ({rule.endpoint}): {', '.join(lacking)}")
                    continue
                asked = {k: v for k, v in told.items() if k not in rule.arguments}
                built = rule.build({**{a: values[a] for a in rule.arguments}, **asked})
                assert built is not None
                made[Example(rule.endpoint, built[1])] = None
        if missing:
            raise LookupError("no example in tests/web/walked_unit.py: " + "; ".join(missing))
        return sorted(made, key=lambda e: (e.endpoint, e.address))

    def _usual(self, endpoint: str) -> dict[str, Any]:
        with self.database.reading() as session:
            ids = small.facts(session)
        house = small.public_id(0)
        usual = {
            **ids, "ulp": small.SMALL, "blth": small.BLTH, "code": "PD001", "rbm": "51354BKA",
            "surveyor": 1, "day": 1, "kind": "csv", "name": "rbm", "public_id": house,
            "event_id": self.found["open_event"], "filename": "css/app.css", "table_name": "matriks",
            "version_id": self.found["version_id"], "handoff_id": 1, "job_id": self.found["sheets_job"],
            "z": 17, "x": 106_560, "y": 68_330, "no": 1, "feature": "PD001", "subject": "gardu", "list_id": self.found["list"],
            "tile_id": int(house.hex[:13], 16), "token": self.found["consignments"][0][0],
            "key": self.found["consignments"][0][1], "job": "informasi",
            "visit_no": self.found["visit"], "sample_id": self.found["sample"],
            "verification_id": self.found["verification"], "signed_id": self.found["signed"],
        }  # fmt: skip
        if endpoint in ("maps.rbm", "layers.gpx", "vendor.one", "vendor.sheet"):
            usual["code"] = "51354BKA"
        if endpoint in ("region.up3", "region.uid"):
            usual["code"] = "Pasuruan" if endpoint == "region.up3" else "Jawa Timur"
        if endpoint.startswith("workbench.") or endpoint == "change_sets.one_edit":
            usual["version_id"] = self.found["draft"]
        if endpoint.startswith("deeds."):
            usual |= self.found["deed"]
        if endpoint.startswith("stand_samples."):
            usual["sample_id"] = self.found["stands"]
        return usual

    def _more(self, endpoint: str) -> list[dict[str, Any]]:
        """Return what differs from the usual: other views of a page, parts that must be asked for."""
        sides = {"dari": str(self.found["version_id"]), "ke": str(self.found["draft"])}
        rejected = self.found["consignments"][1][0]
        return {
            "reader_facts.page": [{}, {"petugas": "P-01"}],
            "customers.photo": [{"public_id": self.found["photo"]}],
            "pictures.show": [{"public_id": self.found["picture"]}],
            "pictures.there": [{"sha256": self.found["sha256"]}],
            "visit_lists.page": [{}, {"petugas": "surveyor"}],
            "visit_lists.file": [{"kind": k} for k in KINDS],
            "visit_reviews.page": [{}, {"jenis": "tanpa-pelanggan"}, {"jenis": "menunggu"}],
            "customers.page": [{}, {"public_id": small.public_id(6)}],
            "change_sets.differ_walks": [{**sides, "rbm": "51354BKA"}],
            "change_sets.differ_file": [sides],
            "change_sets.differ": [{}, sides],
            "change_sets.picture": [{**sides, "rbm": "51354BKA"}],
            "energy.page": [{}, {"lihat": "gardu"}],
            "verification.steps": [{}, {"lihat": "rbm"}],
            "verification.houses": [{"langkah": "jawaban"}, {"langkah": "usulan", "kode": "PD001"}],
            "energy.file": [{"kind": "csv"}, {"kind": "xlsx"}],
            "evaluation.page": [{}, {"lihat": "gardu"}, {"lihat": "matriks"}],
            "findings.page": [{}, {"jenis": "hanya_rbm"}, {"jenis": "gardu_diragukan"}],
            "events.one": [{}, {"event_id": self.found["open_event"] - 1}],
            "events.choose": [{"event_id": self.found["open_event"] - 1}],
            "event_map.data": [{"event_id": self.found["open_event"] - 1}],
            "deeds.bound": [{"job_id": self.found["deeds_job"]}],
            "papers.made": [{"job_id": self.found["papers_job"]}],
            "papers.one": [{"public_id": self.found["paper"]}],
            "job_done.page": [{"job": job} for job in ("informasi", "pra", "putus")],
            "layers.one": [{"kind": "geojson"}, {"kind": "kml"}],
            "mutations.page": [{}, {"blth": changed.NEXT}],
            "plans.page": [{}, {"rbm": "51354BKA", "dengan": "51354BKB"}],
            "region.page": [{}, {"urut": "kwh"}],
            "region.map_page": [{}, {"warna": "temuan"}],
            "border.page": [{}, {"lihat": "keluar"}, {"lihat": "masuk"}],
            "first.customers": [{}, {"bagian": "hanya_rbm"}],
            "survey.proposals": [{}, {"keadaan": "approved"}],
            "sampling.plans": [{}, {"per": "rbm", "cara": "foto"}],
            "stand_samples.page": [{}, {"lihat": "risiko"}],
            "telusur.gardu": [{}, {"code": "PD002"}],
            "workbench.content": [{"rbm": "51354BKA", "jalan": "1"}],
            "wizard.page": [{"token": t} for t, _ in self.found["consignments"]],
            "wizard.rejects": [{"token": rejected}],
            "wizard.mapping": [{}],
            "help.one": [{"key": t.key} for t in TOPICS],
            "ogc.item": [{"name": "gardu"}],
            "ogc.items": [{"name": "gardu"}],
            "ogc.collection": [{"name": "gardu"}],
        }.get(endpoint, [{}])  # fmt: skip


def _number(address: str) -> int:
    return int(address.rpartition("/")[2])


def _photo() -> io.BytesIO:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), (40, 120, 90)).save(made, "JPEG")
    return io.BytesIO(made.getvalue())


def _scan() -> io.BytesIO:
    made = io.BytesIO()
    Image.new("L", (60, 80), 255).save(made, "PDF")
    return io.BytesIO(made.getvalue())
