-- Counties and townships inside the event's area with the figures that count. A figure that nobody
-- reported is null; an area that reported nothing at all comes too, with reported = false.
-- Parameters: event, true_at (null: now). Figures are floats, which tiles know as numbers.
-- Index: loss_figures_newest (through area_figures), admin_areas_prefix, loss_reports_event.
SELECT a.code AS id, a.code AS area, a.name, a.level, a.parent, a.population,
    f.area IS NOT NULL OR EXISTS (
        SELECT 1 FROM loss_reports AS r
        WHERE r.event = e.id AND r.area = a.code
            AND r.as_of <= coalesce(%(true_at)s::timestamptz, 'infinity')
    ) AS reported,
    CASE
        WHEN f.dead IS NOT NULL OR f.missing IS NOT NULL
            THEN coalesce(f.dead, 0) + coalesce(f.missing, 0)
    END AS dead_missing,
    f.dead, f.missing, f.injured, f.seriously_injured, f.affected, f.relocated, f.relocated_now,
    f.in_need, f.in_need_now, f.collapsed_rooms, f.collapsed_households, f.severely_damaged_rooms,
    f.severely_damaged_households, f.slightly_damaged_rooms, f.slightly_damaged_households,
    f.drought_needing_aid, f.drought_needing_government_aid, f.direct_economic_loss_10k_cny,
    f.as_of,
    (ARRAY['initial', 'follow_up', 'verified', 'final'])[f.stage_rank + 1] AS stage,
    e.id AS event, e.name AS event_name, e.exercise, e.demo AS synthetic,
    'loss reports' AS source, a.geom
FROM events AS e
JOIN admin_areas AS a
    ON a.level IN ('county', 'township') AND a.code LIKE e.area || '%%'
LEFT JOIN (
    SELECT area, max(as_of) AS as_of, min(stage_rank) AS stage_rank,
        max(value::float8) FILTER (WHERE indicator = 'dead') AS dead,
        max(value::float8) FILTER (WHERE indicator = 'missing') AS missing,
        max(value::float8) FILTER (WHERE indicator = 'injured') AS injured,
        max(value::float8) FILTER (WHERE indicator = 'seriously_injured') AS seriously_injured,
        max(value::float8) FILTER (WHERE indicator = 'affected') AS affected,
        max(value::float8) FILTER (WHERE indicator = 'relocated') AS relocated,
        max(value::float8) FILTER (WHERE indicator = 'relocated_now') AS relocated_now,
        max(value::float8) FILTER (WHERE indicator = 'in_need') AS in_need,
        max(value::float8) FILTER (WHERE indicator = 'in_need_now') AS in_need_now,
        max(value::float8) FILTER (WHERE indicator = 'collapsed_rooms') AS collapsed_rooms,
        max(value::float8) FILTER (WHERE indicator = 'collapsed_households') AS collapsed_households,
        max(value::float8) FILTER (WHERE indicator = 'severely_damaged_rooms')
            AS severely_damaged_rooms,
        max(value::float8) FILTER (WHERE indicator = 'severely_damaged_households')
            AS severely_damaged_households,
        max(value::float8) FILTER (WHERE indicator = 'slightly_damaged_rooms')
            AS slightly_damaged_rooms,
        max(value::float8) FILTER (WHERE indicator = 'slightly_damaged_households')
            AS slightly_damaged_households,
        max(value::float8) FILTER (WHERE indicator = 'drought_needing_aid') AS drought_needing_aid,
        max(value::float8) FILTER (WHERE indicator = 'drought_needing_government_aid')
            AS drought_needing_government_aid,
        max(value::float8) FILTER (WHERE indicator = 'direct_economic_loss_10k_cny')
            AS direct_economic_loss_10k_cny
    FROM area_figures(%(event)s, %(true_at)s::timestamptz, NULL)
    GROUP BY area
) AS f ON f.area = a.code
WHERE e.id = %(event)s
