"""What can be wrong in a material file, said with file and line in Vietnamese and English."""

from collections.abc import Iterable
from typing import NamedTuple

from lms.core.errors import InvalidInput


class Fault(NamedTuple):
    """One thing that a trainer must mend."""

    path: str
    line: int
    """From 1, as text editors count."""
    message_vi: str
    message_en: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message_vi}"


class MaterialError(InvalidInput):
    """The files cannot be taken; carries every fault found, in the order of the files."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.path, fault.line)))
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def in_english(self) -> str:
        return "\n".join(f"{fault.path}:{fault.line}: {fault.message_en}" for fault in self.faults)


class Faults:
    """The faults met so far, each kept once; reading goes on so that one run shows them all."""

    def __init__(self) -> None:
        self._met: dict[Fault, None] = {}

    def add(self, path: str, line: int, message_vi: str, message_en: str) -> None:
        self._met[Fault(path, line, message_vi, message_en)] = None

    @property
    def count(self) -> int:
        return len(self._met)

    def raise_if_any(self) -> None:
        if self._met:
            raise MaterialError(self._met)
