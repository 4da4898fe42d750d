-- How a customer is drawn, as rbmgeo.maps.layers names it; numbered as its STATE_NAMES.
CREATE FUNCTION rbmgeo_map_state(
    match text, kind text, p double precision, finding_limit double precision
) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN kind <> 'ok' AND p >= finding_limit THEN 1
        WHEN match IN ('cocok', 'selaras', 'tidak_dibaca_vendor') THEN 0
        WHEN match = 'beda_gardu' THEN 1
        WHEN match = 'perlu_survei' THEN 2
        WHEN match = 'hanya_rbm' THEN 3
        WHEN match = 'hanya_pdpj' THEN 4
        WHEN match = 'ganda' THEN 5
        ELSE 6
    END
$$;

-- Write a unit's map: its placed customers tile by tile (zoom 16), and how many lie in the cells
-- of every coarser zoom: 16 x 16 cells make a tile. Each zoom adds up the finer one, so that all
-- of them come to the same sum. Cells lie at the middle of their customers (EPSG:3857).
CREATE FUNCTION rbmgeo_map(unit text, finding_limit double precision)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    half CONSTANT double precision := 20037508.342789244;
    tile CONSTANT double precision := 2 * half / 2 ^ 16;
    -- What lies so near to an edge is drawn over it.
    margin CONSTANT double precision := tile * 64 / 4096;
BEGIN
    DELETE FROM map_point WHERE ulp = unit;
    DELETE FROM map_cell WHERE ulp = unit;
    INSERT INTO map_point (ulp, x, y, edge, id, east, north, s, r)
    SELECT unit, floor((ST_X(c.geom_3857) + half) / tile), floor((half - ST_Y(c.geom_3857)) / tile),
           false, ('x' || left(replace(c.public_id::text, '-', ''), 13))::bit(52)::bigint,
           ST_X(c.geom_3857), ST_Y(c.geom_3857),
           rbmgeo_map_state(m.match, f.kind, f.p, finding_limit),
           (hashtext(m.rbm) & 2147483647) % 8 + 1
    FROM customer c
    LEFT JOIN match_row m ON m.ulp = c.ulp AND m.idpel = c.idpel
    LEFT JOIN finding f ON f.ulp = c.ulp AND f.idpel = c.idpel
    WHERE c.ulp = unit AND c.geom_3857 IS NOT NULL
    ORDER BY 2, 3, c.public_id;
    INSERT INTO map_point (ulp, x, y, edge, id, east, north, s, r)
    SELECT ulp, x + dx, y + dy, true, id, east, north, s, r
    FROM map_point, (VALUES (-1), (0), (1)) AS across (dx), (VALUES (-1), (0), (1)) AS down (dy)
    WHERE ulp = unit AND (dx <> 0 OR dy <> 0)
      AND (dx = 0 OR (dx < 0 AND east + half - x * tile < margin)
           OR (dx > 0 AND (x + 1) * tile - east - half < margin))
      AND (dy = 0 OR (dy < 0 AND half - north - y * tile < margin)
           OR (dy > 0 AND (y + 1) * tile - half + north < margin));
    INSERT INTO map_cell (ulp, zoom, x, y, east, north, counts)
    SELECT unit, 15, cell_x, cell_y, avg(east), avg(north),
           ARRAY[count(*) FILTER (WHERE s = 0), count(*) FILTER (WHERE s = 1),
                 count(*) FILTER (WHERE s = 2), count(*) FILTER (WHERE s = 3),
                 count(*) FILTER (WHERE s = 4), count(*) FILTER (WHERE s = 5),
                 count(*) FILTER (WHERE s = 6)]
    FROM (
        SELECT floor((east + half) / tile * 8)::integer AS cell_x,
               floor((half - north) / tile * 8)::integer AS cell_y, east, north, s
        FROM map_point WHERE ulp = unit AND NOT edge
    ) AS placed
    GROUP BY cell_x, cell_y;
    FOR finer IN REVERSE 15..1 LOOP
        INSERT INTO map_cell (ulp, zoom, x, y, east, north, counts)
        SELECT unit, finer - 1, x >> 1, y >> 1,
               sum(east * n) / sum(n), sum(north * n) / sum(n),
               ARRAY[sum(counts[1]), sum(counts[2]), sum(counts[3]), sum(counts[4]),
                     sum(counts[5]), sum(counts[6]), sum(counts[7])]::integer[]
        FROM (
            SELECT *, counts[1] + counts[2] + counts[3] + counts[4] + counts[5] + counts[6]
                      + counts[7] AS n
            FROM map_cell WHERE ulp = unit AND zoom = finer
        ) AS counted
        GROUP BY x >> 1, y >> 1;
    END LOOP;
