"""Whatever planners do to a draft: nobody is lost, no place is held twice, undo returns the start."""

from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.errors import NotAllowed, NotThere
from rbmgeo.routes.draft import EDITS, Draft, effect_of, folded, history

WHO = [f"{n:012d}" for n in range(24)]
RBMS = ["A", "B", "C"]
PLACES = st.lists(
    st.tuples(st.sampled_from(RBMS), st.integers(1, 999), st.sampled_from([0, 0, 0, 1, 98, 99])),
    min_size=24, max_size=24, unique=True,
)  # fmt: skip
COMMANDS = st.one_of(
    st.builds(
        lambda who, rbm, after: {"kind": "move", "steps": [[i, rbm, after] for i in who]},
        st.lists(st.sampled_from(WHO), min_size=1, max_size=4, unique=True),
        st.sampled_from(RBMS), st.sampled_from([None, "", *WHO]),
    ),
    st.builds(lambda rbm: {"kind": "lock", "rbm": rbm}, st.sampled_from(RBMS)),
    st.builds(lambda rbm: {"kind": "unlock", "rbm": rbm}, st.sampled_from(RBMS)),
    st.builds(lambda rbm: {"kind": "order", "rbm": rbm}, st.sampled_from(RBMS)),
    st.builds(
        lambda kind, who: {"kind": kind, "idpels": who}, st.sampled_from(["pin", "unpin"]),
        st.lists(st.sampled_from(WHO), min_size=1, max_size=6, unique=True),
    ),
    st.builds(lambda rbm: {"kind": "drop", "rbm": rbm}, st.sampled_from(RBMS)),
    st.just({"kind": "undo"}), st.just({"kind": "redo"}),
)  # fmt: skip


def checked(draft):
    assert sorted(draft.rows) == WHO
    assert len(set(draft.rows.values())) == len(WHO)
    for _, urut, sisipan in draft.rows.values():
        assert 1 <= urut <= 999 and 0 <= sisipan <= 99


def done(base, commands):
    """Apply what can be applied, as the office would; return the log."""
    log = []
    for command in commands:
        known = history((n, c["kind"]) for n, c in enumerate(log))
        if command["kind"] == "order":
            walk = folded(base, log).walk(command["rbm"])
            command = {**command, "idpels": walk[::-1], "keep": len(log) % 2 == 0}
        if command["kind"] == "undo" and not known.done:
            continue
        if command["kind"] == "redo" and not known.undone:
            continue
        try:
            if command["kind"] in EDITS:
                effect_of(folded(base, log), command)
        except (NotAllowed, NotThere):
            continue
        log.append(command)
    return log


@given(PLACES, st.lists(COMMANDS, max_size=20))
def test_nobody_is_lost_and_every_walk_has_the_order_that_was_asked_for(places, commands):
    base = Draft(dict(zip(WHO, places, strict=True)), set(RBMS))
    state = base
    for at, command in enumerate(log := done(base, commands)):
        before, state = state, folded(base, log[: at + 1])
        checked(state)
        if command["kind"] in EDITS:
            held = before.pinned & state.pinned
            assert all(before.rows[i][0] == state.rows[i][0] for i in held)
        if command["kind"] == "move":
            moved = [i for i, _, _ in command["steps"]]
            rbm = command["steps"][0][1]
            for other in RBMS:
                kept = [i for i in before.walk(other) if i not in moved]
                assert [i for i in state.walk(other) if i not in moved] == kept
            assert set(moved) <= set(state.walk(rbm))
        if command["kind"] == "order":
            assert state.walk(command["rbm"]) == command["idpels"]
    known = history((n, c["kind"]) for n, c in enumerate(log))
    assert folded(base, [*log, *[{"kind": "undo"}] * len(known.done)]) == base


def test_fifty_undos_return_the_exact_start_and_fifty_redos_the_exact_end():
    base = Draft({i: (RBMS[n % 3], n // 3 + 1, 0) for n, i in enumerate(WHO)}, set(RBMS))
    log = []
    for n in range(50):
        target = RBMS[(n * 7) % 3]
        walk = [i for i in folded(base, log).walk(target) if i != WHO[n % 24]]
        after = walk[n % len(walk)] if walk else None
        log.append({"kind": "move", "steps": [[WHO[n % 24], target, after]]})
    end = folded(base, log)
    assert end != base
    assert folded(base, [*log, *[{"kind": "undo"}] * 50]) == base
    assert folded(base, [*log, *[{"kind": "undo"}] * 50, *[{"kind": "redo"}] * 50]) == end
