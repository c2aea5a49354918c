"""Counting towards 100 %: obliged and trained people as of a day, by unit and group."""
