"""Mutasi bulan ini on a real database: fifty accepted change fifty rows, and come back."""

from datetime import date
from decimal import Decimal

import pytest
from reviewed import publish
from sqlalchemy import text

from rbmgeo.db.bulk import ensure_month
from rbmgeo.db.models import Customer, Pdpj, RbmList, Reading
from rbmgeo.db.queries import mutations, units, versions
from rbmgeo.errors import NotAllowed, NothingToDo, NotThere
from rbmgeo.terms import Mutation
from rbmgeo.workflows.mutation_accept import accept, accept_kind
from rbmgeo.workflows.mutation_undo import undo
from rbmgeo.workflows.mutations import find_mutations

pytestmark = pytest.mark.database

ULP, OTHER = "T0001", "T0002"
BEFORE, NOW = "202601", "202602"


def idpel(n):
    return f"10000000{n:04d}"


def customer(session, n, *, ulp=ULP, x=None, **values):
    where = None if x is None else f"SRID=4326;POINT({112.7 + x * 0.0001} -7.65)"
    session.add(
        Customer(ulp=ulp, idpel=idpel(n), tarif="R1", daya_va=Decimal(900), geom=where,
                 meter_number=f"M{n}", **values)
    )  # fmt: skip


def listed(session, n, blth, *, ulp=ULP, urut=None, rbm="R1", **reading):
    session.add(
        RbmList(ulp=ulp, blth=blth, idpel=idpel(n), line="", source="dpm", rbm=rbm, urut=urut,
                sisipan=0 if urut else None, hari_baca="A", officer="P-01")
    )  # fmt: skip
    values = {"tarif": "R1", "daya_va": Decimal(900)} | reading
    session.add(Reading(ulp=ulp, blth=blth, idpel=idpel(n), source="dpm", line="", **values))


@pytest.fixture
def unit(session):
    """A street of 100 houses on one RBM; this month 50 new ones between them, 3 gone."""
    for ulp in (ULP, OTHER):
        units.ensure_unit(session, ulp=ulp)
        units.set_unit(session, ulp=ulp, utm_srid=32749)
    for blth in (BEFORE, NOW):
        ensure_month(session, blth=blth)
    for n in range(100):
        customer(session, n, x=2 * n)
        session.add(
            Pdpj(ulp=ULP, idpel=idpel(n), line="", valid_from=date(2024, 1, 1), gardu="G1",
                 raw_gardu="G1", source="pdpj")
        )  # fmt: skip
        listed(session, n, BEFORE, urut=n + 1)
        if n >= 3:
            listed(session, n, NOW, urut=n + 1)
    for n in range(50):
        customer(session, 1000 + n, x=2 * n + 1)
        listed(session, 1000 + n, NOW)
    session.flush()
    return ULP


def places(session, version_id):
    members = versions.members(session, ulp=ULP, version_id=version_id)
    return {
        i: (r, u, s) for i, r, u, s in members[["rbm", "urut", "sisipan"]].itertuples(name=None)
    }


def numbers(session, kind, state="open", blth=NOW, ulp=ULP):
    rows = mutations.mutations(session, ulp=ulp, blth=blth, kind=kind, state=state)
    return [int(n) for n in rows["mutation_id"]]


def test_nothing_is_applied_by_looking(session, unit):
    done = find_mutations(session, unit)
    assert (done.blth, done.blth_before) == (NOW, BEFORE)
    assert done.kinds == {Mutation.BARU: 50, Mutation.HILANG: 3}
    assert done.without_place == 0
    assert versions.versions(session, ulp=unit) == []
    assert numbers(session, "baru", "accepted") == []


def test_fifty_new_customers_change_exactly_fifty_rows_and_renumber_nobody(session, unit):
    find_mutations(session, unit)
    first = accept_kind(session, unit, NOW, Mutation.HILANG, who="ratna")
    before = places(session, first.version_id)
    assert len(before) == 97
    done = accept_kind(session, unit, NOW, Mutation.BARU, who="ratna")
    after = places(session, done.version_id)
    assert (done.version_id, done.accepted, done.changed) == (first.version_id, 50, 50)
    assert len(set(after.items()) ^ set(before.items())) == 50
    assert set(after) - set(before) == {idpel(1000 + n) for n in range(50)}
    assert len(set(after.values())) == len(after)
    walk = [i for i, _ in sorted(after.items(), key=lambda item: item[1])]
    assert walk.index(idpel(1010)) - walk.index(idpel(10)) == 1
    assert versions.unplaced(session, ulp=unit, version_id=done.version_id) == 0


