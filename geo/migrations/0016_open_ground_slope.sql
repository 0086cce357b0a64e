-- How steep open ground is, where a survey or a terrain model says so: shelters want flat ground.

ALTER TABLE open_ground ADD COLUMN slope_percent double precision
    CHECK (slope_percent >= 0 AND slope_percent < 'Infinity');
