"""Makers: one of each thing, valid, with a default for everything; a test names only what it is about.

    from tests.support import make

    learner = make.user(display_name="Nguyễn Thị Hà")

A maker adds the thing to `db.session`, flushes, and returns it. It needs the `app` fixture and commits
nothing: the test client does that before each request.
"""
