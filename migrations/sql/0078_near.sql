-- What a vendor's coordinator works on: the RBM assigned to him now, who is on them on the newest
-- list, and how many of them were read in each month, no stand and no kWh.
CREATE SCHEMA vendor;

CREATE VIEW vendor.rbm AS
SELECT ulp, rbm FROM user_rbm
WHERE ended_at IS NULL AND ulp = current_setting('rbmgeo.ulp', true)
  AND user_id = NULLIF(current_setting('rbmgeo.user', true), '')::bigint;

CREATE VIEW vendor.member AS
SELECT l.ulp, l.idpel FROM rbm_list l JOIN vendor.rbm r ON r.ulp = l.ulp AND r.rbm = l.rbm
WHERE l.ulp = current_setting('rbmgeo.ulp', true)
  AND l.blth = (SELECT max(blth) FROM rbm_list WHERE ulp = current_setting('rbmgeo.ulp', true));

CREATE VIEW vendor.progress AS
SELECT l.ulp, l.blth, l.rbm, count(DISTINCT l.idpel) AS customers,
       count(DISTINCT l.idpel) FILTER (WHERE d.read) AS read, max(d.read_on) AS last_on
FROM rbm_list l JOIN vendor.rbm r ON r.ulp = l.ulp AND r.rbm = l.rbm
LEFT JOIN LATERAL (
    SELECT bool_or(stand_kwh IS NOT NULL) AS read, max(read_on) AS read_on FROM reading
    WHERE ulp = l.ulp AND blth = l.blth AND idpel = l.idpel) d ON true
WHERE l.ulp = current_setting('rbmgeo.ulp', true)
GROUP BY l.ulp, l.blth, l.rbm;

-- Places of a unit, for operators that row security would keep from an index: each view looks to
-- the scope itself. Whoever owns the tables sees all of them, as in the tables.
CREATE SCHEMA near;

CREATE VIEW near.customer AS
SELECT ulp, idpel, public_id, active, tarif, daya_va, meter_number, geom, geom_3857 FROM customer
WHERE (current_setting('role') NOT IN ('rbmgeo_unit', 'rbmgeo_field', 'rbmgeo_vendor') OR ulp = current_setting('rbmgeo.ulp', true))
  AND (current_setting('role') <> 'rbmgeo_region' OR ulp = ANY(string_to_array(current_setting('rbmgeo.ulps', true), ',')))
  AND (current_setting('role') <> 'rbmgeo_vendor' OR idpel IN (SELECT idpel FROM vendor.member));

CREATE VIEW near.gardu AS
SELECT ulp, gardu, name, penyulang, rating_kva, geom, geom_3857 FROM gardu
WHERE current_setting('role') NOT IN ('rbmgeo_unit', 'rbmgeo_field', 'rbmgeo_vendor') OR ulp = current_setting('rbmgeo.ulp', true);

CREATE VIEW near.tiang AS
SELECT ulp, tiang, geom, geom_3857 FROM tiang
WHERE current_setting('role') NOT IN ('rbmgeo_unit', 'rbmgeo_field', 'rbmgeo_vendor') OR ulp = current_setting('rbmgeo.ulp', true);

CREATE VIEW near.street AS
SELECT ulp, street_id, highway, name, oneway, layer, bridge, tunnel, geom, geom_3857 FROM street
WHERE current_setting('role') NOT IN ('rbmgeo_unit', 'rbmgeo_field', 'rbmgeo_vendor') OR ulp = current_setting('rbmgeo.ulp', true);

CREATE VIEW near.jtr_span AS
SELECT ulp, span, gardu, jurusan, tiang_1, tiang_2, node_1, node_2, length_m, geom, geom_3857 FROM jtr_span
WHERE current_setting('role') NOT IN ('rbmgeo_unit', 'rbmgeo_field', 'rbmgeo_vendor') OR ulp = current_setting('rbmgeo.ulp', true);

-- What a unit may know of its neighbours: names of units, codes and places of gardu.
CREATE VIEW near.unit AS SELECT ulp, name FROM ulp;

CREATE VIEW near.foreign_gardu AS SELECT ulp, gardu, geom FROM gardu;

-- The unit of a scope; of the owner, who has none, the one that is asked for.
CREATE FUNCTION rbmgeo_unit_of(told text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN current_setting('role') IN ('rbmgeo_unit', 'rbmgeo_field', 'rbmgeo_vendor')
        THEN current_setting('rbmgeo.ulp', true) ELSE told END
$$;

-- Whether another unit has a customer too: asked of one number, which is on this unit's own list or
-- on a proposal to move between the two.
CREATE FUNCTION rbmgeo_elsewhere(of_unit text, number text)
RETURNS TABLE (public_id uuid, active boolean) LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT c.public_id, c.active FROM customer c
    WHERE c.ulp = of_unit AND c.idpel = number AND (
        current_setting('role') NOT IN ('rbmgeo_unit', 'rbmgeo_field', 'rbmgeo_vendor')
        OR EXISTS (SELECT FROM customer o WHERE o.ulp = current_setting('rbmgeo.ulp', true) AND o.idpel = number)
        OR EXISTS (SELECT FROM unit_move m WHERE m.idpel = number
                   AND current_setting('rbmgeo.ulp', true) IN (m.ulp, m.other_ulp)))
$$;

-- A part of a table that holds no row of any unit goes, so that a first load makes it anew.
CREATE FUNCTION drop_empty_part(of_table text, part text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    unit CONSTANT text := rbmgeo_unit_of(NULL);
    filled boolean;
BEGIN
    IF NOT (of_table = 'reading' AND part ~ '^reading_[0-9]{6}$'
            OR of_table IN ('customer', 'customer_point')
               AND part ~ ('^part_' || of_table || '_[0-9A-Za-z]{1,8}$')
               AND (unit IS NULL OR part = 'part_' || of_table || '_' || unit)) THEN
        RAISE EXCEPTION 'no part of a table that may go' USING ERRCODE = '42501';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass(quote_ident(part))
                   AND inhparent = to_regclass(of_table)) THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', part) INTO filled;
    IF filled THEN
        RETURN false;
    END IF;
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', of_table, part);
    EXECUTE format('DROP TABLE %I', part);
    RETURN true;
END $$;
