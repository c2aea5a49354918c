"""What the registry tells those above it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from blinker import NamedSignal, signal

_held: Final[ContextVar[dict[str, set[int]] | None]] = ContextVar("held", default=None)


class IdsSignal(NamedSignal):
    """Tells that something about some rows changed: by their ids alone, so that many tellings can be one."""

    def send(self, sender: Any | None = None, /, **values: Any) -> list[tuple[Callable[..., Any], Any]]:
        """Tell it, or keep it to be told together with the rest: see `held`."""
        held_now = _held.get()
        if held_now is None:
            return super().send(sender, **values)
        for name, ids in values.items():
            if name.endswith("_ids"):
                held_now.setdefault(name, set()).update(ids)
        return []


@contextmanager
def held() -> Iterator[dict[str, set[int]]]:
    """Keep what is told within the block, for telling it once: ids by what they are of, such as `position_ids`.

    Whoever holds it back tells it in the same transaction, or takes back what it was about.
    """
    kept: dict[str, set[int]] = {}
    before = _held.set(kept)
    try:
        yield kept
    finally:
        _held.reset(before)


positions_changed = IdsSignal("registry.positions-changed")
"""Positions were made, moved or ended. Sent with `position_ids` (list of int) and `at`, in the same transaction."""

organisations_changed = IdsSignal("registry.organisations-changed")
"""What organisations are counted by changed: kind, product group, origin, days in the programme.
Sent with `organisation_ids` and `at`, in the same transaction."""

people_changed = IdsSignal("registry.people-changed")
"""What people are counted by changed: sex, excuses, merges.
Sent with `person_ids` and `at`, in the same transaction."""

units_changed = IdsSignal("registry.units-changed")
"""In which units everything at some units counts changed: a merger, a division, a move.
Sent with `unit_ids` and `at`, in the same transaction."""

standing_asked = signal("registry.standing-asked")
"""How organisations stand is about to be shown. Sent with `organisations` (list of Organisation) and `on` (a day);
whoever knows answers with words.Standing by the id of the organisation."""
