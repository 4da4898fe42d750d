"""The small unit with something to sample: stands and days of seven houses, two prepaid ones, photos."""

from datetime import date

import small_unit as small
from sqlalchemy import text

from rbmgeo.workflows.stand_checks import stand_sheet

U = f"/{small.SMALL}/{small.BLTH}"
PAGE = f"{U}/uji-petik"

READ_ON = date(2024, 12, 3)
PREPAID = tuple(f"{small.SMALL}99999{n:02d}" for n in range(4))


def stand(number):
    """Return the recorded stand of a house; no other number of a page looks like one."""
    return 73_301 + 100 * number


def build(session):
    """Seven houses with a stand and its day (house 7 has none), six with a photo, four prepaid."""
    small.build(session)
    for n in range(8):
        key = {"u": small.SMALL, "b": small.BLTH, "i": small.idpel(n)}
        session.execute(
            text("UPDATE reading SET officer = 'P-01', stand_kwh = :s, read_on = :d "
                 "WHERE ulp = :u AND blth = :b AND idpel = :i"),
            {**key, "s": None if n == 7 else stand(n), "d": READ_ON},
        )  # fmt: skip
        if n < 6:
            session.execute(
                text("INSERT INTO photo (ulp, blth, idpel, sha256, suffix, size_bytes) "
                     "VALUES (:u, :b, :i, :h, '.jpg', 9)"),
                {**key, "h": f"{n:064d}"},
            )  # fmt: skip
    for n, idpel in enumerate(PREPAID):
        session.execute(
            text("INSERT INTO customer (ulp, idpel, tarif, daya_va, jenis_layanan, dibaca_oleh) "
                 "VALUES (:u, :i, 'R1T', 1300, 'pra', 'vendor')"),
            {"u": small.SMALL, "i": idpel},
        )  # fmt: skip
        session.execute(
            text("INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, raw_gardu, source) "
                 "VALUES (:u, :i, '', '2024-01-01', :g, :g, 'pdpj')"),
            {"u": small.SMALL, "i": idpel, "g": "PD001" if n < 3 else "PD002"},
        )  # fmt: skip


def drawn(client, seed, **told):
    """Draw a sample through the page; return its address."""
    asked = {"cara": "lapangan", "lot": "unit", "menurut": "anggaran", "jumlah": 4, "benih": seed}
    said = client.post(f"{PAGE}/undi", data=asked | told)
    assert said.status_code == 302, said.text
    return said.location


def sheet_of(database, address):
    """Return how a sample stands."""
    with database.reading() as session:
        return stand_sheet(session, small.SMALL, address.rpartition("/")[2])


def house(sheet, place):
    """Return the number of the house at a place."""
    idpel = sheet.items.set_index("place").at[place, "idpel"]
    return int(idpel[-7:])


def check(client, address, place, seen, **told):
    """Enter what was read at a house, two days after its day began."""
    asked = {"urut": place, "stand": seen, "tanggal": "2024-12-05", "jam": "00:00", "kode": "Z"}
    return client.post(f"{address}/cek", data=asked | told)


def right(sheet, place):
    """Return the recorded stand of the house at a place."""
    return stand(house(sheet, place))
