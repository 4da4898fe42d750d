-- Table `told`: one row per customer and line of one month. A reading belongs to the PDPJ record of its own line
-- in force at the month's end (else its first one); contradicting records assign nothing.
WITH record AS (
    SELECT DISTINCT ON (idpel, line) idpel, line, CASE WHEN conflict THEN NULL ELSE gardu END AS gardu
    FROM pdpj
    WHERE ulp = :ulp /* whose */
    ORDER BY idpel, line,
        (valid_from <= CAST(:month_end AS date)
         AND (valid_to IS NULL OR valid_to > CAST(:month_end AS date))) DESC, valid_from
), place AS (
    SELECT idpel, CASE WHEN count(DISTINCT rbm) = 1 THEN min(rbm) END AS rbm
    FROM (
        SELECT idpel, rbm FROM rbm_member WHERE ulp = :ulp AND version_id = :version_id /* whose */
        UNION ALL
        SELECT idpel, rbm FROM rbm_list
        WHERE ulp = :ulp AND blth = :list_blth AND CAST(:version_id AS bigint) IS NULL /* whose */
    ) AS listed
    GROUP BY idpel
), used AS (
    SELECT idpel, line,
        sum(kwh) FILTER (WHERE source <> 'token') AS kwh,
        sum(kwh) FILTER (WHERE source <> 'token' AND active) AS active_kwh,
        sum(kwh) FILTER (WHERE source = 'token') AS token_kwh
    FROM reading
    WHERE ulp = :ulp AND blth = :blth AND NOT (source = ANY(:left_out)) /* whose */
    GROUP BY idpel, line
), everyone AS (
    SELECT idpel, '' AS line FROM customer WHERE ulp = :ulp AND active /* whose */
    UNION
    SELECT idpel, line FROM used
), first_record AS (
    SELECT DISTINCT ON (idpel) idpel, gardu FROM record ORDER BY idpel, line
), told AS (
    SELECT e.idpel, e.line, u.kwh, u.active_kwh, u.token_kwh, c.daya_va, p.rbm,
        -- A customer is counted once, by its first line (the main one if it is active).
        row_number() OVER (PARTITION BY e.idpel ORDER BY e.line) = 1 AS main,
        COALESCE(c.jenis_layanan, 'pasca') = 'pra' AS prepaid,
        CASE WHEN own.idpel IS NOT NULL THEN own.gardu ELSE first_record.gardu END AS gardu
    FROM everyone e
    LEFT JOIN used u USING (idpel, line)
    LEFT JOIN customer c ON c.ulp = :ulp AND c.idpel = e.idpel
    LEFT JOIN place p ON p.idpel = e.idpel
    LEFT JOIN record own ON own.idpel = e.idpel AND own.line = e.line
    LEFT JOIN first_record ON first_record.idpel = e.idpel
)
