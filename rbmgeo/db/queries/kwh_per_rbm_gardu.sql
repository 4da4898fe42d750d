-- One row per rbm and gardu of one month, out of `told`.
SELECT COALESCE(rbm, 'tanpa RBM') AS rbm, COALESCE(gardu, 'tanpa gardu') AS gardu,
    count(*) FILTER (WHERE main) AS customers,
    count(*) FILTER (WHERE main AND NOT prepaid AND kwh IS NOT NULL) AS read,
    count(*) FILTER (WHERE main AND NOT prepaid AND kwh IS NULL) AS unread,
    count(*) FILTER (WHERE main AND prepaid) AS prepaid,
    count(*) FILTER (WHERE main AND daya_va IS NULL) AS without_daya,
    count(*) FILTER (WHERE main AND kwh = 0) AS zero_kwh,
    count(*) FILTER (WHERE main AND NOT prepaid AND kwh > 0 AND daya_va > 0 AND kwh * 1000 < 40 * daya_va) AS under_40_hours,
    count(*) FILTER (WHERE main AND NOT prepaid AND daya_va > 0 AND kwh * 1000 > 720 * daya_va) AS over_720_hours,
    COALESCE(sum(kwh), 0) AS kwh,
    COALESCE(sum(active_kwh), 0) AS active_kwh,
    COALESCE(sum(token_kwh), 0) AS token_kwh,
    COALESCE(sum(daya_va) FILTER (WHERE main), 0) AS daya_va,
    COALESCE(sum(daya_va) FILTER (WHERE main AND (kwh IS NOT NULL OR token_kwh IS NOT NULL)), 0) AS known_va,
    COALESCE(sum(COALESCE(kwh, 0) + COALESCE(token_kwh, 0)) FILTER (WHERE main AND daya_va IS NOT NULL), 0) AS known_kwh
FROM told
GROUP BY 1, 2
ORDER BY 1, 2
