"""Two planners on one draft, as it is kept: nothing lost, undo exact, published by change set."""

import random

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rbmgeo.db.queries import drafts, units, versions
from rbmgeo.errors import NotAllowed, NothingToDo, NotThere, StaleDraft
from rbmgeo.reports.tables import xlsx_bytes
from rbmgeo.routes.design import UNPLACED
from rbmgeo.workflows import change_sets, workbench
from rbmgeo.workflows.draft_excel import read_back, sheet
from rbmgeo.workflows.reorder import decide, reorder
from rbmgeo.workflows.routes import publish_version
from rbmgeo.workflows.workbench_moves import numbered_command, pasted, rest_command

pytestmark = pytest.mark.database

ULP = "T0001"


def who(number):
    return f"51354{number:07d}"


def build(session, many=24):
    """A street of houses 20 m apart, on RBM A and B, and nobody read twice."""
    units.ensure_unit(session, ulp=ULP)
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    for n in range(many):
        session.execute(
            text("INSERT INTO customer (ulp, idpel, geom) VALUES (:u, :i, "
                 "ST_SetSRID(ST_MakePoint(112.69 + :n * 0.00018, -7.65), 4326))"),
            {"u": ULP, "i": who(n), "n": n},
        )  # fmt: skip
    version_id = versions.add_draft(session, ulp=ULP, note="uji", who="ani")
    half = many // 2
    members = pd.DataFrame(
        {"rbm": ["A"] * half + ["B"] * (many - half),
         "urut": [*range(1, half + 1), *range(1, many - half + 1)], "sisipan": 0},
        index=pd.Index([who(n) for n in range(many)], name="idpel"),
    )  # fmt: skip
    routes = pd.DataFrame({"customers": members.groupby("rbm").size()})
    versions.replace_routes(session, ulp=ULP, version_id=version_id, routes=routes, members=members)
    return version_id


@pytest.fixture
def version_id(session):
    made = build(session)
    workbench.open_draft(session, ULP, made, who="ani")
    return made


def move(number, rbm, after=None):
    return {"kind": "move", "steps": [[who(number), rbm, None if after is None else who(after)]]}


def revision(session, version_id):
    return drafts.found(session, ulp=ULP, version_id=version_id).revision


def edit(session, version_id, command, by="ani"):
    seen = revision(session, version_id)
    return workbench.act(session, ULP, version_id, command, revision=seen, who=by)


def rows(session, version_id):
    return versions.members(session, ulp=ULP, version_id=version_id)


def test_an_edit_changes_only_the_row_it_moves_and_says_what_it_costs(session, version_id):
    before = rows(session, version_id)
    done = edit(session, version_id, move(0, "B", 20))
    after = rows(session, version_id)
    assert (done.moved, done.renumbered) == (1, 0)
    assert (before.loc[after.index] != after).any(axis=1).sum() == 1
    by_rbm = {r["rbm"]: r for r in done.rbms}
    assert by_rbm["A"]["customers_after"] == 11 and by_rbm["B"]["customers_after"] == 13
    # Straight lines by 1.3: A loses its first 20 m, B goes 400 m west and back.
    assert by_rbm["A"]["length_before_m"] - by_rbm["A"]["length_after_m"] == pytest.approx(
        25.9, abs=1
    )
    assert drafts.found(session, ulp=ULP, version_id=version_id).outside is False
    kept = versions.routes(session, ulp=ULP, version_id=version_id)
    assert kept.loc["B", "length_m"] == by_rbm["B"]["length_after_m"]


def test_who_edits_an_old_view_is_told_who_when_and_what(session, version_id):
    seen = revision(session, version_id)
    edit(session, version_id, move(0, "B"), by="budi")
    with pytest.raises(StaleDraft) as told:
        workbench.act(session, ULP, version_id, move(1, "B"), revision=seen, who="ani")
    assert told.value.revision == seen + 1
    (what,) = told.value.since
    assert (what["who"], what["kind"], what["rbms"]) == ("budi", "move", ["A", "B"])
    assert rows(session, version_id).at[who(1), "rbm"] == "A"


