"""Writing very many rows of a table: past the unit of work, in the driver's own quickest way."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import Column, Table, func, select

from lms.core.db import Model, db

WRITTEN_AT_ONCE: Final = 1000
Convert = Callable[[Any], Any]


def fresh_ids(model: type[Model], count: int) -> Sequence[int]:
    """So many ids that no row of the table has; the rows are to be written in this transaction."""
    if count == 0:
        return ()
    table = Model.metadata.tables[model.__tablename__]
    if db.session.get_bind().dialect.name == "sqlite":
        # Nobody else writes before this transaction ends.
        last = db.session.scalar(select(func.max(table.c.id))) or 0
        return range(last + 1, last + 1 + count)
    sequence = func.pg_get_serial_sequence(table.name, "id")
    return db.session.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, count))).all()


def insert_rows(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows given as the values of these attributes, in order; returns how many they were.

    Columns that are not named stay empty. What the session holds is written first. A thousand rows at a time are in
    memory, so `rows` may be made while they are written.
    """
    db.session.flush()
    mapped: Any = model.__mapper__
    columns: list[Column[Any]] = [mapped.columns[name] for name in names]
    return write_rows(Model.metadata.tables[model.__tablename__], columns, rows)


def write_rows(into: Table, columns: Sequence[Column[Any]], rows: Iterable[Sequence[Any]]) -> int:
    """The same for any table, given the columns themselves."""
    connection = db.session.connection()
    quoted = connection.dialect.identifier_preparer
    named = f"{quoted.format_table(into)} ({', '.join(map(quoted.format_column, columns))})"
    converts = [_convert_of(column, connection.dialect) for column in columns]
    ready = _converted(rows, converts)
    count = 0
    if connection.dialect.name == "postgresql":
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {named} FROM STDIN") as copy:
            for row in ready:
                copy.write_row(row)
                count += 1
        cursor.close()
        return count
    statement = f"INSERT INTO {named} VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - names of our own columns
    while part := list(islice(ready, WRITTEN_AT_ONCE)):
        connection.exec_driver_sql(statement, part)
        count += len(part)
    return count


def _convert_of(column: Column[Any], dialect: Any) -> Convert | None:
    """What makes of a value what the driver takes, as the column's type does it; None where it takes it as it is."""
    convert: Convert | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return convert


def _converted(rows: Iterable[Sequence[Any]], converts: Sequence[Convert | None]) -> Iterator[tuple[Any, ...]]:
    odd = [(at, convert) for at, convert in enumerate(converts) if convert is not None]
    if not odd:
        yield from map(tuple, rows)
    for row in rows:
        values = list(row)
        for at, convert in odd:
            if values[at] is not None:
                values[at] = convert(values[at])
        yield tuple(values)
