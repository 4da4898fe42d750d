"""A new gardu that takes over customers of another is one event, approved and undone as one act."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024_gardu_events"
down_revision = "0023_schedule_and_second_visits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gardu_event",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_gardu_event_ulp"),
                  nullable=False),
        sa.Column("event_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("new_gardu", sa.String(), nullable=False),
        sa.Column("new_kva", sa.Numeric()),
        sa.Column("new_geom", Geometry("POINT", srid=4326, spatial_index=False)),
        sa.Column("old_gardu", sa.String(), nullable=False),
        sa.Column("jurusan", sa.String()),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("choice", JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb")),
        sa.Column("state", sa.String(), nullable=False, server_default=sa.text("'draft'")),
        sa.Column("survey_run_id", sa.BigInteger()),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "event_id", name="pk_gardu_event"),
        sa.CheckConstraint("kind IN ('sisipan', 'pecah_beban', 'pindah_jurusan')",
                           name="ck_gardu_event_kind"),
        sa.CheckConstraint("state IN ('draft', 'open', 'approved', 'rejected', 'undone')",
                           name="ck_gardu_event_state"),
        sa.CheckConstraint("new_gardu <> old_gardu", name="ck_gardu_event_two_gardu"),
    )  # fmt: skip
    op.create_table(
        "gardu_event_member",
        sa.Column("ulp", sa.String(8),
                  sa.ForeignKey("ulp.ulp", name="fk_gardu_event_member_ulp"), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("idpel", sa.String(12), nullable=False),
        sa.Column("distance_m", sa.Double()),
        sa.Column("taken", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("waiting", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("before_gardu", sa.String()),
        sa.Column("proposal_id", sa.BigInteger()),
        sa.Column("outcome", sa.String()),
        sa.Column("reason", sa.String()),
        sa.PrimaryKeyConstraint("ulp", "event_id", "idpel", name="pk_gardu_event_member"),
        sa.ForeignKeyConstraint(["ulp", "event_id"], ["gardu_event.ulp", "gardu_event.event_id"],
                                name="fk_gardu_event_member_ulp_event_id"),
        sa.CheckConstraint("outcome IN ('moved', 'refused', 'undone', 'kept')",
                           name="ck_gardu_event_member_outcome"),
    )  # fmt: skip
    op.create_index(
        "ix_gardu_event_member_ulp_idpel", "gardu_event_member", ["ulp", "idpel"], unique=True,
        postgresql_where=sa.text("waiting"),
    )  # fmt: skip
    op.create_table(
        "gardu_event_decision",
        sa.Column("ulp", sa.String(8),
                  sa.ForeignKey("ulp.ulp", name="fk_gardu_event_decision_ulp"), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "decision_id", name="pk_gardu_event_decision"),
        sa.ForeignKeyConstraint(["ulp", "event_id"], ["gardu_event.ulp", "gardu_event.event_id"],
                                name="fk_gardu_event_decision_ulp_event_id"),
        sa.CheckConstraint("decision IN ('approved', 'rejected', 'undone')",
                           name="ck_gardu_event_decision_decision"),
    )  # fmt: skip
    op.add_column("proposal", sa.Column("event_id", sa.BigInteger()))


def downgrade() -> None:
    op.drop_column("proposal", "event_id")
    op.drop_table("gardu_event_decision")
    op.drop_table("gardu_event_member")
    op.drop_table("gardu_event")
