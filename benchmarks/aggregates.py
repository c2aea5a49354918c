"""Plain aggregates over the facts, in SQL that SQLite, PostgreSQL and DuckDB understand: floors, and a yardstick.

They leave out what makes the figures hard: excuses, people known twice, posts that overlap.
"""

from typing import Final

DAY_AFTER: Final = {
    "sqlite": "date({}, '+1 day')",
    "postgresql": "({} + 1)",
    "duckdb": "({} + 1)",
}
LAST: Final = "'9999-12-31'"
ON_A_DAY: Final = f"""
    SELECT duty.requirement_id, count(DISTINCT duty.person_id), count(DISTINCT attainment.person_id)
    FROM duty
    JOIN unit_reach ON unit_reach.unit_id = duty.unit_id
    LEFT JOIN attainment ON attainment.requirement_id = duty.requirement_id
        AND attainment.person_id = duty.person_id
        AND attainment.started_on <= :day AND coalesce(attainment.ended_on, {LAST}) >= :day
    WHERE duty.superseded_at IS NULL AND duty.started_on <= :day AND coalesce(duty.ended_on, {LAST}) >= :day
        AND unit_reach.within_id = :unit
    GROUP BY duty.requirement_id
"""
"""Who is obliged and who trained in a unit on a day, by requirement."""
KEYS: Final = """
    (SELECT 1 AS number UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6)
"""


def every_day(engine: str) -> str:
    """By how much obliged and trained people change: for every requirement, unit, key and day. Counts the rows of it.

    engine: 'sqlite', 'postgresql' or 'duckdb'.
    """
    after = DAY_AFTER[engine]
    return f"""
    WITH placed AS (
        SELECT duty.requirement_id, duty.person_id, duty.started_on, duty.ended_on, unit_reach.within_id,
            CASE key.number
                WHEN 1 THEN 'all'
                WHEN 2 THEN 'sex/' || coalesce(person.sex, 'unknown')
                WHEN 3 THEN 'group/' || coalesce(organisation.kind, position.level)
                WHEN 4 THEN 'product/' || organisation.product_group
                WHEN 5 THEN 'product-2019/' || organisation.product_group_2019
                ELSE 'origin/' || organisation.origin
            END AS cut_key
        FROM duty
        JOIN person ON person.id = duty.person_id
        JOIN position ON position.id = duty.position_id
        LEFT JOIN organisation ON organisation.id = position.organisation_id
        JOIN unit_reach ON unit_reach.unit_id = duty.unit_id
        JOIN unit ON unit.id = unit_reach.within_id
        JOIN {KEYS} key ON key.number = 1 OR unit.level IN ('central', 'province')
        WHERE duty.superseded_at IS NULL
    ), change AS (
        SELECT requirement_id, within_id, cut_key, started_on AS day, 1 AS obliged, 0 AS trained FROM placed
        UNION ALL
        SELECT requirement_id, within_id, cut_key, {after.format("ended_on")}, -1, 0
        FROM placed WHERE ended_on IS NOT NULL
        UNION ALL
        SELECT placed.requirement_id, within_id, cut_key,
            CASE WHEN placed.started_on > attainment.started_on THEN placed.started_on ELSE attainment.started_on END,
            0, 1
        FROM placed JOIN attainment ON attainment.requirement_id = placed.requirement_id
            AND attainment.person_id = placed.person_id
            AND attainment.started_on <= coalesce(placed.ended_on, {LAST})
            AND coalesce(attainment.ended_on, {LAST}) >= placed.started_on
    )
    SELECT count(*), sum(o) FROM (
        SELECT requirement_id, within_id, cut_key, day, sum(obliged) AS o, sum(trained) AS t
        FROM change WHERE cut_key IS NOT NULL GROUP BY requirement_id, within_id, cut_key, day
    ) changed
    """
