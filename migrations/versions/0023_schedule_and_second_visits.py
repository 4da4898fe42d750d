"""Controls visited by a second person, a schedule of the updating work, letters of assignment.

Plans made before keep their visits: each of them is a first visit.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023_schedule_and_second_visits"
down_revision = "0022_public_id_leads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("survey_task", sa.Column("second", sa.Boolean(),
                  server_default=sa.text("false"), nullable=False))  # fmt: skip
    op.drop_constraint("pk_survey_task", "survey_task", type_="primary")
    op.create_primary_key("pk_survey_task", "survey_task", ["ulp", "run_id", "idpel", "second"])
    op.create_table(
        "survey_schedule",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_survey_schedule_ulp"),
                  nullable=False),
        sa.Column("schedule_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("gardu", sa.String(), nullable=False),
        sa.Column("officer", sa.String()),
        sa.Column("due_on", sa.Date()),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Double()),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.Column("changed_by", sa.String()),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("ulp", "schedule_id", name="pk_survey_schedule"),
        sa.CheckConstraint("target > 0", name="ck_survey_schedule_target_there"),
    )  # fmt: skip
    op.create_index("ix_survey_schedule_ulp_gardu", "survey_schedule", ["ulp", "gardu"])
    op.create_table(
        "assignment_letter",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_assignment_letter_ulp"),
                  nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("full_number", sa.String(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "year", "number", name="pk_assignment_letter"),
        sa.CheckConstraint("last_on >= first_on", name="ck_assignment_letter_dates_in_order"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("assignment_letter")
    op.drop_table("survey_schedule")
    op.execute("DELETE FROM survey_task WHERE second")
    op.drop_constraint("pk_survey_task", "survey_task", type_="primary")
    op.create_primary_key("pk_survey_task", "survey_task", ["ulp", "run_id", "idpel"])
    op.drop_column("survey_task", "second")
