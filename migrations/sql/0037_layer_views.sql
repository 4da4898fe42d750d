-- One view a layer of the map, for whoever draws it with a program of their own: QGIS, ArcGIS, SQL.
-- Every view has ulp, id (text, unique in the unit), geom (EPSG:4326) and
-- geom_3857 (with an index on the table below it). Read them with the unit's code:
--     SELECT * FROM gis.customer WHERE ulp = '51354' AND rbm = 'R001';
CREATE SCHEMA gis;

CREATE VIEW gis.customer AS
SELECT c.ulp, c.public_id::text AS id, c.public_id, c.idpel, c.active, c.jenis_layanan, c.tarif,
       c.daya_va::float8 AS daya_va, c.meter_number, l.rbm, l.urut, l.sisipan, l.hari_baca,
       p.gardu, p.jurusan, COALESCE(p.tiang, c.tiang) AS tiang, m.match, f.kind, f.p,
       f.proposed_gardu, c.coordinate_quality, c.geom, c.geom_3857
FROM customer c
LEFT JOIN LATERAL (
    SELECT rbm, urut, sisipan, hari_baca FROM rbm_list
    WHERE ulp = c.ulp AND idpel = c.idpel
      AND blth = (SELECT max(blth) FROM rbm_list newest WHERE newest.ulp = c.ulp)
    ORDER BY rbm IS NULL, line LIMIT 1
) l ON true
LEFT JOIN LATERAL (
    SELECT gardu, jurusan, tiang FROM pdpj
    WHERE ulp = c.ulp AND idpel = c.idpel AND valid_to IS NULL AND active
    ORDER BY gardu IS NULL, line LIMIT 1
) p ON true
LEFT JOIN match_row m ON m.ulp = c.ulp AND m.idpel = c.idpel
LEFT JOIN finding f ON f.ulp = c.ulp AND f.idpel = c.idpel;

CREATE VIEW gis.gardu AS
SELECT g.ulp, g.gardu AS id, g.name, g.penyulang, g.rating_kva::float8 AS rating_kva,
       g.without_master,
       (SELECT count(DISTINCT idpel) FROM pdpj WHERE ulp = g.ulp AND gardu = g.gardu
        AND valid_to IS NULL AND active) AS customers, g.geom, g.geom_3857
FROM gardu g;

CREATE VIEW gis.tiang AS
SELECT ulp, tiang AS id, geom, geom_3857 FROM tiang;

CREATE VIEW gis.jtr AS
SELECT ulp, span AS id, gardu, jurusan, tiang_1, tiang_2, length_m, geom, geom_3857
FROM jtr_span;

CREATE VIEW gis.street AS
SELECT ulp, street_id::text AS id, street_id, highway, name, oneway, layer, bridge, tunnel, geom,
       geom_3857
FROM street;

-- The walk of every RBM of the newest list, from house to house as the crow flies.
CREATE VIEW gis.rbm AS
SELECT l.ulp, l.rbm AS id, min(l.hari_baca) AS hari_baca, min(l.officer) AS officer,
       count(DISTINCT l.idpel) AS customers, count(c.geom) AS with_position,
       ST_MakeLine(c.geom ORDER BY l.urut, l.sisipan, l.idpel) AS geom,
       ST_MakeLine(c.geom_3857 ORDER BY l.urut, l.sisipan, l.idpel) AS geom_3857
FROM rbm_list l
LEFT JOIN customer c ON c.ulp = l.ulp AND c.idpel = l.idpel
WHERE l.rbm IS NOT NULL
  AND l.blth = (SELECT max(blth) FROM rbm_list newest WHERE newest.ulp = l.ulp)
GROUP BY l.ulp, l.rbm;
