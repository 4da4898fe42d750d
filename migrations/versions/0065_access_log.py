"""Whose data somebody saw is written down before they are sent, and stays as it was written.

One row an answer: who, when, through which page or file, and the customers as whole numbers. One
part of the table a month; a month goes whole, once it is old enough, by its owner's command.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0065_access_log"
down_revision = "0059_accounts"
branch_labels = None
depends_on = None

#: Up to so many customers each is found by the index of numbers; a longer row is looked through.
SMALL = 1000

# Runs as its owner: who only may add rows can still begin a month.
_MONTH = """
CREATE FUNCTION access_log_month(moment timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    begins timestamptz := date_trunc('month', moment, 'UTC');
    part text := 'part_access_' || to_char(begins AT TIME ZONE 'UTC', 'YYYYMM');
BEGIN
    IF to_regclass(part) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('rbmgeo access_log'));
    IF to_regclass(part) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF access_log FOR VALUES FROM (%L) TO (%L)',
                   part, begins, (begins AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
END $$
"""


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("access_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"),
                  nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("ulp", sa.String(8), nullable=True),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("whole_unit", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("numbers", ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("xid", sa.BigInteger(), server_default=sa.text("pg_current_xact_id()::text::bigint"),
                  nullable=False),
        sa.PrimaryKeyConstraint("access_id", "at", name="pk_access_log"),
        postgresql_partition_by="RANGE (at)",
    )  # fmt: skip
    # A file of a whole unit is written at once: packing its numbers took longer than all the rest.
    op.execute("ALTER TABLE access_log ALTER COLUMN numbers SET STORAGE EXTERNAL")
    op.create_index("ix_access_log_xid", "access_log", ["xid"])
    op.create_index("ix_access_log_login_at", "access_log", ["login", "at"])
    op.create_index(
        "ix_access_log_numbers", "access_log", ["numbers"],
        postgresql_using="gin", postgresql_where=sa.text(f"customers <= {SMALL}"),
    )  # fmt: skip
    op.create_index(
        "ix_access_log_ulp_at", "access_log", ["ulp", "at"],
        postgresql_where=sa.text(f"customers > {SMALL} OR whole_unit"),
    )  # fmt: skip
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON access_log "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON access_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(_MONTH)
    op.execute(
        "SELECT access_log_month(now() + n * interval '1 month') FROM generate_series(0, 24) n"
    )
    op.add_column("command_log", sa.Column("numbers", ARRAY(sa.BigInteger()), nullable=True))
    op.create_index(
        "ix_command_log_numbers", "command_log", ["numbers"],
        postgresql_using="gin", postgresql_where=sa.text("numbers IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_command_log_numbers", table_name="command_log")
    op.drop_column("command_log", "numbers")
    op.drop_table("access_log")
    op.execute("DROP FUNCTION access_log_month(timestamptz)")
