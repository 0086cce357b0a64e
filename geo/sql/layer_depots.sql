-- Depots (救灾物资储备库) with what they hold.
-- Index: depots_geom, depots_pkey, depot_stock_pkey.
SELECT id, name, area, level, state, floor_area_m2,
    (
        SELECT json_agg(
            json_build_object('item', item, 'quantity', quantity, 'unit', unit,
                'holder', holder, 'form', form) ORDER BY item, holder, form)
        FROM depot_stock WHERE depot = depots.id
    ) AS stock,
    position_error_m, synthetic, source, updated_at, geom
FROM depots
