"""A draft of routes as commands over a base: pure, each command gives what it changes.

The state of a draft is its base with every command in effect applied in turn; nothing is
overwritten. Undo and redo are commands too: they move the head among those before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rbmgeo.errors import NotAllowed, NotThere, UsageError
from rbmgeo.routes.codes import renumbered
from rbmgeo.routes.places import Place, fresh_places, settled

#: Where a customer stands: RBM, urut, sisipan.
Row = tuple[str, int, int]
Command = dict[str, Any]

#: Kinds that change the draft; the others move its head or say what people decided of it.
EDITS = frozenset(
    {"move", "order", "set", "outside", "lock", "unlock", "pin", "unpin", "new", "drop", "rename"}
)
#: Kinds that a lock does not hold: who locks, and what was decided elsewhere.
_FREE = frozenset({"lock", "unlock", "pin", "unpin", "outside"})


@dataclass
class Draft:
    """Who stands where, which RBM there are, what is held; or a part of it that is touched.

    ``locked``: RBM that nobody joins, leaves or orders anew; ``pinned``: customers who stay on
    the RBM that they have, whatever their place on it.
    """

    rows: dict[str, Row] = field(default_factory=dict)
    rbms: set[str] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)
    pinned: set[str] = field(default_factory=set)

    def walk(self, rbm: str) -> list[str]:
        """Return the idpels of an RBM in the order in which they are read."""
        return sorted((i for i, r in self.rows.items() if r[0] == rbm), key=lambda i: (self.rows[i][1:], i))  # fmt: skip

    def after(self, effect: "Effect") -> "Draft":
        """Return the draft with an effect applied; this one stays as it is."""
        rows = dict(self.rows)
        for idpel, (_, now) in effect.rows.items():
            if now is None:
                rows.pop(idpel, None)
            else:
                rows[idpel] = now
        return Draft(
            rows, _changed(self.rbms, effect.rbms), _changed(self.locked, effect.locks),
            _changed(self.pinned, effect.pins),
        )  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """What a command changes: for each customer, RBM, lock and pin the state before and after."""

    rows: dict[str, tuple[Row | None, Row | None]] = field(default_factory=dict)
    rbms: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    locks: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    pins: dict[str, tuple[bool, bool]] = field(default_factory=dict)

    def back(self) -> "Effect":
        """Return the effect that takes this one back."""
        return Effect(
            {k: (b, a) for k, (a, b) in self.rows.items()},
            {k: (b, a) for k, (a, b) in self.rbms.items()},
            {k: (b, a) for k, (a, b) in self.locks.items()},
            {k: (b, a) for k, (a, b) in self.pins.items()},
        )

    def touched(self) -> list[str]:
        """Return the RBM whose customers, existence or lock change."""
        held = {r[0] for pair in self.rows.values() for r in pair if r is not None}
        return sorted(held | set(self.rbms) | set(self.locks))

    def empty(self) -> bool:
        """Say whether nothing changes."""
        return not (self.rows or self.rbms or self.locks or self.pins)

    def as_json(self) -> dict[str, Any]:
        """Return it as the log keeps it."""
        return {
            "rows": {k: [list(a) if a else None, list(b) if b else None] for k, (a, b) in self.rows.items()},
            "rbms": {k: list(v) for k, v in self.rbms.items()},
            "locks": {k: list(v) for k, v in self.locks.items()},
            "pins": {k: list(v) for k, v in self.pins.items()},
        }  # fmt: skip

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> "Effect":
        """Read it back from the log."""
        return cls(
            {k: (_row(a), _row(b)) for k, (a, b) in kept.get("rows", {}).items()},
            {k: (bool(a), bool(b)) for k, (a, b) in kept.get("rbms", {}).items()},
            {k: (bool(a), bool(b)) for k, (a, b) in kept.get("locks", {}).items()},
            {k: (bool(a), bool(b)) for k, (a, b) in kept.get("pins", {}).items()},
        )


def effect_of(draft: Draft, command: Command) -> Effect:
    """Return what a command changes in a draft; nothing is changed yet.

    ``move``: ``steps`` of (idpel, rbm, after), one behind another; ``after`` is an idpel of
    that RBM, "" for its beginning, None for its end. ``order``: ``rbm`` and its ``idpels``
    in a new order; with ``keep`` whoever can keeps his number, else all are numbered anew
    (R-RO-03). ``set`` and ``outside``: ``rows`` idpel to (rbm, urut, sisipan) or None.
    ``lock``, ``unlock``, ``new``, ``drop`` (one without customers): ``rbm``. ``pin``, ``unpin``:
    ``idpels``. ``rename``: ``rbm``, ``to``.

    Raises
    ------
    NotAllowed
        If an RBM that it touches is locked, a customer that it moves is pinned, or a place
        would be held twice (R-RO-02).
    NotThere
        If a customer or an RBM is not in the draft.
    """
    kind = command["kind"]
    if kind not in EDITS:
        raise UsageError(f"{kind!r} is no edit of a draft", f"{kind!r} bukan perubahan draf")
    effect: Effect = _MAKERS[kind](draft, command)
    if kind not in _FREE:
        if kind != "rename":
            _must_be_loose(draft, effect)
        held = sorted(draft.locked & set(effect.touched()))
        if held:
            raise NotAllowed(
                f"RBM {', '.join(held)} is locked; unlock it first",
                f"RBM {', '.join(held)} terkunci; buka kuncinya lebih dulu",
            )
    return effect


@dataclass(frozen=True)
class History:
    """Numbers of the commands in effect, oldest first, and of those taken back, newest last."""

    done: list[int]
    undone: list[int]


def history(log: Iterable[tuple[int, str]]) -> History:
    """Read from (number, kind) of every command which are in effect."""
    done: list[int] = []
    undone: list[int] = []
    for no, kind in log:
        if kind == "undo":
            undone.append(done.pop())
        elif kind == "redo":
            done.append(undone.pop())
        elif kind in EDITS:
            done.append(no)
            undone.clear()
    return History(done, undone)


def folded(base: Draft, log: Iterable[Command]) -> Draft:
    """Return the state of a draft: its base with the whole log applied, command by command."""
    state = base
    done: list[Effect] = []
    undone: list[Effect] = []
    for command in log:
        kind = command["kind"]
        if kind == "undo":
            undone.append(done.pop())
            state = state.after(undone[-1].back())
        elif kind == "redo":
            done.append(undone.pop())
            state = state.after(done[-1])
        elif kind in EDITS:
            done.append(effect_of(state, command))
            undone.clear()
            state = state.after(done[-1])
    return state


def _move(draft: Draft, command: Command) -> Effect:
    steps = [(str(i), str(rbm), after) for i, rbm, after in command["steps"]]
    targets = {rbm for _, rbm, _ in steps}
    _must_have(draft, targets)
    moved = [i for i, _, _ in steps]
    if len(set(moved)) < len(moved):
        raise UsageError("a customer is moved twice at once", "satu pelanggan dipindah dua kali sekaligus")  # fmt: skip
    gone = set(moved)
    walks = {rbm: [i for i in draft.walk(rbm) if i not in gone] for rbm in targets}
    for idpel, rbm, after in steps:
        walk = walks[rbm]
        if after is None:
            walk.append(idpel)
        elif after == "":
            walk.insert(0, idpel)
        elif after in walk:
            walk.insert(walk.index(after) + 1, idpel)
        else:
            raise NotThere(f"nobody is read behind there on RBM {rbm}", f"acuan urut tidak ada di RBM {rbm}")  # fmt: skip
    rows: dict[str, tuple[Row | None, Row | None]] = {}
    for rbm, walk in walks.items():
        if walk == draft.walk(rbm):
            continue
        held = {i: draft.rows[i][1:] for i in walk if i not in gone}
        for idpel, place in settled(walk, held).items():
            _note(rows, draft, idpel, (rbm, *place))
    return Effect(rows)


def _order(draft: Draft, command: Command) -> Effect:
    rbm, order = command["rbm"], list(command["idpels"])
    if sorted(order) != sorted(draft.walk(rbm)):
        raise NotAllowed(
            f"the customers of RBM {rbm} are others by now; order it anew",
            f"pelanggan RBM {rbm} sudah berubah; urutkan ulang",
        )
    rows: dict[str, tuple[Row | None, Row | None]] = {}
    places = renumbered(order, {i: draft.rows[i][1:] for i in order}) if command.get("keep") else {}
    places = places or dict(zip(order, fresh_places(len(order)), strict=True))
    for idpel, place in places.items():
        _note(rows, draft, idpel, (rbm, *place))
    return Effect(rows)


def _set(draft: Draft, command: Command) -> Effect:
    rows: dict[str, tuple[Row | None, Row | None]] = {}
    for idpel, row in command["rows"].items():
        _note(rows, draft, idpel, _row(row))
    names = {now[0] for _, now in rows.values() if now}
    after = draft.after(Effect(rows))
    there = [r for r in after.rows.values() if r[0] in names]
    if len(set(there)) < len(there):
        twice = next(r for r in there if there.count(r) > 1)
        raise NotAllowed(
            f"place {twice[1]:03d}/{twice[2]:02d} of RBM {twice[0]} would be held twice",
            f"tempat {twice[1]:03d}/{twice[2]:02d} di RBM {twice[0]} akan dipakai dua pelanggan",
        )
    born = (names | set(command.get("born", []))) - draft.rbms
    rbms = dict.fromkeys(sorted(born), (False, True))
    return Effect(rows, rbms | dict.fromkeys(command.get("gone", []), (True, False)))


def _lock(draft: Draft, command: Command) -> Effect:
    rbm, now = command["rbm"], command["kind"] == "lock"
    _must_have(draft, {rbm})
    return Effect(locks={} if (rbm in draft.locked) == now else {rbm: (not now, now)})


def _pin(draft: Draft, command: Command) -> Effect:
    now = command["kind"] == "pin"
    who = [str(i) for i in command["idpels"]]
    loose = [i for i in who if i not in draft.rows]
    if loose:
        raise NotThere("a customer of this choice is not in the draft", "ada pelanggan terpilih yang tidak ada di draf")  # fmt: skip
    return Effect(pins={i: (not now, now) for i in who if (i in draft.pinned) != now})


def _drop(draft: Draft, command: Command) -> Effect:
    rbm = command["rbm"]
    _must_have(draft, {rbm})
    left = len(draft.walk(rbm))
    if left:
        raise NotAllowed(
            f"RBM {rbm} still has {left} customers; move them first",
            f"RBM {rbm} masih punya {left} pelanggan; pindahkan dulu",
        )
    return Effect(rbms={rbm: (True, False)})


def _new(draft: Draft, command: Command) -> Effect:
    _must_be_free(draft, command["rbm"])
    return Effect(rbms={command["rbm"]: (False, True)})


def _rename(draft: Draft, command: Command) -> Effect:
    old, new = command["rbm"], command["to"]
    _must_have(draft, {old})
    _must_be_free(draft, new)
    rows: dict[str, tuple[Row | None, Row | None]] = {}
    for idpel in draft.walk(old):
        _note(rows, draft, idpel, (new, *draft.rows[idpel][1:]))
    return Effect(rows, {old: (True, False), new: (False, True)})


_MAKERS = {
    "move": _move, "order": _order, "set": _set, "outside": _set, "lock": _lock,
    "unlock": _lock, "pin": _pin, "unpin": _pin, "new": _new, "drop": _drop, "rename": _rename,
}  # fmt: skip


def _note(rows: dict[str, Any], draft: Draft, idpel: str, now: Row | None) -> None:
    was = draft.rows.get(idpel)
    if was != now:
        rows[idpel] = (was, now)


def _must_be_loose(draft: Draft, effect: Effect) -> None:
    held = [
        i for i, (was, now) in effect.rows.items()
        if i in draft.pinned and (was and was[0]) != (now and now[0])
    ]  # fmt: skip
    if held:
        raise NotAllowed(
            f"{len(held)} of these customers are pinned to their RBM; unpin them first",
            f"{len(held)} pelanggan ini dikunci di RBM-nya; buka kuncinya dulu",
        )


def _must_have(draft: Draft, names: set[str]) -> None:
    unknown = sorted(names - draft.rbms)
    if unknown:
        raise NotThere(
            f"RBM {unknown[0]} is not in the draft", f"RBM {unknown[0]} tidak ada di draf"
        )


def _must_be_free(draft: Draft, name: str) -> None:
    if not name or len(name) > 20 or not name.isprintable() or name != name.strip():
        raise UsageError("an RBM needs a code of 1 to 20 characters", "kode RBM 1 sampai 20 huruf atau angka")  # fmt: skip
    if name in draft.rbms:
        raise NotAllowed(f"there is an RBM {name} already", f"RBM {name} sudah ada")


def _changed(names: set[str], changes: dict[str, tuple[bool, bool]]) -> set[str]:
    added = {n for n, (_, now) in changes.items() if now}
    return (names - set(changes)) | added


def _row(kept: Any) -> Row | None:
    return (str(kept[0]), int(kept[1]), int(kept[2])) if kept else None


__all__ = ["EDITS", "Command", "Draft", "Effect", "History", "Place", "Row", "effect_of", "folded", "history"]  # fmt: skip
