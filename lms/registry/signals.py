"""What the registry tells those above it."""

from blinker import signal

positions_changed = signal("registry.positions-changed")
"""Positions were made, moved or ended. Sent with `position_ids` (list of int) and `at`, in the same transaction."""
