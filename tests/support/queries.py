"""Counting what a page asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import Engine

COUNTED: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


class Queries(list[str]):
    """The statements that were run, in order; `len()` is their number."""

    def __str__(self) -> str:
        return "\n".join(f"{number}. {statement}" for number, statement in enumerate(self, 1))


@contextmanager
def count_queries() -> Iterator[Queries]:
    """Collect the statements run inside the block, of every engine; not BEGIN, COMMIT or PRAGMA.

    with count_queries() as queries:
        client.get("/courses")
    assert len(queries) <= 6, queries
    """
    queries = Queries()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(COUNTED):
            queries.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield queries
    finally:
        event.remove(Engine, "before_cursor_execute", note)
