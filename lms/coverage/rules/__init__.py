"""What counts, where and since when: figures, shares, buckets. Pure."""

from lms.coverage.rules.figures import Figures

__all__ = ["Figures"]
