"""A planner's workbench: a draft keeps its base, every edit is a further command, undone by one.

Orders computed for single RBM wait as proposals; a version may say whose content it holds.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0031_workbench"
down_revision = "0030_reading_calendar"
branch_labels = None
depends_on = None

#: Others write a draft too (mutations, an ordering): the workbench is told, and takes it in.
_TOLD = """
CREATE FUNCTION tell_workbench() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE rbm_draft d SET outside = true
    FROM (SELECT DISTINCT ulp, version_id FROM changed_rows) c
    WHERE d.ulp = c.ulp AND d.version_id = c.version_id AND NOT d.outside;
    RETURN NULL;
END $$
"""
_WHEN = {"insert": "NEW", "update": "NEW", "delete": "OLD"}


def upgrade() -> None:
    op.add_column("rbm_version", sa.Column("content_of", sa.BigInteger()))
    op.create_table(
        "rbm_draft",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_rbm_draft_ulp"),
                  nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("base", sa.LargeBinary(), nullable=False),
        sa.Column("locked", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("outside", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "version_id", name="pk_rbm_draft"),
    )  # fmt: skip
    op.create_table(
        "rbm_draft_command",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_rbm_draft_command_ulp"),
                  nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("args", JSONB(), nullable=False),
        sa.Column("effect", JSONB(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "version_id", "no", name="pk_rbm_draft_command"),
        sa.ForeignKeyConstraint(["ulp", "version_id"], ["rbm_draft.ulp", "rbm_draft.version_id"],
                                name="fk_rbm_draft_command_ulp_version_id"),
    )  # fmt: skip
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rbm_draft_command "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.create_table(
        "rbm_order_proposal",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_rbm_order_proposal_ulp"),
                  nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("rbm", sa.String(), nullable=False),
        sa.Column("idpels", JSONB(), nullable=False),
        sa.Column("length_before_m", sa.Double()),
        sa.Column("length_m", sa.Double()),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("ulp", "proposal_id", name="pk_rbm_order_proposal"),
        sa.CheckConstraint("state IN ('open', 'accepted', 'rejected', 'stale')",
                           name="ck_rbm_order_proposal_state"),
    )  # fmt: skip
    op.create_index("ix_rbm_order_proposal_ulp_version_id", "rbm_order_proposal",
                    ["ulp", "version_id"])  # fmt: skip
    op.execute(_TOLD)
    for event, rows in _WHEN.items():
        op.execute(
            f"CREATE TRIGGER tell_workbench_{event} AFTER {event.upper()} ON rbm_member "
            f"REFERENCING {rows} TABLE AS changed_rows "
            "FOR EACH STATEMENT EXECUTE FUNCTION tell_workbench()"
        )


def downgrade() -> None:
    for event in _WHEN:
        op.execute(f"DROP TRIGGER tell_workbench_{event} ON rbm_member")
    op.execute("DROP FUNCTION tell_workbench()")
    op.drop_table("rbm_order_proposal")
    op.drop_table("rbm_draft_command")
    op.drop_table("rbm_draft")
    op.drop_column("rbm_version", "content_of")
