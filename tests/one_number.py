"""kWh of a gardu as every surface tells it: map, table, CSV, Excel, API; for tests to compare."""

import csv
import gzip
import io
import json
import re
from decimal import Decimal

import openpyxl
from lxml import html

from rbmgeo.db.queries import people
from rbmgeo.settings import Settings
from web import create_app

PASSWORD = "sandi-uji-panjang"


def logged_in(database, home, ulp: str):
    """Return a client of the product's pages, logged in as a supervisor of a unit."""
    with database.writing() as session:
        people.add_user(session, login="awas", password=PASSWORD, grants=[(ulp, "pengawas")])
    app = create_app(Settings(home=home), database)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    assert client.post("/masuk", data={"nama": "awas", "sandi": PASSWORD}).status_code == 302
    return client


def plain(text: str) -> Decimal:
    """Read a number as a page in Indonesian writes it."""
    return Decimal(text.strip().replace(".", "").replace(",", ".").replace("−", "-"))


def of_map(client, address: str, blth: str) -> dict[str, tuple[Decimal, Decimal]]:
    """Return read and token kWh by gardu as the map's JSON has them; the rows stand as the table's."""
    codes = list(of_table(client, address, blth))
    answer = client.get(f"{address}/peta/energi/tahun.json?sampai={blth}")
    data = json.loads(gzip.decompress(answer.data))
    at = data["months"].index(blth)
    assert len(data["rows"]) == len(codes)
    assert all(codes[g["i"]] == g["code"] for g in data["gardu"])
    return {
        code: (Decimal(row["kwh"][at]), Decimal(row["token_kwh"][at]))
        for code, row in zip(codes, data["rows"], strict=True)
    }


def of_table(client, address: str, blth: str) -> dict[str, tuple[Decimal, Decimal]]:
    """Return the same of the table below the map; what is not known counts as nothing."""
    page = html.fromstring(client.get(f"{address}/peta/energi?bulan={blth}").text)
    out = {}
    for row in page.xpath('//section[@id="tabel"]//tbody/tr'):
        cells = [row.xpath(f'./td[@data-f="{f}"]')[0].text_content() for f in ("kwh", "token_kwh")]
        out[row.xpath("./th")[0].text_content().strip()] = tuple(
            Decimal(0) if c.strip() == "–" else plain(c) for c in cells
        )
    return out


def of_csv(client, address: str, blth: str) -> dict[str, tuple[Decimal, Decimal]]:
    """Return the same of the CSV."""
    text = client.get(f"{address}/peta/energi/gardu.csv?bulan={blth}").text
    return {
        r["gardu"]: (Decimal(r["kwh"]), Decimal(r["token_kwh"]))
        for r in csv.DictReader(io.StringIO(text))
    }


def of_excel(client, address: str, blth: str) -> dict[str, tuple[Decimal, Decimal]]:
    """Return the same of the workbook; its numbers are doubles, written as the shortest text."""
    content = client.get(f"{address}/peta/energi/gardu.xlsx?bulan={blth}").data
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    head = next(n for n, row in enumerate(rows) if row[0] == "gardu")
    kwh, token = rows[head].index("kwh"), rows[head].index("token_kwh")
    return {r[0]: (Decimal(str(r[kwh])), Decimal(str(r[token]))) for r in rows[head + 1 :]}


def of_api(client, ulp: str, blth: str) -> dict[str, tuple[Decimal, Decimal]]:
    """Return the same of `/api/v1`, summed over the RBM of a gardu."""
    told = client.get(f"/api/v1/units/{ulp}/kwh/{blth}").json
    out: dict[str, tuple[Decimal, Decimal]] = {}
    for row in told["rows"]:
        read, token = out.get(row["gardu"], (Decimal(0), Decimal(0)))
        out[row["gardu"]] = (read + Decimal(row["kwh"]), token + Decimal(row["token_kwh"]))
    return out


def of_drill(client, address: str, blth: str, **where: str) -> tuple[list[str], Decimal, Decimal]:
    """Return the rows of one step down and what they sum to, as its CSV has them."""
    text = client.get(
        f"{address}/energi/rinci/tabel.csv", query_string={"bulan": blth, **where}
    ).text
    rows = list(csv.DictReader(io.StringIO(text)))
    kwh, token = (
        sum((Decimal(r[name] or 0) for r in rows), Decimal(0)) for name in ("kwh", "token_kwh")
    )
    return [r.get("code", "") for r in rows], kwh, token


def pdf_words(content: bytes) -> str:
    """Return what the pages of a PDF say."""
    from pypdf import PdfReader

    return " ".join(
        re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages
    )


def indonesian(number: Decimal) -> str:
    """Write a number as a paper in Indonesian does, all digits that it has."""
    plain = f"{number:,.10f}".rstrip("0").rstrip(".")
    return plain.translate(str.maketrans(",.", ".,"))


def check_pdf(client, ulp: str, blth: str) -> None:
    """Compare the printed table with the page, gardu by gardu; raises AssertionError."""
    address = f"/{ulp}/{blth}"
    paper = client.get(f"{address}/peta/energi?bulan={blth}&unduh=pdf&tabel=energi-gardu")
    words = pdf_words(paper.data)
    for gardu, (kwh, _) in of_table(client, address, blth).items():
        told = re.search(
            rf"(?<![A-Z0-9]){re.escape(gardu)}(?![A-Z0-9]).*?(?=[A-Z]{{2}}\d{{3}}|$)", words
        )
        assert told, gardu
        if kwh:
            assert indonesian(kwh) in told[0].split(), (gardu, kwh, told[0][:200])


NAMED = ("tanpa gardu", "ditolak saat impor")


def check_one_number(client, ulp: str, blth: str) -> Decimal:
    """Compare every surface gardu by gardu, walk down to the customers, return the unit's kWh.

    Raises AssertionError where two surfaces differ in one digit.
    """
    address = f"/{ulp}/{blth}"
    table = of_table(client, address, blth)
    api = of_api(client, ulp, blth)
    assert of_map(client, address, blth) == table
    assert of_csv(client, address, blth) == table
    excel = of_excel(client, address, blth)
    assert {g: tuple(map(float, v)) for g, v in excel.items()} == {
        g: tuple(map(float, v)) for g, v in table.items()
    }
    assert {g: v for g, v in api.items() if g not in NAMED} == table
    unit = of_drill(client, address, blth)
    whole = tuple(sum((v[k] for v in api.values()), Decimal(0)) for k in (0, 1))
    assert unit[1:] == whole
    down = [c for c in unit[0] if c not in NAMED]
    gardu = {f: of_drill(client, address, blth, penyulang=f) for f in down}
    assert {g for rows, *_ in gardu.values() for g in rows} == set(table)
    for code in [max(table, key=lambda g: table[g]), *[c for c in unit[0] if c == NAMED[0]]]:
        rbms, *sums = of_drill(client, address, blth, gardu=code)
        assert tuple(sums) == api[code]
        lines = [of_drill(client, address, blth, gardu=code, rbm=r)[1:] for r in rbms]
        assert tuple(sum((v[k] for v in lines), Decimal(0)) for k in (0, 1)) == api[code]
    return whole[0]
