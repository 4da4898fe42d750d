"""Matching, findings, survey visits, answers, proposals and approvals can be kept.

Answers and decisions are only ever added: the database refuses to change or delete them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_findings_and_survey"
down_revision = "0005_routes"
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are facts: they are added, never changed', TG_TABLE_NAME;
END $$
"""


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "candidate",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("gardu", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=True),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_candidate_ulp")),
        sa.PrimaryKeyConstraint("ulp", "idpel", "gardu", name=op.f("pk_candidate")),
    )
    op.create_table(
        "finding",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("p", sa.Double(), nullable=True),
        sa.Column("gardu", sa.String(), nullable=True),
        sa.Column("proposed_gardu", sa.String(), nullable=True),
        sa.Column("patch", sa.String(), nullable=True),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("question", sa.String(), nullable=True),
        sa.CheckConstraint("p BETWEEN 0 AND 1", name=op.f("ck_finding_p_is_a_probability")),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_finding_ulp")),
        sa.PrimaryKeyConstraint("ulp", "idpel", name=op.f("pk_finding")),
    )
    op.create_index("ix_finding_ulp_p", "finding", ["ulp", "p"], unique=False)
    op.create_table(
        "match_row",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("rbm", sa.String(), nullable=True),
        sa.Column("gardu", sa.String(), nullable=True),
        sa.Column("match", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("tanpa_koordinat", sa.Boolean(), nullable=False),
        sa.Column("kode_d", sa.Boolean(), nullable=False),
        sa.Column("home_rbm_differs", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_match_row_ulp")),
        sa.PrimaryKeyConstraint("ulp", "idpel", name=op.f("pk_match_row")),
    )
    op.create_index("ix_match_row_ulp_match", "match_row", ["ulp", "match"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'rejected', 'undone', 'conflict')",
            name=op.f("ck_proposal_state"),
        ),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_proposal_ulp")),
        sa.PrimaryKeyConstraint("ulp", "proposal_id", name=op.f("pk_proposal")),
    )
    op.create_index("ix_proposal_ulp_state", "proposal", ["ulp", "state"], unique=False)
    op.create_table(
        "run",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("run_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column(
            "params",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "summary",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("run_by", sa.String(), nullable=True),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_run_ulp")),
        sa.PrimaryKeyConstraint("ulp", "run_id", name=op.f("pk_run")),
    )
    op.create_index("ix_run_ulp_step", "run", ["ulp", "step", "run_id"], unique=False)
    op.create_table(
        "survey_answer",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("conflict_no", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("gardu", sa.String(), nullable=True),
        sa.Column("tiang", sa.String(), nullable=True),
        sa.Column("control", sa.Boolean(), nullable=False),
        sa.Column("officer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_survey_answer_ulp")),
        sa.PrimaryKeyConstraint("ulp", "client_id", "conflict_no", name=op.f("pk_survey_answer")),
    )
    op.create_index("ix_survey_answer_ulp_idpel", "survey_answer", ["ulp", "idpel"], unique=False)
    op.create_table(
        "survey_task",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("surveyor", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("control", sa.Boolean(), nullable=False),
        sa.Column("patch", sa.String(), nullable=True),
        sa.Column("question", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_survey_task_ulp")),
        sa.PrimaryKeyConstraint("ulp", "run_id", "idpel", name=op.f("pk_survey_task")),
    )
    op.create_table(
        "approval",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("approval_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column(
            "decided_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "decision IN ('approved', 'rejected', 'undone')", name=op.f("ck_approval_decision")
        ),
        sa.ForeignKeyConstraint(
            ["ulp", "proposal_id"],
            ["proposal.ulp", "proposal.proposal_id"],
            name=op.f("fk_approval_ulp_proposal_id"),
        ),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_approval_ulp")),
        sa.PrimaryKeyConstraint("ulp", "approval_id", name=op.f("pk_approval")),
    )
    op.execute(APPEND_ONLY)
    for table in ("survey_answer", "approval"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Drop the tables and what is in them."""
    op.drop_table("approval")
    op.drop_table("survey_task")
    op.drop_index("ix_survey_answer_ulp_idpel", table_name="survey_answer")
    op.drop_table("survey_answer")
    op.drop_index("ix_run_ulp_step", table_name="run")
    op.drop_table("run")
    op.drop_index("ix_proposal_ulp_state", table_name="proposal")
    op.drop_table("proposal")
    op.drop_index("ix_match_row_ulp_match", table_name="match_row")
    op.drop_table("match_row")
    op.drop_index("ix_finding_ulp_p", table_name="finding")
    op.drop_table("finding")
    op.drop_table("candidate")
    op.execute("DROP FUNCTION refuse_change()")
