"""A country to measure on: people, posts, awards and eight years of what happens to them, the same ones each time.

lives    what happens to people: made up by a seed, part by part
kept     what the product keeps of it, by the product's own rules
making   parts to files, on every core
loading  files to SQLite, PostgreSQL and DuckDB

`python -m benchmarks.country --people 20000` makes one; a benchmark that finds none makes it by itself.
"""
