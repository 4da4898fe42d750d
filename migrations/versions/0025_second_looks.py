"""A surveyor can tell more than the gardu, and answers that contradict get a second look.

What was seen beside the outcome (points, pole, meter, RBM, state) is kept as facts that cannot be
changed; people who are on no list are kept too. Older answers have none of these and stay as they
are: who sent them in is not known.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0025_second_looks"
down_revision = "0024_gardu_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("survey_answer", sa.Column("given_by", sa.String()))
    op.add_column("survey_answer", sa.Column("look_id", sa.BigInteger()))
    op.add_column("proposal", sa.Column("subject", sa.String()))
    op.add_column("proposal", sa.Column("detail", JSONB()))
    op.create_index("ix_proposal_ulp_idpel", "proposal", ["ulp", "idpel"])
    _observations()
    _strangers()
    _looks()
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON survey_observation "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _observations() -> None:
    op.create_table(
        "survey_observation",
        _unit("survey_observation"),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("conflict_no", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("subject", sa.String()),
        sa.Column("accuracy_m", sa.Double()),
        sa.Column("observed_by", sa.String()),
        _now("received_at"),
        sa.PrimaryKeyConstraint(
            "ulp", "client_id", "conflict_no", "field", name="pk_survey_observation"
        ),
        sa.ForeignKeyConstraint(
            ["ulp", "client_id", "conflict_no"],
            ["survey_answer.ulp", "survey_answer.client_id", "survey_answer.conflict_no"],
            name="fk_survey_observation_ulp_client_id_conflict_no",
        ),
        sa.CheckConstraint(f"field IN ({FIELDS})", name="ck_survey_observation_field"),
    )


def _strangers() -> None:
    op.create_table(
        "survey_stranger",
        _unit("survey_stranger"),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("conflict_no", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("idpel", sa.String(12)),
        sa.Column("outcome", sa.String(), nullable=False),
        *(sa.Column(name, sa.String()) for name in ("gardu", "tiang", "meter_number", "rbm",
                                                    "status", "note", "officer")),
        sa.Column("lon", sa.Double()),
        sa.Column("lat", sa.Double()),
        sa.Column("accuracy_m", sa.Double()),
        sa.Column("given_by", sa.String()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        _now("received_at"),
        sa.Column("settled_by", sa.String()),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_as", sa.String()),
        sa.PrimaryKeyConstraint("ulp", "client_id", "conflict_no", name="pk_survey_stranger"),
    )  # fmt: skip


def _looks() -> None:
    op.create_table(
        "second_look",
        _unit("second_look"),
        sa.Column("look_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("idpel", sa.String(12), nullable=False),
        sa.Column("state", sa.String(), server_default=sa.text("'asked'"), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        _now("asked_at"),
        sa.Column("client_id", sa.Uuid()),
        sa.Column("conflict_no", sa.Integer()),
        sa.Column("overruled", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("opened", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("rejected", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.String()),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("ulp", "look_id", name="pk_second_look"),
        sa.CheckConstraint("state IN ('asked', 'decided', 'undone')", name="ck_second_look_state"),
    )
    op.create_index("ix_second_look_ulp_idpel", "second_look", ["ulp", "idpel"])
    # Of one house one second look is asked at a time.
    op.create_index(
        "uq_second_look_asked", "second_look", ["ulp", "idpel"], unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )  # fmt: skip


def downgrade() -> None:
    for table in ("second_look", "survey_stranger", "survey_observation"):
        op.drop_table(table)
    op.drop_index("ix_proposal_ulp_idpel", "proposal")
    op.drop_column("proposal", "detail")
    op.drop_column("proposal", "subject")
    op.drop_column("survey_answer", "look_id")
    op.drop_column("survey_answer", "given_by")


def _unit(table: str) -> sa.Column[str]:
    key = sa.ForeignKey("ulp.ulp", name=f"fk_{table}_ulp")
    return sa.Column("ulp", sa.String(8), key, nullable=False)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


FIELDS = (
    "'point', 'tiang_point', 'gardu_point', 'tiang', 'meter_number', 'rbm', 'status', "
    "'note', 'photo'"
)
