"""Gather what the map of a gardu event shows, and who lies in what was drawn on it."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import event_map, events, map_data
from rbmgeo.maps.canvas import Bounds
from rbmgeo.maps.event_layers import event_layers, frame_of
from rbmgeo.workflows.event_choice import Choice
from rbmgeo.workflows.maps import Drawn

#: Customers of other gardu up to which a browser draws each; beyond, their number is named.
MOST_OTHERS = 4_000


@dataclass(frozen=True)
class Counted:
    """Who a choice holds: ``public_ids``, and how many by the gardu that records them."""

    public_ids: tuple[str, ...]
    on_old: int
    on_new: int
    elsewhere: int

    @property
    def count(self) -> int:
        """Return how many it holds."""
        return len(self.public_ids)


def bounds_of_event(session: Session, ulp: str, event_id: int) -> Bounds | None:
    """Return the frame of an event's map, None where nothing of it has a place."""
    it = events.event(session, ulp=ulp, event_id=event_id)
    people = event_map.own(
        session, ulp=ulp, event_id=event_id, old=it.old_gardu, new=it.new_gardu
    )  # fmt: skip
    return frame_of(people, event_map.sites(session, ulp=ulp, event_id=event_id))


def draw_event(session: Session, ulp: str, event_id: int, *, lang: str = "id") -> Drawn:
    """Draw an event: chosen, old gardu's, new gardu's and other customers, gardu and lines."""
    it = events.event(session, ulp=ulp, event_id=event_id)
    pair = {"old": it.old_gardu, "new": it.new_gardu}
    people = event_map.own(session, ulp=ulp, event_id=event_id, **pair)
    sites = event_map.sites(session, ulp=ulp, event_id=event_id)
    box = frame_of(people, sites)
    around = box or (0.0, 0.0, 0.0, 0.0)
    others = event_map.others(session, ulp=ulp, event_id=event_id, box=around, **pair)
    undrawn = len(others) if len(others) > MOST_OTHERS else 0
    if not undrawn:
        people = pd.concat([people, others])
    data = event_layers(
        people, sites, map_data.streets(session, ulp=ulp, box=around),
        map_data.spans(session, ulp=ulp, box=around), undrawn=undrawn, lang=lang, **pair,
    )  # fmt: skip
    return Drawn(data, box, len(people))


def count_choice(session: Session, ulp: str, event_id: int, choice: Choice) -> Counted:
    """Count a choice without keeping it, by the gardu that records its members."""
    it = events.event(session, ulp=ulp, event_id=event_id)
    there = event_map.recorded(session, ulp=ulp, idpels=list(choice.members.index))
    old, new = there["gardu"].eq(it.old_gardu), there["gardu"].eq(it.new_gardu)
    return Counted(
        tuple(there["public_id"]), int(old.sum()), int(new.sum()), int((~old & ~new).sum())
    )
