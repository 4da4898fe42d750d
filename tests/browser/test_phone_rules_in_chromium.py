"""What the phone works out by itself, in a real browser: the rules of stands as the office has them, places, forms."""

import itertools
import random
import re
from decimal import Decimal
from pathlib import Path

import pytest
from in_chromium import opened

from rbmgeo.fieldwork import postpaid
from rbmgeo.fieldwork.job_form import refusals
from rbmgeo.fieldwork.jobs import survei
from rbmgeo.fieldwork.record import Known, Record
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.terms import Service

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def said(browser, address):
    """Offer a function that runs an expression over the app's modules and returns what it gives."""
    page = opened(browser, address, 390, 844)
    page.goto(f"{address}/hp")
    names = ("geo", "stand", "form", "find", "coding", "seal", "send", "words", "store", "queue")

    def run(expression: str, given=None):
        bring = ", ".join(f"{n}: await import('/static/js/phone/{n}.js')" for n in names)
        return page.evaluate(
            f"async (given) => {{ const m = {{ {bring} }}; return await ({expression}); }}", given
        )

    yield run
    page.context.close()


def stands():
    """Stands at and beside every border of R-EN-01 to R-EN-05, and some hundred at random."""
    edges = [  # previous, stand, multiplier, VA, month before, code
        (100, 250, 1, 1300, 150, "Z"), (0, 936, 1, 1300, 900, "Z"), (0, 935, 1, 1300, 900, "Z"),
        (0, 52, 1, 1300, 52, "Z"), (0, 51, 1, 1300, 52, "Z"), (0, 18, 1, 450, 18, "Z"),
        (99950, 30, 1, 1300, 80, "Z"), (99950, 900, 1, 1300, 80, "Z"), (99000, 30, 1, 450, 80, "Z"),
        (100, 100, 1, 900, 50, "Z"), (100, 100, 1, 900, None, "Z"), (0, 150, 1, 2200, 100, "Z"),
        (0, 151, 1, 2200, 100, "Z"), (0, 50, 1, 900, 100, "Z"), (0, 49, 1, 900, 100, "Z"),
        (None, 49, 1, 900, 100, "Z"), (10, 49, 1, 0, 100, "Z"), (10, 49, 40, 900, 100, "2"),
        (1234.5, 1300.25, 20, 23000, 1000, "A"), (0, 37, 1, 900, 0, "Z"), (999999, 4, 1, 1300, 0, "Z"),
    ]  # fmt: skip
    drawn = random.Random(7)
    for _ in range(300):
        previous = drawn.choice([drawn.randint(0, 99999), round(drawn.uniform(0, 9999), 2)])
        step = drawn.choice([drawn.randint(-3000, 3000), drawn.randint(0, 400), -previous])
        edges.append(
            (previous, round(max(0, previous + step), 2), drawn.choice([1, 20, 40]), drawn.choice([0, 450, 900, 1300, 23000]),
             drawn.choice([None, 0, drawn.randint(1, 900)]), drawn.choice("ZZZ27E"))
        )  # fmt: skip
    return edges


def by_office(previous, stand, multiplier, daya_va, before, code):
    exact = lambda v: None if v is None else Decimal(str(v))  # noqa: E731
    known = Known(daya_va=daya_va, previous_stand_kwh=exact(previous), multiplier=Decimal(multiplier),
                  before_kwh=(exact(before), None, None))  # fmt: skip
    record = Record("x", "513540000001", "202412", Service.PASCA, None, "siti", code, exact(stand), "a" * 64)  # fmt: skip
    used = postpaid.used_kwh(record, known)
    return {"kwh": None if used is None else float(used), "marks": list(postpaid._plausible(record, known))}  # fmt: skip


def test_a_stand_is_as_plausible_at_the_door_as_in_the_office(said):
    cases = stands()
    given = [
        [stand, {"previous_stand_kwh": previous, "multiplier": multiplier, "daya_va": daya, "before_kwh": [before, None, None]}, code]
        for previous, stand, multiplier, daya, before, code in cases
    ]  # fmt: skip
    told = said("given.map((one) => m.stand.plausible(...one))", given)
    wrong = [(c, t, by_office(*c)) for c, t in zip(cases, told, strict=True) if t != by_office(*c)]
    assert wrong == []
    marks = {mark for t in told for mark in t["marks"]}
    assert marks >= {"maximum", "naik", "turun", "nol", "di_bawah_40_jam", "div_na", "stand_mundur",
                     "mungkin_lewat_nol", "ganti_meter", "tanpa_stand_lalu"}  # fmt: skip


