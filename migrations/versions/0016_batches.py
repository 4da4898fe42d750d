"""What an import overwrites is kept, so that the import can be undone exactly.

A trigger on every table that imports fill keeps the rows as they were; it is awake only in
the transaction of an import, which names its batch in the setting ``rbmgeo.batch``. Files
taken in before this step have no such rows and cannot be undone.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016_batches"
down_revision = "0015_mutations_and_handoffs"
branch_labels = None
depends_on = None

#: Tables whose rows name the batch that wrote them last.
TABLES = (
    "customer", "customer_service", "customer_point", "gardu", "gardu_meter", "tiang",
    "jtr_span", "service_drop", "street", "rbm_list", "pdpj", "calendar", "reading",
    "reader_log", "receivable", "prepaid_order",
)  # fmt: skip
#: Tables of mere codes: what an import adds to them is kept instead.
CODES = ("officer", "penyulang")


def upgrade() -> None:
    op.add_column(
        "import_batch", sa.Column("unchanged", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("import_batch", sa.Column("kwh_file", sa.Numeric()))
    op.add_column("import_batch", sa.Column("kwh_skipped", sa.Numeric()))
    op.add_column(
        "import_batch",
        sa.Column("same", JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb")),
    )
    op.add_column(
        "import_batch",
        sa.Column("keeps_before", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.add_column("import_batch", sa.Column("undone_at", sa.DateTime(timezone=True)))
    op.add_column("import_batch", sa.Column("undone_by", sa.String()))
    op.drop_constraint("uq_import_batch_ulp_sha256_kind", "import_batch")
    op.create_index(
        "uq_import_batch_ulp_sha256_kind", "import_batch", ["ulp", "sha256", "kind"], unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "import_before",
        sa.Column("ulp", sa.String(8), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("before_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("was", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "batch_id", "before_id", name="pk_import_before"),
    )
    op.create_table(
        "import_list",
        sa.Column(
            "ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_import_list_ulp"), nullable=False
        ),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("idpels", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "batch_id", name="pk_import_list"),
    )
    op.execute(_KEEP)
    for table in TABLES:
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER keep_before_{event.lower()} AFTER {event} ON {table} "
                "REFERENCING OLD TABLE AS moved FOR EACH STATEMENT "
                "EXECUTE FUNCTION import_keep_before('false')"
            )
    for table in CODES:
        op.execute(
            f"CREATE TRIGGER keep_made AFTER INSERT ON {table} REFERENCING NEW TABLE AS moved "
            "FOR EACH STATEMENT EXECUTE FUNCTION import_keep_before('true')"
        )


def downgrade() -> None:
    for table in TABLES:
        for event in ("update", "delete"):
            op.execute(f"DROP TRIGGER keep_before_{event} ON {table}")
    for table in CODES:
        op.execute(f"DROP TRIGGER keep_made ON {table}")
    op.execute("DROP FUNCTION import_keep_before()")
    op.drop_table("import_list")
    op.drop_table("import_before")
    op.execute("DELETE FROM import_batch WHERE undone_at IS NOT NULL")
    op.drop_index("uq_import_batch_ulp_sha256_kind", "import_batch")
    op.create_unique_constraint(
        "uq_import_batch_ulp_sha256_kind", "import_batch", ["ulp", "sha256", "kind"]
    )
    for name in (
        "undone_by",
        "undone_at",
        "keeps_before",
        "same",
        "kwh_skipped",
        "kwh_file",
        "unchanged",
    ):
        op.drop_column("import_batch", name)


# Rows that the batch itself wrote need no keeping. Geometry goes as EWKB: JSON would round it.
_KEEP = """
CREATE FUNCTION import_keep_before() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch bigint := NULLIF(current_setting('rbmgeo.batch', true), '')::bigint;
    cells text;
    mine text;
BEGIN
    IF batch IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT string_agg(CASE WHEN t.typname = 'geometry' THEN format('o.%1$I::text AS %1$I', attname)
                           ELSE format('o.%I', attname) END, ', ' ORDER BY attnum),
           CASE WHEN bool_or(attname = 'batch_id') THEN 'o.batch_id IS DISTINCT FROM $1'
                ELSE 'true' END
    INTO cells, mine
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format(
        'INSERT INTO import_before (ulp, batch_id, relation, made, was) '
        'SELECT o.ulp, $1, $2, $3, to_jsonb(k) FROM moved o CROSS JOIN LATERAL (SELECT %s) k '
        'WHERE %s', cells, mine
    ) USING batch, TG_TABLE_NAME::text, TG_ARGV[0]::boolean;
    RETURN NULL;
END
$$
"""