def test_undos_of_a_draft_return_the_exact_start(session, version_id):
    start = rows(session, version_id)
    for n in range(12):
        target = "B" if rows(session, version_id).at[who(n % 24), "rbm"] == "A" else "A"
        edit(session, version_id, move(n % 24, target))
    for _ in range(12):
        edit(session, version_id, {"kind": "undo"})
    pd.testing.assert_frame_equal(rows(session, version_id), start)
    assert workbench.verified(session, ULP, version_id)


def test_what_mutations_change_meanwhile_is_taken_in_and_never_lost(session, version_id):
    edit(session, version_id, move(0, "B"))
    session.execute(
        text("UPDATE rbm_member SET rbm = 'B', urut = 500 WHERE ulp = :u AND idpel = :i"),
        {"u": ULP, "i": who(3)},
    )
    draft = workbench.open_draft(session, ULP, version_id, who="ani")
    assert [c.kind for c in drafts.log(session, ulp=ULP, version_id=version_id)] == [
        "move",
        "outside",
    ]
    assert draft.outside is False
    edit(session, version_id, {"kind": "undo"})
    assert rows(session, version_id).at[who(3), "rbm"] == "A"
    assert workbench.verified(session, ULP, version_id)


def test_the_log_of_a_draft_is_never_changed(session, version_id):
    edit(session, version_id, move(0, "B"))
    for statement in ("UPDATE rbm_draft_command SET who = 'x'", "DELETE FROM rbm_draft_command"):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(statement))


def test_pasted_numbers_become_a_choice_and_unknown_ones_are_listed(session, version_id):
    spaced = f"{who(2)[:4]} {who(2)[4:8]} {who(2)[8:]}"
    found = pasted(
        session,
        ULP,
        version_id,
        f"tolong {who(1)}, {spaced};{who(1)}\n999999999999 1234567890123 12",
    )
    assert [r["rbm"] for r in found.rows] == ["A", "A"]
    assert found.unknown == ["999999999999"]


def test_a_number_moves_a_customer_to_that_place(session, version_id):
    public = session.scalar(
        text("SELECT public_id::text FROM customer WHERE idpel = :i"), {"i": who(9)}
    )
    command = numbered_command(session, ULP, version_id, public_id=public, number=2)
    edit(session, version_id, command)
    walk = drafts.whole(session, ulp=ULP, version_id=version_id).walk("A")
    assert walk[:3] == [who(0), who(9), who(1)]


def test_a_workbook_comes_back_as_one_edit_with_its_differences(session, version_id):
    table = sheet(session, ULP, version_id)
    same = read_back(session, ULP, version_id, xlsx_bytes({"RBM": table}))
    assert same.command["rows"] == {} and same.refused == []
    table = table.astype({"urut": object})
    table.loc[table["idpel"] == who(0), ["rbm", "urut"]] = ["B", 900]
    table.loc[table["idpel"] == who(1), "urut"] = "x"
    back = read_back(session, ULP, version_id, xlsx_bytes({"RBM": table}))
    assert back.command["rows"] == {who(0): ["B", 900, 0]}
    assert [(i, why) for _, i, why in back.refused] == [(who(1), "place")]
    edit(session, version_id, back.command)
    edit(session, version_id, {"kind": "undo"})
    assert rows(session, version_id).at[who(0), "rbm"] == "A"


def test_the_rest_is_placed_by_neighbours_and_who_cannot_be_stands_apart(session, version_id):
    session.execute(
        text("INSERT INTO customer (ulp, idpel, geom) VALUES "
             "(:u, '513549000001', ST_SetSRID(ST_MakePoint(112.69001, -7.65001), 4326)), "
             "(:u, '513549000002', NULL)"), {"u": ULP},
    )  # fmt: skip
    command, counts = rest_command(session, ULP, version_id)
    assert counts == {"placed": 1, "left": 1}
    edit(session, version_id, command)
    after = rows(session, version_id)
    assert after.at["513549000001", "rbm"] == "A"
    assert after.at["513549000002", "rbm"] == UNPLACED


