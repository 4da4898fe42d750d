"""Gardu sisipan in the pages: three steps, a survey, a second person, one act back."""

import re

import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

HOME = f"/{small.SMALL}/{small.BLTH}"
STEP_ONE = {
    "jenis": "sisipan", "baru": "pd-0999", "lama": "PD001", "tanggal": "2025-01-15", "kva": "100",
    "lintang": "-7,65", "bujur": "112,7004", "jurusan": "A", "catatan": "SPK 7",
}  # fmt: skip
BORDER = "POLYGON ((112.69990 -7.651, 112.70030 -7.651, 112.70030 -7.649, 112.69990 -7.649, 112.69990 -7.651))"


def two_planners(session):
    from rbmgeo.db.queries import people

    small.build(session)
    people.add_user(
        session, login="perencana2", password=small.PASSWORD, grants=[(small.SMALL, "perencana")]
    )


@pytest.fixture
def database(make_database):
    made = Database(make_database("events", filled=two_planners))
    yield made
    made.close()


@pytest.fixture
def as_role(database, tmp_path):
    app = create_app(Settings(home=tmp_path), database)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False

    def client(login):
        made = app.test_client()
        made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        return made

    return client


def drafted(client, **more):
    answer = client.post(f"{HOME}/peristiwa/baru", data={**STEP_ONE, **more})
    assert answer.status_code == 302, answer.text
    return answer.location.removesuffix("/anggota")


def opened(client, *houses):
    event = drafted(client)
    told = " ".join(small.idpel(n) for n in houses or (1, 2))
    client.post(f"{event}/anggota", data={"cara": "nomor", "nomor": told})
    assert client.post(f"{event}/simpan").status_code == 302
    return event


def gardu(database):
    with database.reading() as session:
        rows = session.execute(
            text("SELECT idpel, gardu FROM pdpj WHERE ulp = :u AND valid_to IS NULL"),
            {"u": small.SMALL},
        )
        return {r[0]: r[1] for r in rows}


def test_without_an_event_the_page_names_the_next_step(as_role):
    page = as_role("perencana").get(f"{HOME}/peristiwa").text
    assert "Belum ada peristiwa gardu" in page
    assert 'href="/51354/202412/peristiwa/baru"' in page
    assert "peristiwa/baru" not in as_role("pengawas").get(f"{HOME}/peristiwa").text


@pytest.mark.parametrize(
    "sent",
    [{"cara": "nomor", "nomor": f"{small.idpel(0)}, {small.idpel(1)}"},
     {"cara": "lingkaran", "lintang": "-7.65", "bujur": "112.7001", "jarak": "15"},
     {"cara": "batas", "batas": BORDER}],
)  # fmt: skip
def test_every_way_to_choose_leads_to_the_same_preview(as_role, sent):
    client = as_role("perencana")
    event = drafted(client)
    page = client.post(f"{event}/anggota", data=sent, follow_redirects=True).text
    assert "Langkah 3 dari 3" in page
    assert "Simpan 2 pelanggan<" in page
    assert re.search(
        r'PD0999</td><td class="num" data-k="kVA">100<.*?>0<.*?>1\.800<.*?2 %', page, re.S
    )
    assert re.search(
        r'PD001</td><td class="num" data-k="kVA">100<.*?>3\.600<.*?>1\.800<', page, re.S
    )


def test_what_is_drawn_is_counted_by_post_and_nothing_is_kept(as_role, database):
    client = as_role("perencana")
    event = drafted(client)
    told = client.post(f"{event}/hitung", data={"cara": "batas", "batas": BORDER}).json
    assert told["count"] == 2
    assert told["words"] == "2 pelanggan di dalam: 2 tercatat di gardu lama"
    assert told["ids"] == [str(small.public_id(n)) for n in (0, 1)]
    centre = {"cara": "lingkaran", "lintang": "-7.65", "bujur": "112.7008", "jarak": "30"}
    assert client.post(f"{event}/hitung", data=centre).json["words"] == (
        "3 pelanggan di dalam: 1 tercatat di gardu lama, 2 di gardu lain atau tanpa catatan"
    )
    crossing = {"cara": "batas", "batas": "[[0,0],[1,1],[0,1],[1,0]]"}
    refused = client.post(f"{event}/hitung", data=crossing)
    assert refused.status_code == 422
    assert "memotong dirinya sendiri" in refused.json["error"]
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM gardu_event_member")) == 0


def test_the_map_of_an_event_names_nobody_and_counts_every_customer(as_role):
    client = as_role("perencana")
    event = opened(client)
    answer = client.get(f"{event}/peta.json")
    states = {p["id"]: p["s"] for p in answer.json["points"]}
    assert {states[str(small.public_id(n))] for n in (1, 2)} == {"event_chosen"}
    assert states[str(small.public_id(3))] == "event_old"
    assert states[str(small.public_id(4))] == "event_elsewhere"
    assert {g["code"]: g["s"] for g in answer.json["gardu"]} == {"PD001": "old", "PD0999": "new"}
    assert small.idpel(1) not in answer.text
    assert "Kenanga" not in answer.text
    page = client.get(event)
    assert small.idpel(1) not in re.search(r'<section class="card map-frame.*?</section>', page.text, re.S)[0]  # fmt: skip
    assert "'nonce-" in page.headers["Content-Security-Policy"]