def test_a_gardu_that_nobody_recorded_waits_for_a_second_person(session, unit):
    find_mutations(session, unit)
    done = accept_kind(session, unit, NOW, Mutation.BARU, who="ratna")
    assert done.proposals == 50
    asked = session.execute(
        text("SELECT DISTINCT field, after, state, proposed_by FROM proposal WHERE ulp = :u"),
        {"u": unit},
    ).all()
    assert asked == [("gardu", "G1", "open", "ratna")]
    recorded = session.scalar(text("SELECT count(*) FROM pdpj WHERE ulp = :u"), {"u": unit})
    assert recorded == 100


def test_who_accepted_and_when_is_kept_and_undoing_is_a_further_line(session, unit):
    find_mutations(session, unit)
    number = numbers(session, "hilang")[0]
    done = accept(session, unit, [number], who="ratna")
    here = places(session, done.version_id)
    assert done.changed == 1
    assert undo(session, unit, number, who="budi") == 1
    again = places(session, done.version_id)
    assert set(again) - set(here) == {idpel(0)}
    assert again[idpel(0)] == ("R1", 1, 0)
    told = mutations.decisions(session, ulp=unit, blth=NOW)
    assert told[["decision", "decided_by"]].values.tolist() == [
        ["accepted", "ratna"], ["undone", "budi"],
    ]  # fmt: skip
    assert session.scalar(
        text("SELECT active FROM customer WHERE ulp = :u AND idpel = :i"),
        {"u": unit, "i": idpel(0)},
    )
    find_mutations(session, unit)  # a new look keeps the history
    assert len(mutations.decisions(session, ulp=unit, blth=NOW)) == 2
    assert accept(session, unit, [number], who="ratna").accepted == 1


def test_what_was_accepted_stays_accepted_after_another_look(session, unit):
    find_mutations(session, unit)
    accept_kind(session, unit, NOW, Mutation.BARU, who="ratna")
    find_mutations(session, unit)
    counts = mutations.mutation_counts(session, ulp=unit, blth=NOW)
    assert counts.loc["baru"].tolist() == [0, 0, 50, 0]
    assert accept_kind(session, unit, NOW, Mutation.BARU, who="ratna").accepted == 0


def test_the_same_mutation_is_not_accepted_twice(session, unit):
    find_mutations(session, unit)
    number = numbers(session, "baru")[0]
    accept(session, unit, [number], who="ratna")
    again = accept(session, unit, [number], who="budi")
    assert again.accepted == 0
    assert again.left == {number: "mutation.left_state"}
    with pytest.raises(NotThere):
        accept(session, unit, [10**9], who="ratna")


def test_a_place_taken_meanwhile_gives_way_to_the_next(session, unit):
    find_mutations(session, unit)
    accept_kind(session, unit, NOW, Mutation.HILANG, who="ratna")
    rows = mutations.mutations(session, ulp=unit, blth=NOW, kind="baru")
    one = rows.iloc[20]
    version = versions.version(session, ulp=unit)
    session.execute(
        text(
            "INSERT INTO rbm_member (ulp, version_id, idpel, rbm, urut, sisipan) "
            "VALUES (:u, :v, '999999999999', :r, :n, :s)"
        ),
        {"u": unit, "v": version.version_id, "r": one["rbm"], "n": int(one["urut"]), "s": int(one["sisipan"])},
    )  # fmt: skip
    done = accept(session, unit, [int(one["mutation_id"])], who="ratna")
    assert done.elsewhere == 1
    assert places(session, version.version_id)[one["idpel"]] == (
        one["rbm"], int(one["urut"]), int(one["sisipan"]) + 1,
    )  # fmt: skip


def test_a_published_version_is_left_alone_and_a_new_draft_begins_as_it_stands(session, unit):
    find_mutations(session, unit)
    for kind in (Mutation.HILANG, Mutation.BARU):
        accept_kind(session, unit, NOW, kind, who="ratna")
    done = publish(session, unit, effective_blth=NOW, who="ratna")
    number = numbers(session, "baru", "accepted")[0]
    with pytest.raises(NotAllowed, match="published"):
        undo(session, unit, number, who="ratna")
    ensure_month(session, blth="202603")
    for n in range(3, 100):
        listed(session, n, "202603", urut=n + 1)
    for n in range(51):
        listed(session, 1000 + n, "202603")
    customer(session, 1050, x=101)
    session.flush()
    assert find_mutations(session, unit).kinds == {Mutation.BARU: 1}
    later = accept_kind(session, unit, "202603", Mutation.BARU, who="ratna")
    assert later.version_id != done.version_id
    old, new = places(session, done.version_id), places(session, later.version_id)
    assert set(new) - set(old) == {idpel(1050)}
    assert {i: new[i] for i in old} == old


