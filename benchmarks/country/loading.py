"""The files of the country taken in by SQLite, PostgreSQL and DuckDB, as quickly as each can."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import psycopg
from psycopg import sql

from benchmarks.country.making import COLUMNS, NOTHING, SEALED
from lms.coverage.rules.buckets import MONTH_BASE, YEAR_BASE

BLOCK: Final = 1 << 20
ANALYSED: Final = ("unit", "unit_reach")
"""What DuckDB gets besides, from SQLite."""


def _files(folder: Path, table: str) -> list[Path]:
    return sorted(folder.glob(f"{table}.*"))


def gather_figures(folder: Path) -> None:
    """Add the parts' changes up by day, by month and by year: one row for each, in the order of its key."""
    _gather(folder, "coverage_figure", "cut_key, span")
    _gather(folder, "coverage_mixture", "span, mix")


def _gather(folder: Path, table: str, within: str) -> None:
    key = COLUMNS[table][2]
    sizes = ("bucket", f"bucket // {MONTH_BASE}", f"bucket // {YEAR_BASE}")
    sums = " UNION ALL ".join(
        f"""
        SELECT requirement_id, unit_id, {key}, {size} AS span, sum(obliged) AS o, sum(trained) AS t, sum(excused) AS e
        FROM {_read(COLUMNS[table], folder / f"{table}.*")}
        GROUP BY ALL HAVING o <> 0 OR t <> 0 OR e <> 0
        """
        for size in sizes
    )
    whole = folder / "figures"
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '3GB'")
        connection.execute("SET temp_directory = ?", [f"{folder}/spill"])
        connection.execute(
            f"COPY ({sums} ORDER BY requirement_id, unit_id, {within})"
            f" TO '{whole}' (FORMAT csv, DELIMITER '\t', HEADER false, QUOTE '')"
        )
    for part in _files(folder, table):
        part.unlink()
    whole.rename(folder / f"{table}.whole")


def _read(columns: Sequence[str], pattern: Path) -> str:
    described = ", ".join(f"'{column}': '{_duckdb_type(column)}'" for column in columns)
    return (
        f"read_csv('{pattern}', delim = '\t', header = false, quote = '', escape = '', nullstr = '{NOTHING}',"
        f" columns = {{{described}}})"
    )


def _duckdb_type(column: str) -> str:
    if column in ("id", "clause", "bucket", "hours", "obliged", "trained", "excused") or column.endswith("_id"):
        return "INTEGER"
    if column.endswith("_on"):
        return "DATE"
    return "TIMESTAMP" if column.endswith("_at") else "VARCHAR"


def load_sqlite(path: Path, folder: Path) -> Iterator[str]:
    """Fill the tables of a migrated file; gives the name of each when it is full."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "locking_mode=EXCLUSIVE"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    for table, columns in COLUMNS.items():
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", [table]
        ).fetchall()
        for name, _statement in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        marks = ", ".join("?" * len(columns))
        insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        sealed = columns.index(SEALED) if SEALED in columns else None
        connection.execute("BEGIN")
        connection.executemany(insert, _rows(_files(folder, table), sealed))
        for _name, statement in indexes:
            connection.execute(statement)
        connection.execute("COMMIT")
        yield table
    connection.execute("ANALYZE")
    connection.execute("PRAGMA locking_mode=NORMAL").fetchall()
    connection.execute("PRAGMA journal_mode=WAL").fetchall()
    connection.close()


def _rows(files: Sequence[Path], sealed: int | None) -> Iterator[list[Any]]:
    for path in files:
        with path.open(encoding="utf-8") as file:
            for line in file:
                values: list[Any] = [None if value == NOTHING else value for value in line[:-1].split("\t")]
                if sealed is not None:
                    values[sealed] = bytes.fromhex(values[sealed])
                yield values


def load_postgresql(address: str, folder: Path) -> Iterator[str]:
    """Fill the tables of a migrated database; gives the name of each when it is full."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # no foreign key is looked at
        connection.execute("SET timezone = 'UTC'")
        connection.execute("SET maintenance_work_mem = '512MB'")
        for table, columns in COLUMNS.items():
            indexes = connection.execute(
                """
                SELECT indexname, indexdef FROM pg_indexes
                WHERE tablename = %s AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)
                """,
                [table],
            ).fetchall()
            for name, _statement in indexes:
                connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
            )
            for path in _files(folder, table):
                with connection.cursor().copy(into) as copy:
                    for block in _blocks(path, columns):
                        copy.write(block)
            for _name, statement in indexes:
                connection.execute(statement)
            if "id" in columns:
                connection.execute(
                    sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}").format(
                        sql.Literal(table), sql.Identifier(table)
                    )
                )
            yield table
        connection.execute("VACUUM (ANALYZE)")


def _blocks(path: Path, columns: Sequence[str]) -> Iterator[bytes]:
    if SEALED not in columns:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
        return
    sealed = columns.index(SEALED)
    with path.open(encoding="utf-8") as file:
        for line in file:
            values = line.split("\t")
            values[sealed] = rf"\\x{values[sealed]}"
            yield "\t".join(values).encode()


def load_duckdb(path: Path, folder: Path, sqlite_path: Path) -> None:
    """Fill a DuckDB file with the facts."""
    with duckdb.connect(str(path)) as connection:
        for table in ("person", "organisation", "position", "excuse", "award", "duty", "attainment"):
            connection.execute(f"CREATE TABLE {table} AS SELECT * FROM {_read(COLUMNS[table], folder / f'{table}.*')}")
        for table in ANALYSED:
            file = folder / f"{table}.whole"
            columns = _write_out(sqlite_path, table, file)
            connection.execute(f"CREATE TABLE {table} AS SELECT * FROM {_read(columns, file)}")


def _write_out(sqlite_path: Path, table: str, file: Path) -> tuple[str, ...]:
    source = sqlite3.connect(sqlite_path)
    columns = tuple(row[1] for row in source.execute(f"PRAGMA table_info({table})"))
    with file.open("w", encoding="utf-8") as target:
        for row in source.execute(f"SELECT {', '.join(columns)} FROM {table}"):
            target.write("\t".join(NOTHING if value is None else str(value) for value in row) + "\n")
    source.close()
    return columns