def test_all_members_are_reached_page_by_page(as_role, monkeypatch):
    monkeypatch.setattr("web.pages.events._MEMBERS", 2)
    client = as_role("perencana")
    event = opened(client, 0, 1, 2)
    shown = [client.get(event, query_string={"hal": n}).text for n in (1, 2)]
    assert "Halaman 1 dari 2" in shown[0]
    rows = [re.findall(r"pelanggan/([0-9a-f-]{36})", t.partition('id="tabel"')[2]) for t in shown]
    assert [len(r) for r in rows] == [2, 1]
    assert {*rows[0], *rows[1]} == {str(small.public_id(n)) for n in range(3)}


def test_those_of_other_gardu_go_along_only_if_ticked(as_role):
    client = as_role("perencana")
    event = drafted(client)
    told = f"{small.idpel(1)} {small.idpel(5)}"
    page = client.post(
        f"{event}/anggota", data={"cara": "nomor", "nomor": told}, follow_redirects=True
    ).text
    assert f'name="ikut" value="{small.public_id(5)}"' in page
    kept = client.post(
        f"{event}/simpan", data={"ikut": str(small.public_id(5))}, follow_redirects=True
    ).text
    assert "2 pelanggan menunggu survei" in kept


def test_an_open_event_is_one_line_among_the_findings_and_its_list_is_given_out(as_role):
    client = as_role("perencana")
    event = opened(client)
    line = client.get(f"{HOME}/temuan").text
    assert re.search(r"Gardu sisipan PD0999</b></a>.*?2 pelanggan.*?menunggu persetujuan", line)
    page = client.post(f"{event}/survei", data={"rumah": "semua"}, follow_redirects=True).text
    assert "apakah rumah ini sudah dipasok gardu baru" in page
    lists = re.findall(r'href="(/[^"]*/survei/\d+/1/1)"', page)
    assert "menunggu survei" in client.get(f"{HOME}/temuan").text
    walked = as_role("surveyor").get(lists[0]).text
    assert walked.count("sudah dipasok gardu baru") == 2
    assert walked.count(">kelompok 1<") == 2
    assert lists[0] in as_role("surveyor").get(f"{HOME}/lapangan").text
    assert lists[0] in client.get(f"{HOME}/survei").text


def test_another_person_approves_and_the_undo_brings_all_records_back(as_role, database):
    maker, second = as_role("perencana"), as_role("pengawas")
    before = gardu(database)
    event = opened(maker)
    approve = {"putusan": "approved"}
    assert 'value="approved"' not in maker.get(event).text
    assert maker.post(f"{event}/putusan", data=approve).status_code == 403
    assert gardu(database) == before
    page = second.post(f"{event}/putusan", data=approve, follow_redirects=True).text
    assert "2 pelanggan pindah catatan, 0 ditinggalkan" in page
    assert [i for i, g in sorted(gardu(database).items()) if g == "PD0999"] == [
        small.idpel(1), small.idpel(2),
    ]  # fmt: skip
    assert second.get(f"{HOME}/peta/gardu/PD0999").status_code == 200
    page = second.post(f"{event}/putusan", data={"putusan": "undone"}, follow_redirects=True).text
    assert "diurungkan" in page
    assert gardu(database) == before


def test_another_planner_may_approve_and_a_surveyor_may_not(as_role):
    event = opened(as_role("perencana"))
    approve = {"putusan": "approved"}
    assert as_role("surveyor").post(f"{event}/putusan", data=approve).status_code == 403
    assert as_role("perencana2").post(f"{event}/putusan", data=approve).status_code == 302


def test_who_cannot_move_is_named_and_the_approver_types_how_many(as_role, database):
    event = opened(as_role("perencana"))
    with database.writing() as session:
        session.execute(
            text("UPDATE customer SET active = false WHERE ulp = :u AND idpel = :i"),
            {"u": small.SMALL, "i": small.idpel(2)},
        )
    second = as_role("pengawas")
    page = second.get(event).text
    assert "tidak aktif lagi" in page
    assert 'name="tinggal"' in page
    refused = second.post(f"{event}/putusan", data={"putusan": "approved"})
    assert refused.status_code == 403
    assert small.idpel(2) in refused.text
    assert gardu(database)[small.idpel(1)] == "PD001"
    done = second.post(
        f"{event}/putusan", data={"putusan": "approved", "tinggal": "1"}, follow_redirects=True
    ).text
    assert "1 pelanggan pindah catatan, 1 ditinggalkan" in done
    assert "Ditinggalkan" in done


