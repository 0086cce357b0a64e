"""Every table of the store, for SQLAlchemy Core to write plain statements with.

Only geo/migrations changes the schema; tests/geo/test_tables.py holds this file against it. Names
carry no schema: each connection's search path does (`geo.database.connection_options`).
"""

from __future__ import annotations

from geo import field_tables
from geo.table_notation import METADATA, SRID, register, table

__all__ = ["METADATA", "SRID", "field_tables"]

schema_migrations = table(
    "schema_migrations", "number! integer, name text, sha256 text, applied_at instant"
)
admin_areas = table(
    "admin_areas",
    "code! text, level text, parent? text, name text, kind? text, population? integer, "
    "households? integer, agricultural_population? integer, population_year? smallint, "
    "seat? point, geom? polygons, far_geom? polygons, seat_synthetic boolean, "
    "synthetic boolean, source text",
)

# ── Registers ────────────────────────────────────────────────────────────────────────────────
shelters = register(
    "shelters",
    "point",
    "name text, area? text, level text, kind text, capacity integer, occupancy integer, "
    "ground_area_m2? double, service_radius_m? double, facilities text[], state text",
)
depots = register(
    "depots", "point", "name text, area? text, level text, floor_area_m2? double, state text"
)
depot_stock = table(
    "depot_stock",
    "depot! text, item! text, holder! text, form! text, quantity integer, unit text",
)
hazard_points = register(
    "hazard_points",
    "point",
    "name text, area? text, kind text, grade? text, threatened_people? integer, state text",
)
risk_zones = register("risk_zones", "polygons", "name text, kind text, grade text")
faults = register("faults", "lines", "name? text, slip_type? text, activity? text, catalogue? text")
flood_areas = register("flood_areas", "polygons", "name text, return_period_years? integer")
open_ground = register(
    "open_ground",
    "polygons",
    "name text, area? text, kind text, ground_area_m2 double, slope_percent? double",
)
roads = register(
    "roads",
    "lines",
    "name? text, class text, oneway text, vehicle_kmh? double, walking_kmh? double",
)
teams = register(
    "teams",
    "point",
    "name text, kind text, area? text, people? integer, skills text[], contact? text, "
    "telephone? text, state text, event? text, task? text, task_report? uuid, task_geom? point, "
    "task_at? instant",
)
team_positions = table(
    "team_positions",
    "team! text, at! instant, received_at instant, geom point, accuracy_m? double, token? bigint",
)

# ── Households: personal data ────────────────────────────────────────────────────────────────
households = register(
    "households",
    "point",
    "area? text, head_name? text, address? text, telephone? text, persons integer, "
    "key_groups text[]",
)
persons = table(
    "persons",
    "id! text, household text, name? text, sex? text, birth_year? smallint, id_number? text, "
    "key_groups text[], synthetic boolean",
)

# ── Identity ─────────────────────────────────────────────────────────────────────────────────
tokens = table(
    "tokens",
    "id identity, secret_sha256 bytea, prefix text, kind text, label text, role text, "
    "admin_area text, authority? text, department? text, parent? bigint, created_at instant, "
    "expires_at? instant, revoked_at? instant",
)
audit = table(
    "audit",
    "id identity, at instant, token? bigint, action text, subject text, detail jsonb, "
    "previous_sha256? bytea, sha256 bytea",
)
idempotency_keys = table(
    "idempotency_keys",
    "token! bigint, key! text, request_sha256 bytea, status smallint, answer jsonb, "
    "created_at instant",
)

# ── Events and figures ───────────────────────────────────────────────────────────────────────
events = table(
    "events",
    "id! text, hazard text, name text, occurred_at instant, plan text, area text, "
    "magnitude? double, depth_km? double, strike_deg? double, epicentre? point, "
    "exercise boolean, demo boolean, state text, major boolean, created_by? bigint, "
    "created_at instant, release text, plan_digest? text",
)
intensity_zones = table(
    "intensity_zones", "event! text, intensity! smallint, method text, geom polygons"
)
event_changes = table("event_changes", "event text, state text, major boolean, replaced_at instant")
division_changes = table(
    "division_changes",
    "code text, name text, population? integer, agricultural_population? integer, "
    "replaced_at instant",
)
intensity_changes = table(
    "intensity_changes",
    "event text, intensity smallint, method text, geom polygons, replaced_at instant",
)
house_damage = table(
    "house_damage",
    "event! text, household! text, grade text, rooms smallint, synthetic boolean, source text, "
    "recorded_at instant",
)
loss_reports = table(
    "loss_reports",
    "id! text, event text, area text, stage text, supersedes? text, as_of instant, "
    "recorded_at instant, superseded_at? instant, source text, note? text, token? bigint, "
    "own boolean, settles text[], no_change boolean",
)
loss_figures = table(
    "loss_figures",
    "report! text, event text, area text, indicator! text, value numeric, as_of instant, "
    "stage_rank smallint, recorded_at instant, superseded_at? instant, own boolean",
)
level_assessments = table(
    "level_assessments",
    "id identity, event text, report? text, at instant, level? text, plan text, evaluation jsonb",
)
response_acts = table(
    "response_acts",
    "id! text, event text, kind text, level text, proposal? text, clause text, reason text, "
    "by_whom text, at instant, document_number? text, token? bigint, recorded_at instant, "
    "plan text, evaluation jsonb",
)
anticipated_figures = table(
    "anticipated_figures",
    "id identity, event text, figures jsonb, drought jsonb, reason text, by_whom text, "
    "recorded_at instant, token? bigint",
)
lowerings = table(
    "lowerings",
    "id identity, event text, ground text, percent numeric, reason text, by_whom text, "
    "recorded_at instant, token? bigint",
)
linked_responses = table(
    "linked_responses",
    "id identity, event text, kind text, area text, level text, started_at instant, "
    "ended_at? instant, by_whom text, recorded_at instant, token? bigint, end_recorded_at? instant",
)
releases = table(
    "releases",
    "id identity, event text, known_at instant, reason text, by_whom text, released_at instant, "
    "token? bigint",
)