def test_a_change_set_is_approved_by_another_person_and_blocks_nobody(session, version_id):
    edit(session, version_id, move(0, "B"))
    session.execute(
        text("INSERT INTO customer (ulp, idpel) VALUES (:u, '513549000002')"), {"u": ULP}
    )
    change_sets.submit(session, ULP, version_id, revision=revision(session, version_id), who="budi")
    for own in ("ani", "budi"):
        with pytest.raises(NotAllowed, match="another person"):
            change_sets.approve(
                session, ULP, version_id, revision=revision(session, version_id), who=own
            )
    with pytest.raises(NotAllowed, match="in review"):
        edit(session, version_id, move(1, "B"))
    change_sets.approve(
        session, ULP, version_id, revision=revision(session, version_id), who="citra"
    )
    change_sets.publish_change_set(
        session, ULP, version_id, effective_blth="202501", revision=revision(session, version_id), who="ani"
    )  # fmt: skip
    after = rows(session, version_id)
    assert len(after) == 25 and after.at["513549000002", "rbm"] == UNPLACED
    again = workbench.new_draft(session, ULP, blth="202501", who="ani")
    pd.testing.assert_frame_equal(rows(session, again), after)


def test_a_draft_that_was_edited_is_not_published_without_review(session, version_id):
    edit(session, version_id, move(0, "B"))
    with pytest.raises(NotAllowed, match="another person"):
        publish_version(session, ULP, version_id, effective_blth="202501", who="ani")


def test_a_job_proposes_an_order_and_a_person_accepts_it(session, version_id):
    public = session.scalar(
        text("SELECT public_id::text FROM customer WHERE idpel = :i"), {"i": who(0)}
    )
    edit(
        session, version_id, numbered_command(session, ULP, version_id, public_id=public, number=11)
    )
    before = rows(session, version_id)
    reorder(session, ULP, version_id, who="ani")
    found = drafts.proposals(session, ulp=ULP, version_id=version_id)
    pd.testing.assert_frame_equal(rows(session, version_id), before)
    assert [p.rbm for p in found] == ["A"]
    decide(session, ULP, version_id, found[0].proposal_id, accepted=True,
           revision=revision(session, version_id), who="ani")  # fmt: skip
    walk = drafts.whole(session, ulp=ULP, version_id=version_id).walk("A")
    assert walk in ([who(n) for n in range(12)], [who(n) for n in range(11, -1, -1)])


def interleaved(session, version_id, many, seed):
    """Two planners edit by turns, often on an old view; what was refused changed nothing."""
    draw = random.Random(seed)
    seen = {"ani": revision(session, version_id), "budi": revision(session, version_id)}
    kept, refused = 0, 0
    for _ in range(many):
        planner = draw.choice(list(seen))
        if draw.random() < 0.6:
            seen[planner] = revision(session, version_id)
        before = rows(session, version_id)
        command = draw.choice([
            {"kind": "undo"}, {"kind": "redo"},
            *[move(draw.randrange(24), draw.choice("AB"), draw.choice([None, draw.randrange(24)])) for _ in range(6)],
            {"kind": draw.choice(["lock", "unlock"]), "rbm": draw.choice("AB")},
        ])  # fmt: skip
        old = seen[planner]
        now = revision(session, version_id)
        try:
            with session.begin_nested():
                done = workbench.act(session, ULP, version_id, command, revision=old, who=planner)
            assert old == now
            kept += done.revision > now
            seen[planner] = done.revision
        except StaleDraft:
            assert old != now
            refused += 1
        except (NotAllowed, NotThere, NothingToDo):
            assert old == now
        after = rows(session, version_id)
        if revision(session, version_id) == now:
            pd.testing.assert_frame_equal(after, before)
        assert sorted(after.index) == [who(n) for n in range(24)]
        assert not after.duplicated(["rbm", "urut", "sisipan"]).any()
    log = drafts.log(session, ulp=ULP, version_id=version_id)
    assert [c.no for c in log] == list(range(1, len(log) + 1)) and len(log) == kept
    assert workbench.verified(session, ULP, version_id)
    return kept, refused


def test_two_planners_by_turns_lose_no_edit(session, version_id):
    kept, refused = interleaved(session, version_id, 40, seed=5)
    assert kept > 5 and refused > 0


@pytest.mark.drill
def test_a_thousand_turns_of_two_planners_lose_no_edit(session, version_id):
    kept, refused = interleaved(session, version_id, 1000, seed=7)
    assert kept > 100 and refused > 50
