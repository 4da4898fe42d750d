"""Sentences by key: (Indonesian, English). One area a file; this one joins them."""

from rbmgeo.labels.bench import BENCH
from rbmgeo.labels.energy import ENERGY
from rbmgeo.labels.events import EVENTS
from rbmgeo.labels.fieldwork import FIELDWORK
from rbmgeo.labels.handoff import HANDOFF
from rbmgeo.labels.maps import MAPS
from rbmgeo.labels.matching import MATCHING
from rbmgeo.labels.mutations import MUTATIONS
from rbmgeo.labels.network import NETWORK
from rbmgeo.labels.office import OFFICE
from rbmgeo.labels.schedule import SCHEDULE
from rbmgeo.labels.states import STATES
from rbmgeo.labels.visits import VISITS

MESSAGES: dict[str, tuple[str, str]] = {
    **MAPS,
    **STATES,
    **MATCHING,
    **MUTATIONS,
    **HANDOFF,
    **NETWORK,
    **SCHEDULE,
    **EVENTS,
    **ENERGY,
    **FIELDWORK,
    **BENCH,
    # Titles of jobs stand here until their own files say them.
    **OFFICE,
    **VISITS,
}
