"""Two planners on one draft, as it is kept: nothing lost, undo exact, published by change set."""

import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from reviewed import publish
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rbmgeo.db.queries import drafts, units, versions
from rbmgeo.errors import NotAllowed, NothingToDo, NotThere, StaleDraft, UsageError
from rbmgeo.network.walking import BY_NEIGHBOURS
from rbmgeo.reports.tables import xlsx_bytes
from rbmgeo.routes.design import UNPLACED
from rbmgeo.routes.draft import Effect
from rbmgeo.workflows import change_sets, two_versions, workbench
from rbmgeo.workflows.draft_excel import read_back, sheet
from rbmgeo.workflows.reorder import accept_all, decide, reorder
from rbmgeo.workflows.route_settings import set_routes
from rbmgeo.workflows.routes import order_version, publish_version
from rbmgeo.workflows.workbench_moves import (
    numbered_command,
    pasted,
    pin_command,
    rest_command,
)

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
    # From neighbour to neighbour: A loses its first 20 m, B goes 400 m west and back.
    lost_m = by_rbm["A"]["length_before_m"] - by_rbm["A"]["length_after_m"]
    assert lost_m == pytest.approx(20 * 1.3 * BY_NEIGHBOURS, abs=1)
    assert drafts.found(session, ulp=ULP, version_id=version_id).outside is False
    kept = versions.routes(session, ulp=ULP, version_id=version_id)
    assert kept.loc["B", "length_m"] == by_rbm["B"]["length_after_m"]


def test_who_edits_an_old_view_is_told_who_when_and_what(session, version_id):
    seen = revision(session, version_id)
    edit(session, version_id, move(0, "B"), by="budi")
    with pytest.raises(StaleDraft) as told:
        workbench.act(session, ULP, version_id, move(1, "B"), revision=seen, who="ani")
    assert told.value.revision == seen + 1
    assert re.search(r"diubah oleh budi pukul \d\d\.\d\d WIB", told.value.indonesian)
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


def test_what_changed_after_the_approval_is_approved_anew(session, version_id):
    change_sets.submit(session, ULP, version_id, revision=0, who="budi")
    change_sets.approve(session, ULP, version_id, revision=1, who="citra")
    session.execute(
        text("UPDATE rbm_member SET rbm = 'B', urut = 500 WHERE ulp = :u AND idpel = :i"),
        {"u": ULP, "i": who(3)},
    )
    workbench.open_draft(session, ULP, version_id, who="budi")
    with pytest.raises(NotAllowed, match="is review"):
        change_sets.publish_change_set(
            session, ULP, version_id, effective_blth="202501", revision=3, who="budi"
        )
    change_sets.approve(session, ULP, version_id, revision=3, who="citra")
    change_sets.publish_change_set(
        session, ULP, version_id, effective_blth="202501", revision=4, who="budi"
    )


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


def public_ids(session, *numbers):
    found = drafts.public_ids_of(session, ulp=ULP, idpels=[who(n) for n in numbers])
    return [found[who(n)] for n in numbers]


def test_a_pinned_customer_stays_and_the_next_draft_knows_it(session, version_id):
    pin = pin_command(session, ULP, version_id, public_ids=public_ids(session, 0, 1), pinned=True)
    edit(session, version_id, pin)
    with pytest.raises(NotAllowed, match="pinned"), session.begin_nested():
        edit(session, version_id, move(0, "B"))
    edit(session, version_id, move(0, "A"))
    assert workbench.verified(session, ULP, version_id)
    edit(session, version_id, {"kind": "unpin", "idpels": [who(1)]})
    publish(session, ULP, version_id, effective_blth="202501", who="ani")
    again = workbench.new_draft(session, ULP, blth="202501", who="ani")
    draft = workbench.open_draft(session, ULP, again, who="ani")
    assert draft.pinned == [who(0)]
    assert drafts.base_of(draft).pinned == {who(0)} and drafts.pinned_of(session, ulp=ULP) == [who(0)]  # fmt: skip
    assert workbench.verified(session, ULP, again)


def test_who_stands_nowhere_is_not_pinned(session, version_id):
    session.execute(
        text("INSERT INTO customer (ulp, idpel) VALUES (:u, :i)"), {"u": ULP, "i": who(99)}
    )
    with pytest.raises(NotThere, match="no RBM yet"):
        pin_command(session, ULP, version_id, public_ids=public_ids(session, 99), pinned=True)


