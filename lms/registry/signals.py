"""What the registry tells those above it."""

from blinker import signal

positions_changed = signal("registry.positions-changed")
"""Positions were made, moved or ended. Sent with `position_ids` (list of int) and `at`, in the same transaction."""

organisations_changed = signal("registry.organisations-changed")
"""What organisations are counted by changed: kind, product group, origin, days in the programme.
Sent with `organisation_ids` and `at`, in the same transaction."""

people_changed = signal("registry.people-changed")
"""What people are counted by changed: sex, excuses, merges.
Sent with `person_ids` and `at`, in the same transaction."""

units_changed = signal("registry.units-changed")
"""In which units everything at some units counts changed: a merger, a division, a move.
Sent with `unit_ids` and `at`, in the same transaction."""

standing_asked = signal("registry.standing-asked")
"""How organisations stand is about to be shown. Sent with `organisations` (list of Organisation) and `on` (a day);
whoever knows answers with words.Standing by the id of the organisation."""
