"""What is too old, or a customer asks to be forgotten, goes in steps that are written down first.

A photo is marked, its file goes, then its rows. An erasure is asked by one person and approved by
another; rows that are facts give way to an approved erasure of that customer, and to nothing else.
What an import brings back of an erased customer is not taken up, and becomes a question.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0066_retention"
down_revision = "0065_access_log"
branch_labels = None
depends_on = None

_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are facts: they are added, never changed', TG_TABLE_NAME;
END $$
"""
# An approved erasure that is being done now, and the row is that customer's: named in the row, or
# of an answer about that house.
_REFUSE_BUT_ERASE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    doing bigint := nullif(current_setting('rbmgeo.erasure', true), '')::bigint;
    told jsonb;
BEGIN
    IF doing IS NOT NULL AND TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' THEN
        told := to_jsonb(OLD);
        IF EXISTS (
            SELECT FROM erasure e WHERE e.erasure_id = doing AND e.state = 'approved'
                AND e.ulp = told->>'ulp' AND (e.idpel = told->>'idpel' OR (
                    TG_TABLE_NAME = 'survey_observation' AND EXISTS (
                        SELECT FROM survey_answer a WHERE a.ulp = e.ulp AND a.idpel = e.idpel
                            AND a.client_id = (told->>'client_id')::uuid
                            AND a.conflict_no = (told->>'conflict_no')::int)))
        ) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are facts: they are added, never changed', TG_TABLE_NAME;
END $$
"""
_STAYS_ERASED = """
CREATE FUNCTION stay_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM erasure e WHERE e.ulp = NEW.ulp AND e.idpel = NEW.idpel
                   AND e.state IN ('done', 'came_back', 'stays')) THEN
        RETURN NEW;
    END IF;
    UPDATE erasure SET state = 'came_back', came_back_at = now()
    WHERE ulp = NEW.ulp AND idpel = NEW.idpel AND state = 'done';
    IF TG_TABLE_NAME LIKE 'customer_point%' OR TG_ARGV[0] = 'point' THEN
        NEW.geom := NULL; NEW.lon_raw := NULL; NEW.lat_raw := NULL;
    ELSE
        NEW.name := NULL; NEW.address := NULL; NEW.geom := NULL; NEW.point_source := NULL;
    END IF;
    RETURN NEW;
END $$
"""


def _ulp(table: str) -> sa.Column[str]:
    return sa.Column(
        "ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name=f"fk_{table}_ulp"), nullable=False
    )


def upgrade() -> None:
    op.create_table(
        "photo_gone",
        _ulp("photo_gone"),
        sa.Column("gone_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("marked_by", sa.String(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("ulp", "gone_id", name="pk_photo_gone"),
    )  # fmt: skip
    op.create_table(
        "erasure",
        _ulp("erasure"),
        sa.Column("erasure_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("idpel", sa.String(12), nullable=False),
        sa.Column("state", sa.String(), server_default=sa.text("'asked'"), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("came_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("ulp", "erasure_id", name="pk_erasure"),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'refused', 'done', 'came_back', 'stays', 'returned')",
            name="ck_erasure_state",
        ),
    )  # fmt: skip
    op.create_index("ix_erasure_ulp_idpel", "erasure", ["ulp", "idpel"])
    op.execute(_REFUSE_BUT_ERASE)
    op.execute(_STAYS_ERASED)
    op.execute(
        "CREATE TRIGGER stay_erased BEFORE INSERT OR UPDATE ON customer FOR EACH ROW "
        "WHEN (NEW.name IS NOT NULL OR NEW.address IS NOT NULL OR NEW.geom IS NOT NULL) "
        "EXECUTE FUNCTION stay_erased('customer')"
    )
    op.execute(
        "CREATE TRIGGER stay_erased BEFORE INSERT OR UPDATE ON customer_point FOR EACH ROW "
        "WHEN (NEW.geom IS NOT NULL OR NEW.lon_raw IS NOT NULL) "
        "EXECUTE FUNCTION stay_erased('point')"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER stay_erased ON customer_point")
    op.execute("DROP TRIGGER stay_erased ON customer")
    op.execute("DROP FUNCTION stay_erased()")
    op.execute(_REFUSE)
    op.drop_table("erasure")
    op.drop_table("photo_gone")