def test_an_empty_rbm_is_removed_and_comes_back_with_its_day_and_reader(session, version_id):
    session.execute(
        text("UPDATE rbm SET hari_baca = 'C', officer = 'P-07' WHERE ulp = :u AND rbm = 'B'"),
        {"u": ULP},
    )
    steps = [[who(n), "A", None] for n in range(12, 24)]
    done = edit(session, version_id, {"kind": "move", "steps": steps})
    assert "empty" in next(r for r in done.rbms if r["rbm"] == "B")["findings"]
    edit(session, version_id, {"kind": "drop", "rbm": "B"})
    assert list(versions.routes(session, ulp=ULP, version_id=version_id).index) == ["A"]
    edit(session, version_id, {"kind": "undo"})
    back = versions.routes(session, ulp=ULP, version_id=version_id).loc["B"]
    assert (back["hari_baca"], back["officer"]) == ("C", "P-07")
    assert workbench.verified(session, ULP, version_id)


def test_an_accepted_order_keeps_the_numbers_that_stand_in_turn(session, version_id):
    command = numbered_command(
        session, ULP, version_id, public_id=public_ids(session, 0)[0], number=11
    )
    edit(session, version_id, command)
    before = rows(session, version_id)
    reorder(session, ULP, version_id, who="ani")
    seen = revision(session, version_id)
    assert accept_all(session, ULP, version_id, revision=seen, who="ani") == 1
    after = rows(session, version_id)
    assert drafts.proposals(session, ulp=ULP, version_id=version_id) == []
    stayed = (before.loc[after.index] == after).all(axis=1)
    assert stayed.sum() >= 22  # the one out of turn gets a number, the others keep theirs


def test_walks_are_as_long_by_one_edit_as_by_ordering_all(session, version_id):
    done = order_version(session, ULP, version_id, who="ani")
    workbench.open_draft(session, ULP, version_id, who="ani")
    kept = versions.routes(session, ulp=ULP, version_id=version_id)["length_m"]
    told = {
        r["rbm"]: r["length_before_m"] for r in edit(session, version_id, move(0, "B", 20)).rbms
    }
    assert told["A"] == pytest.approx(kept["A"], abs=0.1) and done.summary["rbm"] == 2
    assert told["B"] == pytest.approx(kept["B"], abs=0.1)


def test_a_walk_begins_at_the_office_once_the_unit_says_so(session, version_id):
    set_routes(session, ULP, {"walk_start": "office", "office": (112.72, -7.65)}, who="ani")
    with pytest.raises(UsageError, match="no setting"):
        set_routes(session, ULP, {"sample": True}, who="ani")
    with pytest.raises(UsageError, match="no range"):
        set_routes(session, ULP, {"capacity_min": 700}, who="ani")
    reorder(session, ULP, version_id, who="ani")
    found = {p.rbm: p.idpels for p in drafts.proposals(session, ulp=ULP, version_id=version_id)}
    assert found["B"][0] == who(23)  # the office lies at the far end of the street
    logged = session.scalar(
        text("SELECT after FROM command_log WHERE ulp = :u AND command = 'route settings'"),
        {"u": ULP},
    )
    assert logged == {"walk_start": "office", "office": [112.72, -7.65]}


def test_two_states_of_the_routes_lie_on_one_map(session, version_id):
    session.execute(
        text("INSERT INTO rbm_list (ulp, blth, idpel, line, source, rbm, urut, sisipan) "
             "SELECT ulp, '202412', idpel, '', 'dpm', rbm, urut, sisipan FROM rbm_member "
             "WHERE ulp = :u AND version_id = :v AND idpel <> :i"),
        {"u": ULP, "v": version_id, "i": who(23)},
    )  # fmt: skip
    edit(session, version_id, move(0, "B", 20))
    key = str(version_id)
    assert [c.key for c in two_versions.choices(session, ULP)] == [key, "d202412"]
    assert two_versions.default_sides(session, ULP) == ("d202412", key)
    assert two_versions.in_force(session, ULP, "202412") == "d202412"
    diff = two_versions.compared(session, ULP, "d202412", key)
    assert diff.rows["change"].to_dict() == {who(0): "moved", who(23): "added"}
    dots = two_versions.changed_dots(session, ULP, diff)["dots"]
    assert [d[2:] for d in dots] == [["moved", "A", "B"], ["added", "", "B"]]
    found = two_versions.walks(session, ULP, "d202412", key, ["A", "B"])["rbm"]
    a, b = found
    assert (len(a["before"]), len(a["after"]), len(b["before"]), len(b["after"])) == (
        12,
        11,
        11,
        13,
    )
    assert a["before"][0][3:] == ["moved", "B"] and a["after"][0][3] == "stays"
    assert [s[3] for s in b["after"] if s[3] != "stays"] == ["moved", "added"]
    for wrong, error in (("x", UsageError), ("d200001", NotThere), ("999", NothingToDo)):
        with pytest.raises(error):
            two_versions.compared(session, ULP, wrong, key)


