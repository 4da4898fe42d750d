"""A matching of a unit is written in a third of the time; a gardu's, pole's or deret's houses are found.

What a matching computes is written beside its run, which refers to the unit: the rows need not
look it up one by one. Their keys begin with the idpel, as those of customers do.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028_findings_paths"
down_revision = "0027_idpel_leads"
branch_labels = None
depends_on = None

_COMPUTED = ("match_row", "candidate", "finding")
_PATHS = (
    ("ix_finding_ulp_proposed_gardu", "finding", ["ulp", "proposed_gardu"], "kind <> 'ok'"),
    ("ix_pdpj_ulp_tiang", "pdpj", ["ulp", "tiang"], "valid_to IS NULL AND tiang IS NOT NULL"),
    ("ix_pdpj_ulp_deret", "pdpj", ["ulp", "deret"], "valid_to IS NULL AND deret IS NOT NULL"),
)


def upgrade() -> None:
    for table in _COMPUTED:
        op.drop_constraint(f"fk_{table}_ulp", table)
        _key(table, "(idpel, ulp)")
    # A customer's own lists were found by reading all of the unit's.
    _key("rbm_list", "(idpel, ulp, blth, line)")
    # Found by unit when they are replaced; they lie together, so that a coarse index is enough.
    op.create_index("ix_candidate_ulp", "candidate", ["ulp"], postgresql_using="brin")
    for name, table, columns, where in _PATHS:
        op.create_index(name, table, columns, postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, table, _, _ in _PATHS:
        op.drop_index(name, table)
    op.drop_index("ix_candidate_ulp", "candidate")
    _key("rbm_list", "(ulp, blth, idpel, line)")
    for table in _COMPUTED:
        _key(table, "(ulp, idpel)")
        op.create_foreign_key(f"fk_{table}_ulp", table, "ulp", ["ulp"], ["ulp"])


def _key(table: str, columns: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY {columns}")
