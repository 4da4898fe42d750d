"""The walks of a draft while mutations are applied: who stands where, who leaves, who comes."""

from bisect import bisect_left, insort
from typing import Any

import pandas as pd

from rbmgeo.mutations.place import Place
from rbmgeo.routes.codes import place_between


class Walks:
    """Some walks of a draft (`RBM_MEMBERS`), changed a customer at a time, nobody renumbered."""

    def __init__(self, members: pd.DataFrame) -> None:
        self._members = members
        self._walks = _walks(members)
        self._old = {rbm: set(places) for rbm, places in self._walks.items()}
        self._came: dict[str, tuple[str, int, int]] = {}
        self.removed: list[str] = []

    @property
    def changed(self) -> int:
        """Count the customers that left or came."""
        return len({*self.removed, *self._came})

    def came(self) -> pd.DataFrame:
        """Return who came: ``rbm``, ``urut``, ``sisipan`` by idpel."""
        frame = pd.DataFrame.from_dict(self._came, orient="index", columns=["rbm", "urut", "sisipan"])  # fmt: skip
        return frame.rename_axis("idpel")

    def stands(self, idpel: str) -> list[Any] | None:
        """Return where a customer stood before: RBM, urut, sisipan."""
        return stands(self._members, idpel)

    def left(self, idpel: str) -> None:
        """Take a customer out, if it stands anywhere; his place is not given to another."""
        if self.stands(idpel) is not None:
            self.removed.append(idpel)

    def placed(
        self, idpel: str, rbm: str, wanted: Place | None, behind: str | None
    ) -> list[Any] | None:
        """Put a customer on an RBM and return where he stands now; None where no number is free.

        ``wanted``: the place proposed, ``behind``: the customer behind whom; without it he
        comes last.
        """
        walk = self._walks.setdefault(rbm, [])
        if wanted is None:
            place = place_between(set(walk), max(walk, default=None), None)
        else:
            anchor = self.stands(behind) if behind else None
            after = (anchor[1], anchor[2]) if anchor is not None and anchor[0] == rbm else None
            place = free_place(walk, self._old.get(rbm, set()), wanted, after)
        if place is None:
            return None
        insort(walk, place)
        self.left(idpel)
        self._came[idpel] = (rbm, *place)
        return [rbm, *place]


def stands(members: pd.DataFrame, idpel: str) -> list[Any] | None:
    """Return RBM, urut and sisipan of a customer among `RBM_MEMBERS`."""
    if idpel not in members.index:
        return None
    row: Any = members.loc[idpel]
    return [str(row["rbm"]), int(row["urut"]), int(row["sisipan"])]


def free_place(
    walk: list[Place], old: set[Place], wanted: Place, behind: Place | None
) -> Place | None:
    """Return the proposed place, or the next free one where the draft has moved on since.

    The walk may have been ordered anew: then the place follows that of the customer behind whom
    it was proposed (``behind``). ``old`` are the places of the walk before this acceptance.
    """
    at = bisect_left(walk, wanted)
    free = at == len(walk) or walk[at] != wanted
    # Others that were placed behind the same customer may lie between, nobody else.
    between = walk[bisect_left(walk, behind) + 1 : at] if behind else []
    follows = behind is None or (behind < wanted and not any(p in old for p in between))
    if free and follows:
        return wanted
    at = bisect_left(walk, wanted if follows or behind is None else behind)
    before = walk[at] if at < len(walk) else None
    after = walk[at + 1] if at + 1 < len(walk) else None
    return place_between(set(walk), before, after)


def _walks(members: pd.DataFrame) -> dict[str, list[Place]]:
    out: dict[str, list[Place]] = {}
    for rbm, urut, sisipan in members[["rbm", "urut", "sisipan"]].itertuples(index=False):
        out.setdefault(rbm, []).append((int(urut), int(sisipan)))
    return {rbm: sorted(places) for rbm, places in out.items()}