# ── Planning ─────────────────────────────────────────────────────────────────────────────────
jobs = table(
    "jobs",
    "id! text, kind text, state text, progress real, parameters jsonb, payload? bytea, "
    "result? jsonb, problem? jsonb, event? text, token bigint, created_at instant, "
    "started_at? instant, heartbeat_at? instant, finished_at? instant",
)
sites = table(
    "sites",
    "id identity, job text, event? text, rank smallint, candidate text, purpose text, "
    "ground_area_m2 double, serves_people integer, survey_required boolean, "
    "engineering_required boolean, nearest jsonb, geom polygons, created_at instant",
)
assignments = table(
    "assignments",
    "id! text, job text, event text, parameters jsonb, assigned_people integer, "
    "unassigned_people integer, person_metres double, lower_bound double, gap? double, "
    "created_by? bigint, created_at instant, kept? text, data_version jsonb, findings jsonb",
)
assignment_shelters = table(
    "assignment_shelters",
    "assignment! text, shelter! text, capacity integer, assigned_people integer, "
    "occupancy integer, reserved integer, distance_percentiles? jsonb",
)
assignment_households = table(
    "assignment_households",
    "assignment! text, household! text, shelter? text, persons integer, distance_m? double, "
    "reason? text, reason_numbers? jsonb",
)

casualty_persons = table(
    "casualty_persons",
    "id! text, event text, area text, status text, name? text, sex? text, age? smallint, "
    "id_number? text, place? text, as_of instant, source text, supersedes? text, "
    "superseded_at? instant, recorded_at instant, token? bigint",
)
person_verdicts = table(
    "person_verdicts",
    "first text, second text, same boolean, reason text, by_whom text, decided_at instant, "
    "token? bigint",
)
relief_ledger = table(
    "relief_ledger",
    "id identity, event text, household text, item text, department text, content text, "
    "as_of instant, recorded_at instant, token? bigint",
)
plan_editions = table(
    "plan_editions",
    "digest! text, id text, text text, shipped boolean, added_at instant, token? bigint",
)
standing_figures = table(
    "standing_figures",
    "event! text, area! text, indicator! text, parent? text, own_value? numeric, "
    "children_sum? numeric, children integer, value? numeric, as_of instant, stage_rank smallint, "
    "report? text, disputed boolean",
)
standing_areas = table(
    "standing_areas",
    "event! text, area! text, figures jsonb, differing_sums? jsonb, as_of instant, "
    "stage_rank smallint, reports text[]",
)

# ── Supply ───────────────────────────────────────────────────────────────────────────────────
supply_norms = table(
    "supply_norms", "id identity, text text, digest text, added_at instant, token? bigint"
)
supply_bases = table(
    "supply_bases",
    "id identity, event text, level text, basis jsonb, reason text, by_whom text, "
    "recorded_at instant, token? bigint",
)
dispatch_plans = table(
    "dispatch_plans",
    "id! text, event text, admin_area text, parameters jsonb, answer jsonb, created_at instant, "
    "token? bigint",
)
supply_requests = table(
    "supply_requests",
    "id! text, event text, plan? text, depot text, shelter text, item text, holder text, "
    "form text, quantity integer, unit text, state text, books_stock boolean, "
    "received_quantity? integer, compensation_yuan? numeric",
)
supply_request_steps = table(
    "supply_request_steps",
    "id identity, request text, state text, by_whom text, reason? text, at instant, "
    "recorded_at instant, token? bigint",
)

# ── Roads as a network ───────────────────────────────────────────────────────────────────────
road_nodes = table("road_nodes", "id! integer, island integer, geom point")
road_edges = table(
    "road_edges",
    "id! integer, road text, start_node integer, end_node integer, length_m double, class text, "
    "oneway text, vehicle_kmh double, walking_kmh double, geom line",
)
road_graph = table(
    "road_graph", "only_row! boolean, roads_version text, summary jsonb, built_at instant"
)
road_closures = table(
    "road_closures",
    "id! text, event text, place jsonb, direction text, roads text[], geom lines, "
    "from_at instant, until_at? instant, reason text, by_whom text, field_report? uuid, "
    "recorded_at instant, token? bigint, lifted_at? instant, lifted_by? text, "
    "lifted_reason? text",
)

# ── Freshness ────────────────────────────────────────────────────────────────────────────────
layer_changes = table(
    "layer_changes", "layer! text, shard! smallint, changes bigint, changed_at instant"
)
household_cells = table(
    "household_cells",
    "zoom! smallint, cell_x! integer, cell_y! integer, area! text, households integer, "
    "persons integer, synthetic_households integer",
)
damage_cells = table(
    "damage_cells",
    "event! text, zoom! smallint, cell_x! integer, cell_y! integer, area! text, "
    "households integer, homeless_persons integer",
)
changes = table(
    "changes",
    "xid! bigint, seq identity, at instant, event? text, layer text, op text, id? text, area? text",
)
change_retention = table("change_retention", "only_row! boolean, deleted_to bigint")
store_state = table("store_state", "only_row! boolean, demo? text, demo_loaded_at? instant")
