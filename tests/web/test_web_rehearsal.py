"""The rehearsal on the page "Seberapa yakin?": asked for as a job, drawn with its table."""

import re

import small_unit as small

from rbmgeo.db.queries import work
from rbmgeo.workflows.rehearsal import STEP

PAGE = f"/{small.SMALL}/{small.BLTH}/temuan/seberapa-yakin"
PARAMS = {"seed": 3, "planted": 0.05, "wrong_answers": 0.05, "cannot_trace": 0.05, "rounds": 2,
          "visits": 20, "controls": 2}  # fmt: skip
SUMMARY = {
    "customers": 600, "of": 900, "errors": 31, "visits": [0, 10, 20, 30, 40],
    "found": {"detector": [0, 9, 17, 22, 26], "nearest": [0, 4, 9, 11, 14],
              "vote": [0, 7, 12, 15, 19], "chance": [0, 1, 1, 2, 2]},
    "rounds": [{"promised": 17.6, "found": 18}, {"promised": 9.2, "found": 9}], "error": 0.02,
}  # fmt: skip


def test_it_is_asked_for_with_a_seed_and_then_drawn_beside_its_table(as_role, web_database):
    planner = as_role("perencana")
    page = planner.get(PAGE).text
    assert "Belum pernah dihitung untuk unit ini" in page
    assert "Hitung simulasi" in page
    asked = planner.post(f"{PAGE}/simulasi", data={"benih": "3"})
    assert asked.status_code == 302
    assert "Simulasi survei" in planner.get(asked.location).text
    assert planner.post(f"{PAGE}/simulasi", data={"benih": "x"}).status_code == 422
    with web_database.writing() as session:
        work.add_run(session, ulp=small.SMALL, step=STEP, params=PARAMS, summary=SUMMARY, who="ani")
    page = planner.get(PAGE).text
    assert "31 dari 600 catatan unit ini dibuat salah" in page
    assert "Benih 3" in page
    assert "Dimainkan pada 600 dari 900 pelanggan" in page
    drawn = re.search(r'<svg class="lines-chart".*?</svg>', page, re.S)[0]
    assert 'aria-labelledby="sim-t sim-d"><title id="sim-t">' in drawn
    assert "temuan rbmgeo: 26" in drawn
    assert drawn.count("<polyline") == 4
    heights = [float(y) for y in re.findall(r'<text class="b" x="[\d.]+" y="([\d.]+)"', drawn)]
    assert min(abs(a - b) for a in heights for b in heights if a != b) >= 15, "names overlap"
    row = re.search(r'<th scope="row" class="num">40</th>(.*?)</tr>', page, re.S)[1]
    assert re.findall(r">(\d+)<", row) == ["26", "14", "19", "2", "9", "9"]
    assert "Hitung lagi" not in as_role("pengawas").get(PAGE).text
