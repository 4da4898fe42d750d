"""R-SA-20, R-SB-02, R-SB-03 as figures, and what the answers about a drawn house amount to."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.matching.calibrate import true_rate
from rbmgeo.sampling.hypergeometric import chance_to_accept
from rbmgeo.terms import CheckState as S
from rbmgeo.verification.changed import CAUSES, to_verify
from rbmgeo.verification.houses import Look, active_places, looks_by_house, said_of, state_of
from rbmgeo.verification.loop import STEPS, counted
from rbmgeo.verification.plan import chance_sent_back, doubles, plan_of, seen_share
from rbmgeo.verification.result import Result, Sample
from rbmgeo.verification.words import cannot, chance, sentence, short


@pytest.mark.parametrize(
    ("lot", "share", "tolerated", "size"),
    [(40, 0.10, 4, 17), (100, 0.10, 10, 20), (100, 0.05, 5, 37), (250, 0.10, 25, 21)],
)
def test_r_sa_20_sizes(lot, share, tolerated, size):
    plan = plan_of(lot, share=share)
    assert (plan.tolerated, plan.size, plan.whole) == (tolerated, size, False)
    assert plan.chance <= 0.1 < chance_to_accept(lot, tolerated, size - 1)


def test_a_small_gardu_is_looked_at_whole():
    assert [plan_of(n).whole for n in (1, 5, 8, 40)] == [True, True, True, False]
    with pytest.raises(ValueError, match="lot is 0"):
        plan_of(0)


def test_r_sb_02_a_right_gardu_would_be_sent_back_by_wrong_checks():
    assert round(chance_sent_back(17), 2) == 0.58
    assert round(chance_sent_back(37), 2) == 0.85


def test_r_sb_02_a_true_five_per_cent_looks_like_nine_and_a_half_and_is_turned_back():
    assert round(seen_share(0.05), 4) == 0.095
    told = pd.Series([True] * 95 + [False] * 905).to_numpy()
    assert round(true_rate(told).share, 4) == 0.05


def test_a_tenth_is_seen_by_two_people():
    assert [doubles(n) for n in (4, 5, 17, 37, 200)] == [0, 1, 2, 4, 20]
    assert doubles(50, 0.0) == 0


@given(st.integers(1, 400), st.sampled_from([0.05, 0.1, 0.2]), st.sampled_from([0.05, 0.1]))
def test_the_plan_keeps_its_promise_and_asks_for_no_more(lot, share, risk):
    plan = plan_of(lot, share=share, risk=risk)
    assert 1 <= plan.size <= lot
    assert plan.tolerated >= share * lot - 1e-6
    assert chance_to_accept(lot, plan.tolerated, plan.size) <= risk + 1e-12 or plan.whole
    assert plan.size + plan.reserve <= lot


def look(said, who, photo=False, believed=False):
    return Look(said, who, photo, believed)


@pytest.mark.parametrize(
    ("looks", "state"),
    [
        ([], S.BELUM),
        ([look("sama", "a")], S.COCOK),
        ([look("tertutup", "a")], S.TERTUTUP),
        ([look("tidak_terlacak", "a")], S.TIDAK_TERLACAK),
        ([look("tertutup", "a"), look("sama", "a")], S.COCOK),
        ([look("beda", "a")], S.BEDA_MENUNGGU),
        ([look("beda", "a", photo=True)], S.BEDA_MENUNGGU),
        ([look("beda", "a"), look("beda", "a", photo=True)], S.BEDA_MENUNGGU),
        ([look("beda", "a"), look("beda", " A ", photo=True)], S.BEDA_MENUNGGU),
        ([look("beda", "a"), look("beda", None, photo=True)], S.BEDA_MENUNGGU),
        ([look("beda", "a"), look("beda", "b")], S.BEDA_MENUNGGU),
        ([look("beda", "a"), look("beda", "b", photo=True)], S.BEDA_PASTI),
        ([look("beda", "a"), look("sama", "b", photo=True)], S.COCOK_KEDUA),
        ([look("sama", "a"), look("beda", "b")], S.BEDA_MENUNGGU),
        ([look("sama", "a"), look("beda", "b"), look("sama", "a", photo=True)], S.COCOK_KEDUA),
        ([look("beda", "a", believed=True), look("sama", "b", photo=True)], S.BEDA_PASTI),
        ([look("sama", "a", believed=True), look("beda", "b")], S.COCOK_KEDUA),
    ],
)
def test_a_difference_counts_after_another_persons_look_with_a_photo(looks, state):
    assert state_of(looks)[0] == state


@pytest.mark.parametrize(
    ("outcome", "gardu", "said"),
    [
        ("cocok", None, "sama"), ("gardu_lain", "PD1", "sama"), ("gardu_lain", "PD2", "beda"),
        ("tiang_bersama", "PD2", "beda"), ("tiang_bersama", None, "tidak_terlacak"),
        ("tidak_terlacak", None, "tidak_terlacak"), ("pra_bayar", None, "tidak_terlacak"),
        ("tidak_ditemukan", None, "tertutup"), ("dibongkar", None, "tertutup"),
    ],
)  # fmt: skip
def test_what_an_answer_says_of_the_recorded_gardu(outcome, gardu, said):
    assert said_of(outcome, gardu, "PD1") == said


def test_a_refused_answer_says_nothing():
    items = pd.DataFrame({"idpel": ["1"], "gardu": ["PD1"]})
    row = {"idpel": "1", "outcome": "gardu_lain", "gardu": "PD2", "who": "a", "photo": False,
           "believed": False, "refused": True, "client_id": "x", "conflict_no": 0}  # fmt: skip
    assert looks_by_house(items, pd.DataFrame([row]))["1"][0] == S.BELUM


@given(st.lists(st.sampled_from(list(S)), min_size=1, max_size=30), st.integers(1, 20))
def test_the_reserve_comes_in_order_and_only_as_far_as_needed(states, size):
    by = dict(enumerate(states, start=1))
    active = active_places(by, size)
    assert active == list(range(1, len(active) + 1))
    useful = [p for p in active if by[p] not in (S.TERTUTUP, S.TIDAK_TERLACAK)]
    assert len(useful) <= size
    assert len(useful) == size or len(active) == len(states)
    if len(useful) == size:
        assert active[-1] == useful[-1]


def sample(states, size, lot=40, around=()):
    plan = plan_of(lot)
    plan = type(plan)(lot, plan.tolerated, size, plan.chance, size >= lot)
    return Sample(plan, dict(enumerate(states, start=1)), tuple(around))


@pytest.mark.parametrize(
    ("samples", "following"),
    [
        ([sample([S.COCOK, S.BELUM], 2)], "menunggu"),
        ([sample([S.COCOK, S.COCOK], 2)], "terima"),
        ([sample([S.COCOK, S.COCOK_KEDUA], 2)], "terima"),
        ([sample([S.COCOK, S.BEDA_MENUNGGU], 2)], "lihat_kedua"),
        ([sample([S.BELUM, S.BEDA_PASTI], 2)], "sekitar"),
        ([sample([S.BEDA_PASTI, S.BEDA_PASTI], 2)], "seluruh"),
        ([sample([S.BEDA_PASTI, S.COCOK], 2), sample([S.COCOK], 1)], "terima"),
        ([sample([S.BEDA_PASTI, S.COCOK], 2), sample([S.COCOK], 1, around=[S.BELUM])], "menunggu"),
        ([sample([S.BEDA_PASTI, S.COCOK], 2), sample([S.COCOK], 1, around=[S.BEDA_PASTI])], "seluruh"),
        ([sample([S.COCOK, S.TERTUTUP], 2)], "buntu"),
        ([sample([S.COCOK, S.BEDA_PASTI], 2, lot=2)], "terima"),
    ],
)  # fmt: skip
def test_r_sb_03_what_comes_next(samples, following):
    assert Result(tuple(samples)).next == following


TOLD = {"samples": 1, "size": 17, "lot": 40, "tolerated": 4, "chance": plan_of(40).chance,
        "whole": False, "seen": 17, "wrong": 0, "seen_all": 17, "confirmed": 0, "waiting": 0,
        "replaced": 0, "left_most": 3, "risk": 0.1}  # fmt: skip


def test_the_result_in_words():
    indonesian, english = sentence(TOLD, "diterima")
    assert indonesian == "0 dari 17 beda: gardu diterima; kalau 10 % (4 dari 40) salah, peluang lolos 9,7 %."  # fmt: skip
    assert english == "0 of 17 differ: gardu accepted; if 10 % (4 of 40) were wrong, it would pass with a chance of 9.7 %."  # fmt: skip
    assert "23 rumah tidak dilihat" in cannot(TOLD)[0]
    assert "up to 3 of them" in cannot(TOLD)[1]
    assert chance({**TOLD, "lot": 1000, "tolerated": 100})[0].startswith("kalau 10 % (100 dari 1.000)")  # fmt: skip
    back = {**TOLD, "confirmed": 2, "seen_all": 25}
    assert "seluruh gardu kembali ke survei" in sentence(back, "kembali_survei")[0]
    twice = {**TOLD, "samples": 2, "confirmed": 1}
    assert sentence(twice, "diterima")[0].startswith("1 kesalahan pasti pada sampel pertama")
    assert "2 menunggu lihat kedua" in sentence({**TOLD, "waiting": 2, "seen": 5}, "berjalan")[0]


def test_the_result_in_short():
    assert short(None, None) == "belum diverifikasi"
    assert short(TOLD, "batal") == "belum diverifikasi"
    assert short(TOLD, "diterima") == "diterima, 0/17"
    assert short(TOLD, "berubah") == "berubah sesudah 0/17"
    assert short({**TOLD, "seen": 5}, "berjalan") == "berjalan, 5/17"


def change(gardu, cause, idpel, at, customers=1):
    return {"gardu": gardu, "cause": cause, "idpel": idpel, "customers": customers,
            "at": pd.Timestamp(f"2026-11-{at:02d}", tz="UTC")}  # fmt: skip


def verified(**of):
    return pd.DataFrame(
        {"at": [pd.Timestamp(f"2026-11-{d:02d}", tz="UTC") for d, _ in of.values()],
         "corrected": [c for _, c in of.values()]}, index=pd.Index(list(of), name="gardu"),
    )  # fmt: skip


def test_changed_since_the_last_verification():
    rows = pd.DataFrame([
        change("A", "usulan", "1", 1), change("A", "usulan", "1", 2), change("A", "versi", None, 3, 12),
        change("B", "usulan", "2", 1), change("C", "usulan", "3", 9), change("C", "urung", "3", 10),
    ])  # fmt: skip
    found = to_verify(rows, verified(B=(5, []), C=(5, ["3"])))
    assert found[list(CAUSES)].to_dict("index") == {
        "A": {"usulan": 1, "peristiwa": 0, "versi": 12, "urung": 0},
        "C": {"usulan": 0, "peristiwa": 0, "versi": 0, "urung": 1},
    }
    assert to_verify(rows.head(0), verified()).empty


@given(st.permutations(range(6)))
def test_the_order_of_changes_is_no_matter(order):
    rows = pd.DataFrame([change("AB"[n % 2], CAUSES[n % 4], str(n % 3), 1 + n) for n in range(6)])
    want = to_verify(rows, verified(A=(2, [])))
    pd.testing.assert_frame_equal(to_verify(rows.iloc[list(order)], verified(A=(2, []))), want)


def test_the_loop_counts_each_house_in_every_step_it_reached():
    houses = pd.DataFrame({"gardu": ["B", "A", None], **dict.fromkeys(STEPS)}, dtype=object)
    houses["jawaban"] = 1
    houses.loc[0, "usulan"] = 1
    found = counted(houses, "gardu")
    assert found.index.tolist() == ["A", "B", "–"]
    assert found["jawaban"].tolist() == [1, 1, 1]
    assert found["usulan"].tolist() == [0, 1, 0]