def test_gone_prepaid_leaves_the_route_and_the_master_says_so(session, unit):
    session.execute(
        text("UPDATE reading SET tarif = 'R1T' WHERE ulp = :u AND idpel = :i AND blth = :b"),
        {"u": unit, "i": idpel(50), "b": NOW},
    )
    find_mutations(session, unit)
    accept(session, unit, numbers(session, "ke_pra"), who="ratna")
    row = session.execute(
        text("SELECT jenis_layanan, dibaca_oleh FROM customer WHERE ulp = :u AND idpel = :i"),
        {"u": unit, "i": idpel(50)},
    ).one()
    assert tuple(row) == ("pra", "tidak")


def test_a_meter_number_that_an_import_replaced_is_seen(session, unit):
    batch = session.scalar(
        text(
            "INSERT INTO import_batch (ulp, sha256, file_name, kind, profile, blth, read, good, "
            "rejected, skipped) VALUES (:u, 'x', 'f', 'dpm', 'p', :b, 1, 1, 0, 0) RETURNING batch_id"
        ),
        {"u": unit, "b": NOW},
    )
    session.execute(
        text(
            "UPDATE customer SET meter_number = 'M-9', batch_id = :n WHERE ulp = :u AND idpel = :i"
        ),
        {"n": batch, "u": unit, "i": idpel(60)},
    )
    find_mutations(session, unit)
    row = mutations.mutations(session, ulp=unit, blth=NOW, kind="ganti_meter").iloc[0]
    assert (row["idpel"], row["before"], row["after"]) == (idpel(60), "M60", "M-9")
    done = accept(session, unit, [int(row["mutation_id"])], who="ratna")
    assert (done.accepted, done.changed, done.version_id) == (1, 0, None)


def test_moved_to_another_unit_is_shown_to_both_and_moves_nobody(session, unit):
    customer(session, 1, ulp=OTHER, x=5000)
    listed(session, 500, BEFORE, ulp=OTHER, urut=1, rbm="Q1")
    for n in (1, 500):
        listed(session, n, NOW, ulp=OTHER, urut=1 + n, rbm="Q1")
    customer(session, 500, ulp=OTHER, x=5001)
    session.flush()
    find_mutations(session, OTHER)
    here = mutations.mutations(session, ulp=unit, blth=NOW, kind="pindah_unit")
    there = mutations.mutations(session, ulp=OTHER, blth=NOW, kind="dari_unit")
    assert here[["idpel", "other_ulp", "state"]].values.tolist() == [[idpel(1), OTHER, "open"]]
    assert there[["idpel", "other_ulp", "state"]].values.tolist() == [[idpel(1), unit, "open"]]
    find_mutations(session, unit)
    assert numbers(session, "pindah_unit") == here["mutation_id"].tolist()
    for ulp in (unit, OTHER):
        assert session.scalar(
            text("SELECT active FROM customer WHERE ulp = :u AND idpel = :i"),
            {"u": ulp, "i": idpel(1)},
        )
    accept(session, OTHER, numbers(session, "dari_unit", ulp=OTHER), who="dewi")
    seen = mutations.mutations(session, ulp=unit, blth=NOW, kind="pindah_unit").iloc[0]
    assert (seen["state"], seen["other_state"]) == ("open", "accepted")
    accept(session, unit, numbers(session, "pindah_unit"), who="ratna")
    find_mutations(session, OTHER)
    assert numbers(session, "dari_unit", "accepted", ulp=OTHER) == there["mutation_id"].tolist()


def test_the_first_month_says_what_is_missing(session):
    units.ensure_unit(session, ulp=ULP)
    with pytest.raises(NothingToDo, match="import the DPM"):
        find_mutations(session, ULP)
    ensure_month(session, blth=NOW)
    customer(session, 1, x=0)
    listed(session, 1, NOW, urut=1)
    session.flush()
    with pytest.raises(NothingToDo, match="first month"):
        find_mutations(session, ULP)


def test_who_cannot_be_proposed_goes_where_a_person_says(session, unit):
    customer(session, 2000)
    session.flush()
    find_mutations(session, unit)
    number = numbers(session, "belum_di_rbm")[0]
    assert accept(session, unit, [number], who="ratna").left == {number: "mutation.help_point"}
    with pytest.raises(NotThere, match="R7"):
        accept(session, unit, [number], who="ratna", rbm="R7")
    done = accept(session, unit, [number], who="ratna", rbm="R1")
    assert places(session, done.version_id)[idpel(2000)] == ("R1", 101, 0)
    assert undo(session, unit, number, who="ratna") == 1