@pytest.mark.drill
def test_fifty_edits_are_undone_by_another_session_to_the_exact_start(fresh_database):
    """What the browser forgets on a reload the log keeps."""
    with fresh_database.writing() as session:
        version_id = build(session)
        workbench.open_draft(session, ULP, version_id, who="ani")
        start = rows(session, version_id)
    with fresh_database.writing() as session:
        for n in range(52):
            target = "B" if rows(session, version_id).at[who(n % 24), "rbm"] == "A" else "A"
            edit(session, version_id, move(n % 24, target))
        end = rows(session, version_id)
    with fresh_database.writing() as session:
        for _ in range(52):
            edit(session, version_id, {"kind": "undo"})
        pd.testing.assert_frame_equal(rows(session, version_id), start)
        with pytest.raises(NothingToDo):
            edit(session, version_id, {"kind": "undo"})
        for _ in range(52):
            edit(session, version_id, {"kind": "redo"})
        pd.testing.assert_frame_equal(rows(session, version_id), end)
        assert workbench.verified(session, ULP, version_id)


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


def one_edit(database, version_id, planner, command, seen, gate):
    """Do an edit in a transaction of its own at the moment when the other planner does his."""
    gate.wait()
    try:
        with database.writing() as session:
            done = workbench.act(session, ULP, version_id, command, revision=seen, who=planner)
        return done.revision if done.revision > seen else None
    except (StaleDraft, NotAllowed, NotThere, NothingToDo):
        return None


def clash(database, version_id, draw, pool):
    """Let two planners edit at once; say how many were kept. Both see the same draft, or one an old one."""
    with database.reading() as session:
        now, before = revision(session, version_id), rows(session, version_id)
    gate = threading.Barrier(2)
    turns = []
    for planner in ("ani", "budi"):
        command = draw.choice([
            {"kind": "undo"}, {"kind": "redo"},
            *[move(draw.randrange(24), draw.choice("AB"), draw.choice([None, draw.randrange(24)])) for _ in range(6)],
            {"kind": draw.choice(["lock", "unlock"]), "rbm": draw.choice("AB")},
            {"kind": draw.choice(["pin", "unpin"]), "idpels": [who(draw.randrange(24))]},
        ])  # fmt: skip
        seen = now if draw.random() < 0.85 else max(now - 1, 0)
        turns.append(pool.submit(one_edit, database, version_id, planner, command, seen, gate))
    kept = [t.result() for t in turns if t.result() is not None]
    with database.reading() as session:
        after, log = rows(session, version_id), drafts.log(session, ulp=ULP, version_id=version_id, after=now)  # fmt: skip
        assert revision(session, version_id) == now + len(kept)
        assert [c.no for c in log] == sorted(kept) == list(range(now + 1, now + 1 + len(kept)))
        # Nothing but what the log says has changed, and nobody is lost or read twice.
        state = before
        for c in log:
            for idpel, (was, became) in Effect.of_json(c.effect).rows.items():
                assert tuple(state.loc[idpel]) == was
                state.loc[idpel] = became
        pd.testing.assert_frame_equal(after.sort_index(), state.sort_index())
        assert sorted(after.index) == [who(n) for n in range(24)]
        assert not after.duplicated(["rbm", "urut", "sisipan"]).any()
    return len(kept)


def clashes(database, many, seed):
    with database.writing() as session:
        version_id = build(session)
        workbench.open_draft(session, ULP, version_id, who="ani")
    draw, kept = random.Random(seed), 0
    with ThreadPoolExecutor(2) as pool:
        for n in range(many):
            kept += clash(database, version_id, draw, pool)
            if n % 100 == 99 or n == many - 1:
                with database.reading() as session:
                    assert workbench.verified(session, ULP, version_id)
    return kept


def test_of_two_planners_at_once_each_edit_is_kept_or_refused(fresh_database):
    assert clashes(fresh_database, 8, seed=3) > 2


@pytest.mark.drill
def test_a_thousand_times_two_planners_at_once_lose_no_edit(fresh_database):
    assert clashes(fresh_database, 1000, seed=11) > 300


@pytest.mark.drill
def test_a_thousand_turns_of_two_planners_lose_no_edit(session, version_id):
    kept, refused = interleaved(session, version_id, 1000, seed=7)
    assert kept > 100 and refused > 50
