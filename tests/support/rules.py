"""The code with which addresses are built, compiled once for all the applications of a run."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

_compiled: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}


class RememberedRule(Rule):
    """A rule of the library's own kind. Every application compiles two functions for each of its rules, which was
    most of making one; they say nothing of the application that they were compiled for."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        told: Any = self.defaults
        key = (self.rule, self.subdomain, self.host, repr(told), append_unknown)
        if key not in _compiled:
            _compiled[key] = super()._compile_builder(append_unknown)
        return _compiled[key]


def remember() -> None:
    """Let every application of this process use them."""
    Flask.url_rule_class = RememberedRule
