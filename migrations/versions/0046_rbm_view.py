"""The view of the RBM asks for a unit's newest month once, not once a row of its lists."""

from pathlib import Path

from alembic import op

revision = "0046_rbm_view"
down_revision = "0041_visits"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"

RBM = """
CREATE OR REPLACE VIEW gis.rbm AS
SELECT l.ulp, l.rbm AS id, min(l.hari_baca) AS hari_baca, min(l.officer) AS officer,
       count(DISTINCT l.idpel) AS customers, count(c.geom) AS with_position,
       ST_MakeLine(c.geom ORDER BY l.urut, l.sisipan, l.idpel) AS geom,
       ST_MakeLine(c.geom_3857 ORDER BY l.urut, l.sisipan, l.idpel) AS geom_3857
FROM ulp u
JOIN LATERAL (SELECT max(blth) AS blth FROM rbm_list WHERE ulp = u.ulp) newest ON true
JOIN rbm_list l ON l.ulp = u.ulp AND l.blth = newest.blth
LEFT JOIN customer c ON c.ulp = l.ulp AND c.idpel = l.idpel
WHERE l.rbm IS NOT NULL
GROUP BY l.ulp, l.rbm
"""


def upgrade() -> None:
    op.execute(RBM)


def downgrade() -> None:
    before = (SQL / "0037_layer_views.sql").read_text(encoding="utf-8")
    start = before.index("CREATE VIEW gis.rbm")
    op.execute(before[start : before.index(";", start)].replace("CREATE", "CREATE OR REPLACE", 1))