def test_a_proposal_of_its_own_is_named_and_stays_to_be_decided(as_role):
    event = opened(as_role("perencana"), 0, 1)  # house 0 has an open proposal in the small unit
    second = as_role("pengawas")
    assert "usulan lain: PD002" in second.get(event).text
    page = second.post(f"{event}/putusan", data={"putusan": "approved"}, follow_redirects=True).text
    assert "1 di antaranya masih punya usulan sendiri" in page


def test_an_event_is_not_seen_from_another_unit(as_role):
    number = opened(as_role("perencana")).rpartition("/")[2]
    for page in (number, f"{number}/anggota"):
        address = f"/{small.EMPTY}/{small.BLTH}/peristiwa/{page}"
        assert as_role("perencana").get(address).status_code == 404
    for act in ("simpan", "survei", "putusan", "anggota"):
        address = f"/{small.EMPTY}/{small.BLTH}/peristiwa/{number}/{act}"
        sent = {"putusan": "rejected", "rumah": "semua", "cara": "nomor", "nomor": small.idpel(1)}
        assert as_role("perencana").post(address, data=sent).status_code == 404, act
    assert as_role("tamu").get(f"{HOME}/peristiwa/{number}").status_code == 403


@pytest.mark.parametrize(
    "change", [{"tanggal": "kemarin"}, {"tanggal": "2999-01-01"}, {"lama": "PD777"}, {"kva": ""},
               {"kva": "1e9"}, {"kva": "nan"}, {"lintang": ""}, {"bujur": "9" * 400},
               {"jenis": "<b>"}, {"baru": "x" * 300}, {"baru": ""}, {"baru": "PD001"}],
)  # fmt: skip
def test_what_is_wrong_in_step_one_is_said_and_what_was_typed_stays(as_role, change):
    answer = as_role("perencana").post(f"{HOME}/peristiwa/baru", data={**STEP_ONE, **change})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "SPK 7" in answer.text


HOSTILE = [
    "<script>alert(1)</script>", "=1+1\n'; DROP TABLE customer;--", "5,1354E+11", "٥١٣٥٤٠٠٠٠٠٠١",
    "{{ 7*7 }} %s %(x)s", "‮513540000001", "5135400000011",
]  # fmt: skip


@pytest.mark.parametrize("pasted", HOSTILE)
def test_hostile_pasted_text_is_named_and_never_run(as_role, pasted):
    client = as_role("perencana")
    event = drafted(client)
    answer = client.post(
        f"{event}/anggota", data={"cara": "nomor", "nomor": f"{small.idpel(1)}\n{pasted}"},
        follow_redirects=True,
    )  # fmt: skip
    assert answer.status_code == 200
    assert "Simpan 1 pelanggan<" in answer.text
    assert "bukan IDPEL" in answer.text
    assert "<script>alert" not in answer.text
    alone = client.post(f"{event}/anggota", data={"cara": "nomor", "nomor": pasted})
    assert alone.status_code == 409


@pytest.mark.parametrize(
    "border", ["", "POLYGON ((", "[[0,0],[1,1]]", "POINT (1 1)", '{"type":"Polygon"}', "[" * 9000,
               "[[0,0],[1,1],[0,1],[1,0]]", "[[NaN,0],[1,1],[0,1]]", "x" * 100_000],
)  # fmt: skip
def test_a_border_that_is_none_is_said_so(as_role, border):
    client = as_role("perencana")
    event = drafted(client)
    answer = client.post(f"{event}/anggota", data={"cara": "batas", "batas": border})
    assert answer.status_code == 422
    assert "atas" in answer.text.partition('role="alert"')[2][:80]


FAR_TOO_MANY = "[" + "[1,1]," * 400_000
AS_PARTS = "".join(
    f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
    for name, value in (("cara", "batas"), ("batas", FAR_TOO_MANY))
)


@pytest.mark.parametrize(
    ("body", "form", "status"),
    [(f"cara=batas&batas={FAR_TOO_MANY}", "application/x-www-form-urlencoded", 422),
     (f"{AS_PARTS}--x--\r\n", "multipart/form-data; boundary=x", 413)],
    ids=["plain", "parts"],
)  # fmt: skip
def test_a_border_far_too_large_is_said_to_be_a_border_and_no_file(as_role, body, form, status):
    client = as_role("perencana")
    answer = client.post(f"{drafted(client)}/anggota", data=body, content_type=form)
    assert answer.status_code == status
    assert "500 titik" in answer.text
    assert len(answer.text) < 100_000


def test_a_draft_is_dropped_and_nobody_waits(as_role, database):
    client = as_role("perencana")
    event = drafted(client)
    assert "Belum ada pelanggan yang dipilih" in client.get(event).text
    client.post(f"{event}/putusan", data={"putusan": "rejected"})
    assert "ditolak" in client.get(event).text
    assert client.post(f"{event}/simpan").status_code == 403