def test_a_place_is_weighted_by_accuracy_and_begins_anew_where_one_walked_on(said):
    at = {"lat": -7.65, "lon": 112.7}
    good, poor = {**at, "accuracy_m": 5}, {**at, "lon": 112.7002, "accuracy_m": 50}
    place = "(() => { const f = new m.geo.Fixes(); given.forEach((one) => f.add(one)); return f.place(); })()"
    told = said(place, [good, poor])
    assert told["lon"] - 112.7 == pytest.approx(0.0002 / 101, abs=2e-7)
    assert 5 <= told["accuracy_m"] <= 8 and told["fixes"] == 2
    assert said(place, []) is None
    far = {**at, "lon": 112.702, "accuracy_m": 6}
    assert said(place, [good, good, far]) == {"lon": 112.702, "lat": -7.65, "accuracy_m": 6, "fixes": 1}  # fmt: skip
    order = [{**good, "accuracy_m": a, "lon": 112.7 + n * 1e-5} for n, a in enumerate((4, 9, 20))]
    seen = [said(place, list(some)) for some in itertools.permutations(order)]
    assert all(abs(s["lon"] - seen[0]["lon"]) < 2e-7 for s in seen), "the order of fixes tells"


def test_metres_and_directions(said):
    here = {"lat": -7.65, "lon": 112.7}
    north, east = {**here, "lat": -7.649}, {**here, "lon": 112.701}
    metres = said("[m.geo.away(...given), m.geo.bearing(...given)]", [here, north])
    assert metres == pytest.approx([111.2, 0], abs=0.3)
    metres = said("[m.geo.away(...given), m.geo.bearing(...given)]", [here, east])
    assert metres == pytest.approx([110.2, 90], abs=0.3)
    assert said("[12.4, 994, 996, 1440, 15300].map((d) => m.geo.told(d, 'id'))") == [
        "12 m", "994 m", "1,0 km", "1,4 km", "15 km"]  # fmt: skip


def test_numbers_moments_and_pins(said):
    assert said("['1234,5', '0', '-3', '12a', '1.234.5', ''].map(m.coding.number)") == [
        1234.5, 0, -3, None, None, None]  # fmt: skip
    told = said("[m.coding.moment(new Date(0)), m.coding.uuid(), m.coding.uuid()]")
    assert told[0].startswith("1970-01-01T") and told[0][-6] in "+-"
    assert told[1] != told[2] and told[1][14] == "4"
    assert said("['111111', '123456', '654321', '12345', '284913', 'abcdef'].map(m.seal.weak)") == [
        True, True, True, True, False, True]  # fmt: skip
    assert said("[0, 2, 3, 4, 20].map(m.seal.penalty)") == [0, 0, 15_000, 30_000, 3_600_000]


def test_what_an_outcome_lacks_is_what_the_server_would_say(said):
    base = {"client_id": "0" * 31 + "1", "job": "survei", "device_id": "0" * 32, "officer": "s",
            "device_at": "2026-11-26T09:00:00+07:00", "photos": []}  # fmt: skip
    cases = [("cocok", {}), ("gardu_lain", {}), ("gardu_lain", {"gardu": "PD1"}), ("dibongkar", {"note": "x" * 501}),
             ("tiang_bersama", {"tiang": "T"}), ("cocok", {"meter_number": "1" * 31})]  # fmt: skip
    form = survei.FORM.as_data()
    for outcome, values in cases:
        office = {r.column for r in refusals(survei.FORM, visit_of({**base, "outcome": outcome, "values": values}))}  # fmt: skip
        told = said("m.form.faults(given[0], given[1])", [form, {"outcome": outcome, "values": values, "photos": {}}])  # fmt: skip
        assert {t["name"] for t in told} == office, (outcome, values)
    assert said("given.outcomes.filter((o) => m.form.usual(given, o.code)).map((o) => o.code)", form) == ["cocok", "gardu_lain"]  # fmt: skip


