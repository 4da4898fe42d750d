-- Streets of a unit that touch a box (EPSG:3857), as much of them as a zoom shows: grade 2 main,
-- 1 middle, 0 the others. Each zoom names its classes itself, so that the index of through roads
-- serves: seen from afar, a tile would look at every street of the unit.
CREATE FUNCTION rbmgeo_streets(unit text, z integer, around geometry)
RETURNS TABLE (grade integer, line geometry) LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 500 AS $$
BEGIN
    IF z < 10 THEN
        RETURN QUERY SELECT 2, s.geom_3857 FROM street s
        WHERE s.ulp = unit AND s.geom_3857 && around AND s.highway IN ('motorway', 'trunk');
    ELSIF z < 12 THEN
        RETURN QUERY SELECT 2, s.geom_3857 FROM street s
        WHERE s.ulp = unit AND s.geom_3857 && around AND s.highway IN ('motorway', 'trunk', 'primary');
    ELSIF z < 14 THEN
        RETURN QUERY SELECT CASE s.highway WHEN 'tertiary' THEN 1 ELSE 2 END, s.geom_3857 FROM street s
        WHERE s.ulp = unit AND s.geom_3857 && around
          AND s.highway IN ('motorway', 'trunk', 'primary', 'secondary', 'tertiary');
    ELSE
        RETURN QUERY SELECT CASE
            WHEN s.highway IN ('motorway', 'trunk', 'primary', 'secondary') THEN 2
            WHEN s.highway IN ('tertiary', 'unclassified') THEN 1 ELSE 0 END, s.geom_3857
        FROM street s WHERE s.ulp = unit AND s.geom_3857 && around;
    END IF;
END
$$;

-- One vector tile of one unit. query: {"ulp": code}, and "layers": ["street", "jtr", "gardu",
-- "customer"] where not all of them are wanted; customers are those that rbmgeo_map wrote.
-- Layers: street and jtr (lines), gardu (code), below zoom 16 cell (counts by state), from
-- zoom 16 on customer: its id is the first 52 bits of the public id, s its state, r a colour
-- for its RBM. No name, address or idpel is ever in a tile. A tile with more than 4,000
-- customers is counted in cells as well: what is drawn is added up, never left out.
CREATE OR REPLACE FUNCTION rbmgeo_tile(z integer, x integer, y integer, query json)
RETURNS bytea LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    unit CONSTANT text := query ->> 'ulp';
    bounds CONSTANT geometry := ST_TileEnvelope(z, x, y);
    -- What lies just outside is drawn over the edge.
    around CONSTANT geometry := ST_TileEnvelope(z, x, y, margin => 64.0 / 4096);
    tile_west CONSTANT double precision := ST_XMin(bounds);
    tile_north CONSTANT double precision := ST_YMax(bounds);
    -- Steps of the tile's grid in a unit of EPSG:3857.
    per CONSTANT double precision := 4096 / (ST_XMax(bounds) - ST_XMin(bounds));
    wanted CONSTANT text[] := CASE WHEN query -> 'layers' IS NULL THEN ARRAY['street', 'jtr', 'gardu', 'customer']
        ELSE ARRAY(SELECT json_array_elements_text(query -> 'layers')) END;
    tile bytea := '';
    layer bytea;
    many bigint;
