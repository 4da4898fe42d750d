"""Runs, matches and findings; survey tasks, answers, proposals and approvals."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Idpel, UlpKey

#: The unit of rows that every matching computes anew, all at once beside its `Run`, which refers to
#: the unit. Each of a million rows looked it up again: more work than writing them.
ComputedUlp = Annotated[str, mapped_column(String(8), primary_key=True)]


class Run(Base):
    """One run of a step (evaluate, match, design, ...): parameters in, summary out."""

    __tablename__ = "run"
    __table_args__ = (Index("ix_run_ulp_step", "ulp", "step", "run_id"),)

    ulp: Mapped[UlpKey]
    run_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    step: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    summary: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    run_by: Mapped[str | None]
    finished_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )


class MatchRow(Base):
    """One customer of the union and its class in the latest matching (R-MA-01)."""

    __tablename__ = "match_row"
    __table_args__ = (
        PrimaryKeyConstraint("idpel", "ulp"),
        Index("ix_match_row_ulp_match", "ulp", "match"),
    )

    ulp: Mapped[ComputedUlp]
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(BigInteger)
    rbm: Mapped[str | None]
    gardu: Mapped[str | None]
    match: Mapped[str]
    reason: Mapped[str | None]
    tanpa_koordinat: Mapped[bool]
    kode_d: Mapped[bool]
    home_rbm_differs: Mapped[bool]


class Candidate(Base):
    """The gardu that one customer might hang on, likeliest first, and how far each is."""

    __tablename__ = "candidate"
    __table_args__ = (
        PrimaryKeyConstraint("idpel", "ulp"),
        Index("ix_candidate_ulp", "ulp", postgresql_using="brin"),
    )

    ulp: Mapped[ComputedUlp]
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    gardu: Mapped[list[str]] = mapped_column(ARRAY(String))
    distance_m: Mapped[list[float]] = mapped_column(ARRAY(Double))
    run_id: Mapped[int] = mapped_column(BigInteger)


class Finding(Base):
    """What the latest matching says of one customer's gardu: p = P(recorded gardu is wrong)."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_ulp_p", "ulp", "p"),
        Index(
            "ix_finding_ulp_proposed_gardu",
            "ulp",
            "proposed_gardu",
            postgresql_where=text("kind <> 'ok'"),
        ),
        CheckConstraint("p BETWEEN 0 AND 1", name="p_is_a_probability"),
        PrimaryKeyConstraint("idpel", "ulp"),
    )

    ulp: Mapped[ComputedUlp]
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    p: Mapped[float | None]
    #: p as it was computed, before surveyed houses corrected it.
    raw_p: Mapped[float | None]
    gardu: Mapped[str | None]
    proposed_gardu: Mapped[str | None]
    patch: Mapped[str | None]
    tier: Mapped[str]
    reasons: Mapped[list[Any]]
    question: Mapped[str | None]


class SurveyTask(Base):
    """One visit planned: whom, by which surveyor, on which day, as which stop.

    ``second``: a control that another person visits as well, without the first one's answer
    (R-SB-02); a visit of its own.
    """

    __tablename__ = "survey_task"

    ulp: Mapped[UlpKey]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    second: Mapped[bool] = mapped_column(primary_key=True, server_default=text("false"))
    surveyor: Mapped[int]
    day: Mapped[int]
    stop: Mapped[int]
    control: Mapped[bool]
    patch: Mapped[str | None]
    question: Mapped[str | None]


class SurveyAnswer(Base):
    """One answer as it was given; append-only, a fact (R-CH-01). Idempotent by ``client_id``."""

    __tablename__ = "survey_answer"
    __table_args__ = (Index("ix_survey_answer_ulp_idpel", "ulp", "idpel"),)

    ulp: Mapped[UlpKey]
    client_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    #: 0 for the first content of an id, 1... for other content under the same id (R-CH-03).
    conflict_no: Mapped[int] = mapped_column(primary_key=True, server_default=text("0"))
    idpel: Mapped[Idpel]
    outcome: Mapped[str]
    gardu: Mapped[str | None]
    tiang: Mapped[str | None]
    control: Mapped[bool]
    officer: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
    #: What the finding said when the answer came: the record met, p as shown, p as computed.
    recorded_gardu: Mapped[str | None]
    promised_p: Mapped[float | None]
    raw_p: Mapped[float | None]
    #: Who sent it in (a login); ``officer`` is who stood there.
    given_by: Mapped[str | None]
    #: The second look that it answers, where one was asked for.
    look_id: Mapped[int | None] = mapped_column(BigInteger)


class Proposal(Base):
    """One change to one field of one customer, waiting for another person (R-CH-02)."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'approved', 'rejected', 'undone', 'conflict')", name="state"
        ),
        Index("ix_proposal_ulp_state", "ulp", "state"),
        Index("ix_proposal_ulp_idpel", "ulp", "idpel"),
    )

    ulp: Mapped[UlpKey]
    proposal_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    idpel: Mapped[Idpel]
    field: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    client_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    effective_on: Mapped[date | None]
    #: The event that this is a part of; it is decided with it, never alone.
    event_id: Mapped[int | None] = mapped_column(BigInteger)
    #: The pole or gardu whose place is proposed; None where the field is the customer's own.
    subject: Mapped[str | None]
    #: What an approval did that undoing it needs: the point written, the place on the RBM.
    detail: Mapped[dict[str, Any] | None]
    #: The decision to unite codes of gardu that this proposal is a part of.
    spelling_id: Mapped[int | None] = mapped_column(BigInteger)


class Approval(Base):
    """One decision on a proposal; history is kept, an undo is a further row."""

    __tablename__ = "approval"
    __table_args__ = (
        ForeignKeyConstraint(["ulp", "proposal_id"], ["proposal.ulp", "proposal.proposal_id"]),
        CheckConstraint("decision IN ('approved', 'rejected', 'undone')", name="decision"),
    )

    ulp: Mapped[UlpKey]
    approval_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(BigInteger)
    decision: Mapped[str]
    reason: Mapped[str | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
