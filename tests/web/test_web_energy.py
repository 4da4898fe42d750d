"""The pages of energy: who sees what, what a browser keeps, where each number leads."""

import gzip
import json

import pytest
import small_unit as small
from lxml import html
from one_number import of_csv, of_map, of_table

pytestmark = pytest.mark.database
UNIT = f"/{small.SMALL}/{small.BLTH}"


def test_who_may_see_no_customer_sees_no_figures_of_few_of_them(as_role):
    # Four customers hang on PD001, three on PD002, each with 100.5 kWh where read.
    seen = of_table(as_role("pengawas"), UNIT, small.BLTH)
    assert {str(kwh) for kwh, _ in seen.values()} == {"301.5"}
    client = as_role("surveyor")
    page = client.get(f"{UNIT}/peta/energi").text
    data = gzip.decompress(client.get(f"{UNIT}/peta/energi/tahun.json").data).decode()
    table = client.get(f"{UNIT}/peta/energi/gardu.csv").text
    for told in (page, data, table):
        assert "301" not in told
    assert page.count("kurang dari 5 pelanggan") >= 2
    rows = json.loads(data)["rows"]
    assert [row["class"]["jam"] for row in rows] == ["s", "s"]
    assert all(
        row[name] == [None] for row in rows for name in ("kwh", "token_kwh", "hours", "load")
    )
    # The unit's own sum tells of nobody and is the same for all.
    assert "703,5" in page
    # What one was told is not kept for the other.
    assert of_map(as_role("pengawas"), UNIT, small.BLTH) == seen


def test_a_browser_that_has_the_year_asks_only_whether_it_holds(as_role):
    client = as_role("pengawas")
    page = html.fromstring(client.get(f"{UNIT}/peta/energi").text)
    (frame,) = page.xpath("//section[@data-energy]") or [None]
    if frame is None:
        pytest.skip("BROWSER LIBRARIES ABSENT: run make setup")
    first = client.get(frame.get("data-source"))
    assert first.headers["Content-Encoding"] == "gzip"
    data = json.loads(gzip.decompress(first.data))
    assert {"rows", "gardu", "months", "totals"} <= set(data)
    again = client.get(frame.get("data-source"), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    held = json.dumps(data)
    assert all(small.idpel(n) not in held and f"Nama {n}" not in held for n in range(8))


def test_the_legend_counts_every_gardu_once(as_role):
    for colour in ("jam", "beban", "ubah"):
        page = html.fromstring(as_role("pengawas").get(f"{UNIT}/peta/energi?warna={colour}").text)
        counts = [int(c.text_content()) for c in page.xpath("//td[@data-class]")]
        assert sum(counts) == len(page.xpath('//section[@id="tabel"]//tbody/tr')) == 2


def test_a_month_without_readings_says_what_to_do(as_role):
    client = as_role("perencana")
    for page in ("peta/energi", "energi/rinci", "energi/dlpd", "energi/pemetaan"):
        answer = client.get(f"/{small.SMALL}/202301/{page}")
        assert answer.status_code == 200
        assert "Belum ada" in answer.text, page
    assert client.get(f"{UNIT}/peta/energi?warna=x&bulan={small.BLTH}").status_code == 200
    assert client.get(f"{UNIT}/peta/energi?bulan=x").status_code == 422


def test_every_number_leads_down_to_the_customers_and_back(as_role):
    client = as_role("pengawas")
    page, seen = f"{UNIT}/energi/rinci", []
    for _ in range(4):
        text = client.get(page).text
        assert "jumlah cocok" in text
        assert "jumlah tidak cocok" not in text
        tree = html.fromstring(text)
        seen.append(tree.xpath("string(//main//h2)"))
        links = tree.xpath("//tbody//th/a/@href")
        assert links
        page = links[0]
    assert seen[1:] == ["Per gardu", "Per RBM", "Pelanggan"]
    assert "/pelanggan/" in page
    assert "tanpa gardu" in client.get(f"{UNIT}/energi/rinci").text
    named = client.get(f"{UNIT}/energi/rinci", query_string={"gardu": "tanpa gardu"})
    assert named.status_code == 200
    assert client.get(f"{UNIT}/energi/rinci?gardu=PD999").status_code == 404


def test_files_of_the_pages_are_given_and_a_wrong_wish_is_said(as_role):
    client = as_role("pengawas")
    assert of_csv(client, UNIT, small.BLTH)
    for page in ("energi/rinci", "energi/dlpd", "energi/pemetaan"):
        for kind in ("csv", "xlsx"):
            answer = client.get(f"{UNIT}/{page}/tabel.{kind}")
            assert answer.status_code == 200, page
            assert answer.data
    assert client.get(f"{UNIT}/energi/pemetaan?menurut=x").status_code == 422
    assert client.get(f"{UNIT}/energi/pemetaan?menurut=rbm&lama=x").status_code == 422
    assert client.get(f"{UNIT}/energi/pemetaan?lama=31-12-2024").status_code == 422
    both = client.get(f"{UNIT}/energi/pemetaan?menurut=rbm").text
    assert "jumlah cocok" in both