BEGIN
    IF 'street' = ANY (wanted) THEN
        SELECT ST_AsMVT(t, 'street', 4096, 'geom') INTO layer FROM (
            SELECT grade AS k, ST_AsMVTGeom(ST_Collect(line), bounds, 4096, 64, true) AS geom
            FROM rbmgeo_streets(unit, z, around)
            GROUP BY grade ORDER BY grade
        ) AS t WHERE geom IS NOT NULL;
        tile := tile || COALESCE(layer, '');
    END IF;
    IF z >= 15 AND 'jtr' = ANY (wanted) THEN
        SELECT ST_AsMVT(t, 'jtr', 4096, 'geom') INTO layer FROM (
            -- Spans are short: cutting them at the edge costs more than what lies over it.
            SELECT ST_AsMVTGeom(ST_Collect(geom_3857), bounds, 4096, 64, false) AS geom
            FROM jtr_span WHERE ulp = unit AND geom_3857 && around
        ) AS t WHERE geom IS NOT NULL;
        tile := tile || COALESCE(layer, '');
    END IF;
    IF z >= 13 AND 'gardu' = ANY (wanted) THEN
        SELECT ST_AsMVT(t, 'gardu', 4096, 'geom') INTO layer FROM (
            SELECT gardu AS c, ST_AsMVTGeom(geom_3857, bounds, 4096, 64, true) AS geom
            FROM gardu WHERE ulp = unit AND geom_3857 && around ORDER BY gardu
        ) AS t WHERE geom IS NOT NULL;
        tile := tile || COALESCE(layer, '');
    END IF;
    IF NOT 'customer' = ANY (wanted) THEN
        RETURN tile;
    END IF;
    IF z < 16 THEN
        SELECT ST_AsMVT(t, 'cell', 4096, 'geom') INTO layer FROM (
            SELECT NULLIF(counts[1], 0) AS s0, NULLIF(counts[2], 0) AS s1,
                   NULLIF(counts[3], 0) AS s2, NULLIF(counts[4], 0) AS s3,
                   NULLIF(counts[5], 0) AS s4, NULLIF(counts[6], 0) AS s5,
                   NULLIF(counts[7], 0) AS s6,
                   ST_AsMVTGeom(ST_Point(east, north, 3857), bounds, 4096, 64, false) AS geom
            FROM map_cell c
            WHERE c.ulp = unit AND c.zoom = z AND c.x BETWEEN rbmgeo_tile.x * 16 AND rbmgeo_tile.x * 16 + 15
              AND c.y BETWEEN rbmgeo_tile.y * 16 AND rbmgeo_tile.y * 16 + 15
            ORDER BY c.x, c.y
        ) AS t;
        RETURN tile || COALESCE(layer, '');
    END IF;
    -- A point needs no clipping and no check: it is put on the tile's grid at once.
    SELECT ST_AsMVT(t, 'customer', 4096, 'geom', 'id'), count(*) INTO layer, many FROM (
        SELECT p.id, p.s, p.r, ST_Point(round((p.east - tile_west) * per), round((tile_north - p.north) * per)) AS geom
        FROM map_point p
        WHERE p.ulp = unit AND p.x = rbmgeo_tile.x >> (z - 16) AND p.y = rbmgeo_tile.y >> (z - 16)
          AND p.east BETWEEN tile_west - 64 / per AND tile_west + (4096 + 64) / per
          AND p.north BETWEEN tile_north - (4096 + 64) / per AND tile_north + 64 / per
    ) AS t;
    IF many > 4000 AND z < 20 THEN
        SELECT ST_AsMVT(t, 'cell', 4096, 'geom') INTO layer FROM (
            SELECT NULLIF(count(*) FILTER (WHERE p.s = 0), 0) AS s0,
                   NULLIF(count(*) FILTER (WHERE p.s = 1), 0) AS s1,
                   NULLIF(count(*) FILTER (WHERE p.s = 2), 0) AS s2,
                   NULLIF(count(*) FILTER (WHERE p.s = 3), 0) AS s3,
                   NULLIF(count(*) FILTER (WHERE p.s = 4), 0) AS s4,
                   NULLIF(count(*) FILTER (WHERE p.s = 5), 0) AS s5,
                   NULLIF(count(*) FILTER (WHERE p.s = 6), 0) AS s6,
                   ST_AsMVTGeom(ST_Point(avg(p.east), avg(p.north), 3857), bounds, 4096, 64, false) AS geom
            FROM map_point p
            WHERE p.ulp = unit AND p.x = rbmgeo_tile.x >> (z - 16)
              AND p.y = rbmgeo_tile.y >> (z - 16) AND NOT p.edge
              -- Whoever lies on an edge is in one tile only.
              AND p.east >= ST_XMin(bounds) AND p.east < ST_XMax(bounds)
              AND p.north > ST_YMin(bounds) AND p.north <= ST_YMax(bounds)
            GROUP BY floor((p.east - ST_XMin(bounds)) / (ST_XMax(bounds) - ST_XMin(bounds)) * 16),
                     floor((ST_YMax(bounds) - p.north) / (ST_XMax(bounds) - ST_XMin(bounds)) * 16)
            ORDER BY min(p.east), min(p.north)
        ) AS t;
    END IF;
    RETURN tile || COALESCE(layer, '');
END
$$;
COMMENT ON FUNCTION rbmgeo_tile IS 'vector tile of one unit: query {"ulp": code, "layers": [names]}';
