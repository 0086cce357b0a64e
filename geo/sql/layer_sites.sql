-- Sites chosen for settlements, shelters or depots: of the job asked for, else of the newest job of
-- the event (or of one that belongs to no event). Made by the time of both clocks.
-- Parameters: event, job, as_of, known_at.
-- Index: sites_job, sites_geom.
SELECT lpad(s.id::text, 12, '0') AS id, s.rank, s.candidate, s.purpose, s.ground_area_m2,
    s.serves_people, s.survey_required, s.engineering_required, s.nearest, s.job, s.event,
    s.created_at, coalesce(e.demo, false) AS synthetic, 'siting' AS source, s.geom
FROM sites AS s
LEFT JOIN events AS e ON e.id = s.event
WHERE s.job = coalesce(%(job)s, (
    SELECT job FROM sites
    WHERE (event IS NULL OR event = %(event)s) AND created_at <= coalesce(
        least(%(as_of)s::timestamptz, %(known_at)s::timestamptz), 'infinity')
    ORDER BY sites.id DESC LIMIT 1
))
AND s.created_at <= coalesce(least(%(as_of)s::timestamptz, %(known_at)s::timestamptz), 'infinity')
