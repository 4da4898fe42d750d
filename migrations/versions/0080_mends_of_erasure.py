"""What was erased stays so in every column and table that imports fill; a part that fills meanwhile stays."""

import sqlalchemy as sa
from alembic import op

revision = "0080_mends_of_erasure"
down_revision = "0079_unit_run_asked"
branch_labels = None
depends_on = None

_FUNCTION = """
CREATE OR REPLACE FUNCTION stay_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM erasure e WHERE e.ulp = NEW.ulp AND e.idpel = NEW.idpel
                   AND e.state IN ('done', 'came_back', 'stays')) THEN
        RETURN NEW;
    END IF;
    UPDATE erasure SET state = 'came_back', came_back_at = now()
    WHERE ulp = NEW.ulp AND idpel = NEW.idpel AND state = 'done';
    CASE TG_ARGV[0]
        WHEN 'point' THEN
            NEW.geom := NULL; NEW.lon_raw := NULL; NEW.lat_raw := NULL; NEW.accuracy_m := NULL;
        WHEN 'log' THEN
            NEW.geom := NULL; NEW.accuracy_m := NULL;
        WHEN 'photo' THEN
            NULL;  -- evidence is not thrown away unseen: a person answers
        ELSE
            NEW.name := NULL; NEW.address := NULL; NEW.geom := NULL; NEW.point_source := NULL;
            NEW.service_point := NULL; NEW.spread_m := NULL;
    END CASE;
    RETURN NEW;
END $$
"""
#: Table -> (columns that an erasure empties, what the function is told).
_AWAKE = {
    "customer": (("name", "address", "geom", "service_point", "spread_m"), "customer"),
    "customer_point": (("geom", "lon_raw", "lat_raw", "accuracy_m"), "point"),
    "reader_log": (("geom", "accuracy_m"), "log"),
    "photo": (("sha256",), "photo"),
}


_LOOKS = """    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', part) INTO filled;
    IF filled THEN
        RETURN false;
    END IF;
"""
#: Looked at once more when nobody can write into it any more.
_LOOKS_AGAIN = f"""{_LOOKS}    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', part);
{_LOOKS}"""


def _drop_empty_part(was: str, now: str) -> None:
    connection = op.get_bind()
    # As it stands, its search path with it.
    written = connection.scalar(
        sa.text("SELECT pg_get_functiondef('drop_empty_part(text,text)'::regprocedure)")
    )
    assert written is not None
    assert was in written
    connection.exec_driver_sql(written.replace(was, now).replace("%", "%%"))


def upgrade() -> None:
    op.execute(_FUNCTION)
    for table, (columns, told) in _AWAKE.items():
        when = " OR ".join(f"NEW.{column} IS NOT NULL" for column in columns)
        op.execute(f"DROP TRIGGER IF EXISTS stay_erased ON {table}")
        op.execute(
            f"CREATE TRIGGER stay_erased BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW "
            f"WHEN ({when}) EXECUTE FUNCTION stay_erased('{told}')"
        )
    _drop_empty_part(_LOOKS, _LOOKS_AGAIN)


def downgrade() -> None:
    # The function and the two triggers of before do less; none of them would be wrong to keep.
    for table in ("reader_log", "photo"):
        op.execute(f"DROP TRIGGER stay_erased ON {table}")
    _drop_empty_part(_LOOKS_AGAIN, _LOOKS)
