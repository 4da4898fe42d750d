"""How the tests publish: submitted by who asks, approved by another person."""

from rbmgeo.db.queries import drafts, versions
from rbmgeo.workflows import change_sets, workbench

REVIEWER = "peninjau"


def publish(session, ulp, version_id=None, *, effective_blth, who="perencana"):
    """Bring a draft (the newest, if none is named) through review and publish it."""
    version_id = versions.version(session, ulp=ulp, version_id=version_id).version_id
    if drafts.found(session, ulp=ulp, version_id=version_id) is None:
        workbench.open_draft(session, ulp, version_id, who=who)

    def seen():
        return drafts.found(session, ulp=ulp, version_id=version_id).revision

    change_sets.submit(session, ulp, version_id, revision=seen(), who=who)
    change_sets.approve(session, ulp, version_id, revision=seen(), who=REVIEWER)
    return change_sets.publish_change_set(
        session, ulp, version_id, effective_blth=effective_blth, revision=seen(), who=who
    )
