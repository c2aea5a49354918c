"""Units, organisations, people and the positions they hold, and the import of rosters."""