def test_a_house_is_found_by_its_end_those_on_the_list_first(said):
    bundle = {
        "orders": [{"id": "o", "customer": "a", "stop": 3, "idpel": "00123", "meter": "99777"}],
        "around": [["a", "00123", "99777", 1, 2], ["b", "55123", None, 1, 2], ["c", None, "M7", 1, 2]],
    }  # fmt: skip
    find = "m.find.found(given[0], given[1]).map((one) => [one.customer, one.order ? one.order.id : null])"
    assert said(find, [bundle, "123"]) == [["a", "o"], ["b", None]]
    assert said(find, [bundle, "0123"]) == [["a", "o"]]
    assert said(find, [bundle, "513540000123"]) == [["a", "o"]]
    assert said(find, [bundle, "777"]) == [["a", "o"]]
    assert said(find, [bundle, "23"]) == said(find, [bundle, "999"]) == []


def test_batches_hold_fifty_visits_and_no_more_than_a_request_takes(said):
    sizes = (
        "m.send.batches(given.map((n) => [{ data: new ArrayBuffer(n) }, {}])).map((b) => b.length)"
    )
    assert said(sizes, [300] * 120) == [50, 50, 20]
    assert said(sizes, [60_000] * 30) == [12, 12, 6]
    assert said(sizes, []) == []


#: A queue of its own: two visits that name one photo, each with its ids; and a list.
_QUEUE = """(async () => {
    const store = await m.store.openStore(`uji-${m.coding.uuid()}`), key = await m.seal.fresh();
    const queue = new m.queue.Queue(store, key);
    const data = new Uint8Array([1, 2, 3]).buffer;
    const photo = await queue.keepPhoto({ data, sha256: "p" });
    const visit = (id) => ({ client_id: id, order_id: `o-${id}`, customer: null, photos: [{ sha256: "p" }] });
    for (const id of ["a", "b"]) await queue.save(visit(id), true);
    const left = async () => Object.fromEntries(await Promise.all(["records", "photos", "lists", "receipts"].map(async (n) => [n, (await store.keys(n)).length])));
    STEPS
})()"""


def test_a_photo_goes_with_the_last_record_that_names_it(said):
    told = said(_QUEUE.replace("STEPS", """
        const [a, b] = await queue.records(), out = [];
        await queue.settled(a, "diterima"); out.push(await left());
        await queue.settled(b, "konflik"); out.push(await left());
        return [...out, await queue.counts()];"""))  # fmt: skip
    assert [(t["records"], t["photos"], t["receipts"]) for t in told[:2]] == [(1, 1, 1), (0, 0, 2)]
    assert told[2] == {"waiting": 0, "refused": 0, "sent": 2, "total": 2}


def test_lists_and_receipts_are_purged_after_their_days_and_records_never(said):
    told = said(_QUEUE.replace("STEPS", """
        await store.put("lists", { list_id: "l", at: Date.now() });
        await store.put("photos", { sha256: "orphan" }); await store.put("photos", { sha256: "drafted" });
        await queue.settled((await queue.records())[0], "diterima");
        const out = [];
        for (const days of [29, 31]) { await queue.purge(30, ["drafted"], Date.now() + days * 86_400_000); out.push(await left()); }
        return out;"""))  # fmt: skip
    assert told == [{"records": 1, "photos": 2, "lists": 1, "receipts": 1},
                    {"records": 1, "photos": 2, "lists": 0, "receipts": 0}]  # fmt: skip


def test_an_id_is_never_used_for_a_second_content(said):
    told = said(_QUEUE.replace("STEPS", """
        const other = { ...visit("a"), order_id: "other" };
        const fault = await queue.save(other, true).then(() => null, (e) => e.name);
        return [fault, (await queue.visit((await queue.records())[0])).order_id];"""))  # fmt: skip
    assert told == ["ConstraintError", "o-a"]


def test_every_word_of_the_app_is_there_in_both_languages_with_the_same_places(said):
    folder = Path(__file__).resolve().parents[2] / "web/static/js/phone"
    source = (folder / "words.js").read_text(encoding="utf-8")
    words = dict(re.findall(r"^  (\w+): \[(.*)\],$", source, re.M))
    for key, pair in words.items():
        indonesian, english = re.fullmatch(r'"(.*)", "(.*)"', pair).groups()
        assert set(re.findall(r"\{\w+\}", indonesian)) == set(re.findall(r"\{\w+\}", english)), key
    used = set()
    for path in folder.glob("*.js"):
        used |= set(re.findall(r"""\bt\(\s*"(\w+)\"""", path.read_text(encoding="utf-8")))
    assert used - set(words) == set()
