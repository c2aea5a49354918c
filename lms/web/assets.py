"""Joins the style files into the one that a page fetches: one request on a poor network, no build step."""

import gzip
import hashlib
import re
from pathlib import Path
from typing import Final

STYLE_FILES: Final = (
    "css/main.css",
    "css/tokens.css",
    "css/fonts.css",
    "css/base.css",
    "css/layout.css",
    "css/components/button.css",
    "css/components/field.css",
    "css/components/state.css",
    "css/components/notice.css",
    "css/components/card.css",
    "css/components/table.css",
    "css/components/compare.css",
    "css/components/entry.css",
    "css/components/progress.css",
    "css/components/bar.css",
    "css/components/figure.css",
    "css/components/facts.css",
    "css/components/names.css",
    "css/components/crumbs.css",
    "css/components/pager.css",
    "css/components/empty.css",
    "css/components/steps.css",
    "css/components/choice.css",
    "css/components/tabs.css",
    "css/components/copy.css",
    "css/components/verdict.css",
    "css/components/slip.css",
    "css/components/desk.css",
    "css/components/official.css",
    "css/components/curve.css",
    "css/components/tiles.css",
    "css/print.css",
)
"""In the order of the layers that main.css names."""

COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
AIR: Final = re.compile(r" ?([{};,]) ?")


def bundle_css(static_folder: Path) -> str:
    """Every style file, in the fixed order, as one text; comments and air, which only people need, stay behind.

    Addresses inside are relative to the folder that the result is served from, so it must be served
    directly under the static folder's own address.
    """
    files = ((static_folder / name).read_text(encoding="utf-8") for name in STYLE_FILES)
    lines = (line.strip() for text in files for line in COMMENT.sub("", text).splitlines())
    return "\n".join(AIR.sub(r"\1", line) for line in lines if line) + "\n"


def fingerprint(path: Path) -> str:
    """Twelve hex digits that change with a file's content, for addresses that may be kept for a year."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


class Stylesheet:
    """The bundle, read once at start."""

    def __init__(self, static_folder: Path) -> None:
        self.text = bundle_css(static_folder)
        self.gzipped = gzip.compress(self.text.encode(), mtime=0)
        self.digest = hashlib.sha256(self.text.encode()).hexdigest()[:12]
