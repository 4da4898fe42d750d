"""Sentences by key: (Indonesian, English). One area a file; this one joins them."""

from rbmgeo.labels.bench import BENCH
from rbmgeo.labels.consistency import CONSISTENCY
from rbmgeo.labels.energy import ENERGY
from rbmgeo.labels.events import EVENTS
from rbmgeo.labels.fieldwork import FIELDWORK
from rbmgeo.labels.files import FILES
from rbmgeo.labels.handoff import HANDOFF
from rbmgeo.labels.maps import MAPS
from rbmgeo.labels.matching import MATCHING
from rbmgeo.labels.month_summary import MONTH_SUMMARY
from rbmgeo.labels.mutations import MUTATIONS
from rbmgeo.labels.network import NETWORK
from rbmgeo.labels.office import OFFICE
from rbmgeo.labels.photo_test import PHOTO_TEST
from rbmgeo.labels.privacy import PRIVACY
from rbmgeo.labels.reader_facts import READER_FACTS
from rbmgeo.labels.region import REGION
from rbmgeo.labels.schedule import SCHEDULE
from rbmgeo.labels.stand_sample import STAND_SAMPLE
from rbmgeo.labels.stands import STANDS
from rbmgeo.labels.states import STATES
from rbmgeo.labels.trial import TRIAL
from rbmgeo.labels.verification import VERIFICATION
from rbmgeo.labels.visit_jobs import VISIT_JOBS
from rbmgeo.labels.visits import VISITS

MESSAGES: dict[str, tuple[str, str]] = {
    **MAPS,
    **CONSISTENCY,
    **STANDS,
    **STAND_SAMPLE,
    **STATES,
    **TRIAL,
    **MATCHING,
    **MONTH_SUMMARY,
    **MUTATIONS,
    **HANDOFF,
    **NETWORK,
    **PHOTO_TEST,
    **PRIVACY,
    **READER_FACTS,
    **REGION,
    **SCHEDULE,
    **EVENTS,
    **ENERGY,
    **FIELDWORK,
    **FILES,
    **BENCH,
    # Titles of jobs stand here until their own files say them.
    **OFFICE,
    **VISITS,
    **VISIT_JOBS,
    **VERIFICATION,
}
