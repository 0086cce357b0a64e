-- Counties and townships inside the event's area with the figures that count: now those that stand,
-- at a past moment those that counted then. A figure that nobody reported is null; an area that
-- reported nothing at all comes too, with reported = false.
-- Parameters: event, now (whether it is about now), as_of, known_at. Figures are floats, which tiles
-- know as numbers. Names and populations are those known then, outlines those of today.
-- Index: standing_areas_pkey for now, loss_figures_newest (through area_figures) for a past moment,
-- admin_areas_geom, loss_reports_event.
SELECT a.code AS id, a.code AS area, coalesce(was.name, a.name) AS name, a.level, a.parent,
    CASE WHEN was.code IS NULL THEN a.population ELSE was.population END AS population,
    counted.stage_rank IS NOT NULL OR EXISTS (
        SELECT 1 FROM loss_reports AS r
        WHERE r.event = e.id AND r.area = a.code
            AND r.as_of <= coalesce(%(as_of)s::timestamptz, 'infinity')
            AND r.recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
    ) AS reported,
    CASE
        WHEN counted.figures ?| ARRAY['dead', 'missing']
            THEN coalesce((counted.figures -> 'dead')::float8, 0)
                + coalesce((counted.figures -> 'missing')::float8, 0)
    END AS dead_missing,
    (counted.figures -> 'dead')::float8 AS dead,
    (counted.figures -> 'missing')::float8 AS missing,
    (counted.figures -> 'injured')::float8 AS injured,
    (counted.figures -> 'seriously_injured')::float8 AS seriously_injured,
    (counted.figures -> 'affected')::float8 AS affected,
    (counted.figures -> 'relocated')::float8 AS relocated,
    (counted.figures -> 'relocated_now')::float8 AS relocated_now,
    (counted.figures -> 'in_need')::float8 AS in_need,
    (counted.figures -> 'in_need_now')::float8 AS in_need_now,
    (counted.figures -> 'collapsed_rooms')::float8 AS collapsed_rooms,
    (counted.figures -> 'collapsed_households')::float8 AS collapsed_households,
    (counted.figures -> 'severely_damaged_rooms')::float8 AS severely_damaged_rooms,
    (counted.figures -> 'severely_damaged_households')::float8 AS severely_damaged_households,
    (counted.figures -> 'slightly_damaged_rooms')::float8 AS slightly_damaged_rooms,
    (counted.figures -> 'slightly_damaged_households')::float8 AS slightly_damaged_households,
    (counted.figures -> 'drought_needing_aid')::float8 AS drought_needing_aid,
    (counted.figures -> 'drought_needing_government_aid')::float8 AS drought_needing_government_aid,
    (counted.figures -> 'direct_economic_loss_10k_cny')::float8 AS direct_economic_loss_10k_cny,
    counted.as_of,
    (ARRAY['initial', 'follow_up', 'verified', 'final'])[counted.stage_rank + 1] AS stage,
    e.id AS event, e.name AS event_name, e.exercise, e.demo AS synthetic,
    'loss reports' AS source, a.geom, a.far_geom
FROM events AS e
JOIN admin_areas AS a
    ON a.level IN ('county', 'township') AND a.code LIKE e.area || '%%'
LEFT JOIN former_divisions(%(known_at)s::timestamptz) AS was ON was.code = a.code
LEFT JOIN standing_areas AS stands
    ON %(now)s::boolean AND stands.event = e.id AND stands.area = a.code
LEFT JOIN (
    SELECT area, jsonb_object_agg(indicator, value) AS figures, max(as_of) AS as_of,
        min(stage_rank) AS stage_rank
    FROM area_figures(%(event)s, %(as_of)s::timestamptz, %(known_at)s::timestamptz)
    WHERE NOT %(now)s::boolean
    GROUP BY area
) AS stood ON stood.area = a.code
CROSS JOIN LATERAL (
    SELECT coalesce(stands.figures, stood.figures) AS figures,
        coalesce(stands.as_of, stood.as_of) AS as_of,
        coalesce(stands.stage_rank, stood.stage_rank) AS stage_rank
) AS counted
WHERE e.id = %(event)s
