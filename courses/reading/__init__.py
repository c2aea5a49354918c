"""Read a course's text files from its folder; knows no web page and no database."""

from courses.reading.course import (
    CourseSource,
    ItemSource,
    LessonSource,
    PictureSource,
    read_course,
    read_course_into,
)
from courses.reading.faults import Fault, Faults, MaterialError
from courses.reading.files import read_text
from courses.reading.tree import Table, read_table

__all__ = [
    "CourseSource",
    "Fault",
    "Faults",
    "ItemSource",
    "LessonSource",
    "MaterialError",
    "PictureSource",
    "Table",
    "read_course",
    "read_course_into",
    "read_table",
    "read_text",
]