END
$$;

-- One vector tile of one unit. query: {"ulp": code}; customers are those that rbmgeo_map wrote.
-- Layers: street and jtr (lines), gardu (code), below zoom 16 cell (counts by state), from
-- zoom 16 on customer: its id is the first 52 bits of the public id, s its state, r a colour
-- for its RBM. No name, address or idpel is ever in a tile. A tile with more than 4,000
-- customers is counted in cells as well: what is drawn is added up, never left out.
CREATE FUNCTION rbmgeo_tile(z integer, x integer, y integer, query json)
RETURNS bytea LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    unit CONSTANT text := query ->> 'ulp';
    bounds CONSTANT geometry := ST_TileEnvelope(z, x, y);
    -- What lies just outside is drawn over the edge.
    around CONSTANT geometry := ST_TileEnvelope(z, x, y, margin => 64.0 / 4096);
    roads CONSTANT text[] := CASE
        WHEN z < 10 THEN ARRAY['motorway', 'trunk']
        WHEN z < 12 THEN ARRAY['motorway', 'trunk', 'primary']
        WHEN z < 14 THEN ARRAY['motorway', 'trunk', 'primary', 'secondary', 'tertiary']
    END;
    tile bytea := '';
    layer bytea;
    many bigint;
BEGIN
    SELECT ST_AsMVT(t, 'street', 4096, 'geom') INTO layer FROM (
        SELECT grade AS k, ST_AsMVTGeom(ST_Collect(geom_3857), bounds, 4096, 64, true) AS geom
        FROM (
            SELECT CASE WHEN highway IN ('motorway', 'trunk', 'primary', 'secondary') THEN 2
                        WHEN highway IN ('tertiary', 'unclassified') THEN 1 ELSE 0 END AS grade,
                   geom_3857
            FROM street
            WHERE ulp = unit AND geom_3857 && around AND (roads IS NULL OR highway = ANY (roads))
        ) AS graded
        GROUP BY grade ORDER BY grade
    ) AS t WHERE geom IS NOT NULL;
    tile := tile || COALESCE(layer, '');
    IF z >= 15 THEN
        SELECT ST_AsMVT(t, 'jtr', 4096, 'geom') INTO layer FROM (
            SELECT ST_AsMVTGeom(ST_Collect(geom_3857), bounds, 4096, 64, true) AS geom
            FROM jtr_span WHERE ulp = unit AND geom_3857 && around
        ) AS t WHERE geom IS NOT NULL;
        tile := tile || COALESCE(layer, '');
    END IF;
    IF z >= 13 THEN
        SELECT ST_AsMVT(t, 'gardu', 4096, 'geom') INTO layer FROM (
            SELECT gardu AS c, ST_AsMVTGeom(geom_3857, bounds, 4096, 64, true) AS geom
            FROM gardu WHERE ulp = unit AND geom_3857 && around ORDER BY gardu
        ) AS t WHERE geom IS NOT NULL;
        tile := tile || COALESCE(layer, '');
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
    SELECT ST_AsMVT(t, 'customer', 4096, 'geom', 'id'), count(*) INTO layer, many FROM (
        SELECT p.id, p.s, p.r, ST_AsMVTGeom(ST_Point(p.east, p.north, 3857), bounds, 4096, 64, true) AS geom
        FROM map_point p
        WHERE p.ulp = unit AND p.x = rbmgeo_tile.x >> (z - 16) AND p.y = rbmgeo_tile.y >> (z - 16)
          AND p.east BETWEEN ST_XMin(around) AND ST_XMax(around)
          AND p.north BETWEEN ST_YMin(around) AND ST_YMax(around)
    ) AS t WHERE geom IS NOT NULL;
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
COMMENT ON FUNCTION rbmgeo_tile IS 'vector tile of one unit: query {"ulp": code}';
