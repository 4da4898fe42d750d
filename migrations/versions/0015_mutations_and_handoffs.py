"""The month's mutations can be accepted and undone, hand-offs are kept, the master has a past.

From now on the database writes down what an import replaces of a customer's meter, tariff,
power, service and state; what was replaced before is not known.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015_mutations_and_handoffs"
down_revision = "0014_customers_by_unit"
branch_labels = None
depends_on = None

#: Column of customer -> the words of the row that is written.
WATCHED = ("meter_number", "tarif", "daya_va", "jenis_layanan", "active")

_FUNCTION = """
CREATE FUNCTION note_customer_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customer_change (ulp, idpel, field, before, after, batch_id)
    SELECT NEW.ulp, NEW.idpel, v.field, v.before, v.after, NEW.batch_id
    FROM (VALUES {values}) AS v (field, before, after)
    WHERE v.before IS NOT NULL AND v.before IS DISTINCT FROM v.after;
    RETURN NULL;
END $$
"""

_JSON = postgresql.JSONB(astext_type=sa.Text())


def _key(name: str) -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column(name, sa.BigInteger(), sa.Identity(always=False), nullable=False),
    )


def _now(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _unit(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f(f"fk_{table}_ulp"))


def upgrade() -> None:
    _master()
    _mutations()
    _handoffs()


def _master() -> None:
    op.create_table(
        "customer_change",
        *_key("change_id"),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        _now("changed_at"),
        _unit("customer_change"),
        sa.PrimaryKeyConstraint("ulp", "change_id", name=op.f("pk_customer_change")),
    )
    op.create_index("ix_customer_change_ulp_batch_id", "customer_change", ["ulp", "batch_id"])
    values = ", ".join(f"('{n}', OLD.{n}::text, NEW.{n}::text)" for n in WATCHED)
    op.execute(_FUNCTION.format(values=values))
    # Asked before the function is called: an update of a million points costs nothing more.
    differs = " OR ".join(
        f"(OLD.{n} IS NOT NULL AND OLD.{n} IS DISTINCT FROM NEW.{n})" for n in WATCHED
    )
    op.execute(
        "CREATE TRIGGER customer_has_a_past AFTER UPDATE ON customer FOR EACH ROW "
        f"WHEN ({differs}) EXECUTE FUNCTION note_customer_change()"
    )


def _mutations() -> None:
    op.create_table(
        "mutation",
        *_key("mutation_id"),
        sa.Column("blth", sa.String(length=6), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.Column("other_ulp", sa.String(), nullable=True),
        sa.Column("rbm", sa.String(), nullable=True),
        sa.Column("urut", sa.Integer(), nullable=True),
        sa.Column("sisipan", sa.Integer(), nullable=True),
        sa.Column("after_idpel", sa.String(), nullable=True),
        sa.Column("gardu", sa.String(), nullable=True),
        sa.Column("evidence", _JSON, server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("next_step", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default=sa.text("'open'"), nullable=False),
        _now("found_at"),
        sa.CheckConstraint("state IN ('open', 'accepted', 'past')", name=op.f("ck_mutation_state")),
        sa.CheckConstraint("act IN ('place', 'remove', 'note')", name=op.f("ck_mutation_act")),
        _unit("mutation"),
        sa.PrimaryKeyConstraint("ulp", "mutation_id", name=op.f("pk_mutation")),
        sa.UniqueConstraint(
            "ulp", "blth", "idpel", "kind", name=op.f("uq_mutation_ulp_blth_idpel_kind")
        ),
    )
    op.create_index("ix_mutation_ulp_blth", "mutation", ["ulp", "blth"])
    op.create_table(
        "mutation_decision",
        *_key("decision_id"),
        sa.Column("mutation_id", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=True),
        sa.Column("before", _JSON, nullable=False),
        sa.Column("after", _JSON, nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        _now("decided_at"),
        sa.CheckConstraint(
            "decision IN ('accepted', 'undone')", name=op.f("ck_mutation_decision_decision")
        ),
        _unit("mutation_decision"),
        sa.ForeignKeyConstraint(
            ["ulp", "mutation_id"], ["mutation.ulp", "mutation.mutation_id"],
            name=op.f("fk_mutation_decision_ulp_mutation_id"),
        ),
        sa.PrimaryKeyConstraint("ulp", "decision_id", name=op.f("pk_mutation_decision")),
    )  # fmt: skip
    op.create_index(
        "ix_mutation_decision_ulp_mutation_id", "mutation_decision", ["ulp", "mutation_id"]
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON mutation_decision "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _handoffs() -> None:
    op.create_table(
        "handoff",
        *_key("handoff_id"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("shape", sa.String(), server_default=sa.text("'csv'"), nullable=False),
        sa.Column("blth", sa.String(length=6), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("source_blth", sa.String(length=6), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("kwh", sa.Numeric(), nullable=True),
        sa.Column("handed_by", sa.String(), nullable=False),
        _now("handed_at"),
        _unit("handoff"),
        sa.PrimaryKeyConstraint("ulp", "handoff_id", name=op.f("pk_handoff")),
    )
    op.create_index("ix_handoff_ulp_kind_version_id", "handoff", ["ulp", "kind", "version_id"])
    op.create_table(
        "handoff_file",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("handoff_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("kwh", sa.Numeric(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _unit("handoff_file"),
        sa.ForeignKeyConstraint(
            ["ulp", "handoff_id"], ["handoff.ulp", "handoff.handoff_id"],
            name=op.f("fk_handoff_file_ulp_handoff_id"),
        ),
        sa.PrimaryKeyConstraint("ulp", "handoff_id", "file_name", name=op.f("pk_handoff_file")),
    )  # fmt: skip
    op.create_table(
        "handoff_change",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("handoff_id", sa.BigInteger(), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("before", _JSON, nullable=False),
        sa.Column("after", _JSON, nullable=False),
        _unit("handoff_change"),
        sa.ForeignKeyConstraint(
            ["ulp", "handoff_id"], ["handoff.ulp", "handoff.handoff_id"],
            name=op.f("fk_handoff_change_ulp_handoff_id"),
        ),
        sa.PrimaryKeyConstraint("ulp", "handoff_id", "idpel", name=op.f("pk_handoff_change")),
    )  # fmt: skip
    for table in ("handoff", "handoff_file", "handoff_change"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for table in ("mutation_decision", "handoff", "handoff_file", "handoff_change"):
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()"
        )


def downgrade() -> None:
    """Drop the tables and what is in them."""
    for table in ("handoff_change", "handoff_file", "handoff", "mutation_decision", "mutation"):
        op.drop_table(table)
    op.execute("DROP TRIGGER customer_has_a_past ON customer")
    op.execute("DROP FUNCTION note_customer_change()")
    op.drop_table("customer_change")
