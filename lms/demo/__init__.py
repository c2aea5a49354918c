"""A believable demonstration: invented people of six provinces, part-way through. Never in production."""

from lms.demo.prepare import prepare

__all__ = ["prepare"]
