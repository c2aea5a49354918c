"""Open the files of one course folder safely: nothing outside it, no links, bounded size, valid UTF-8."""

import os
import re
import stat
import unicodedata
from pathlib import Path, PurePosixPath

from courses.reading.faults import Faults

TEXT_LIMIT_BYTES = 1_000_000
PICTURE_LIMIT_BYTES = 200_000

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


def is_inside(name: str) -> bool:
    """Tell whether a name written in a file stays in the course folder, whatever system reads it."""
    parts = name.split("/")
    return (
        bool(name)
        and not PurePosixPath(name).is_absolute()
        and "\\" not in name
        and ":" not in name
        and all(part not in {"", ".", ".."} for part in parts)
    )


def read_bytes(
    root: Path, name: str, limit_bytes: int, faults: Faults, *, named_at: tuple[str, int] | None = None
) -> bytes | None:
    """Read one file below root, or note why not.

    name: path from root with forward slashes, already known to stay inside.
    named_at: file and line where a person wrote the name; a missing file is their fault to mend there.
    """
    path = root / name
    where, line = named_at or (path.as_posix(), 1)
    step = root
    for part in name.split("/"):
        step = step / part
        if step.is_symlink():
            faults.add(
                where,
                line,
                f"“{name}” là liên kết tượng trưng (symlink); hãy đặt chính tệp đó vào thư mục khóa học.",
                f"“{name}” is or passes through a symbolic link; put the file itself into the course folder.",
            )
            return None
    try:
        # The two flags close the gap between the look above and the opening, and keep a pipe from hanging us.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise FileNotFoundError(name)
            data = stream.read(limit_bytes + 1)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        faults.add(where, line, f"Không tìm thấy tệp “{name}”.", f"There is no file “{name}”.")
        return None
    except OSError as error:
        faults.add(
            where,
            line,
            f"Không mở được tệp “{name}” ({error.strerror}).",
            f"The file “{name}” cannot be opened ({error.strerror}).",
        )
        return None
    if len(data) > limit_bytes:
        faults.add(
            where,
            line,
            f"Tệp “{name}” quá lớn: tối đa {limit_bytes // 1000} kB.",
            f"The file “{name}” is too large: at most {limit_bytes // 1000} kB.",
        )
        return None
    return data


def decode(data: bytes, path: str, faults: Faults) -> str | None:
    """Turn bytes into text with plain line ends and composed (NFC) letters, or note the first bad line.

    Windows editors add a byte-order mark and carriage returns; both are taken silently.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add(
            path,
            line,
            "Tệp không phải UTF-8. Hãy lưu lại với bảng mã UTF-8.",
            "The file is not UTF-8. Save it again with the encoding UTF-8.",
        )
        return None
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    bad = _CONTROL.search(text)
    if bad:
        faults.add(
            path,
            text.count("\n", 0, bad.start()) + 1,
            f"Có ký tự điều khiển không nhìn thấy (U+{ord(bad[0]):04X}); hãy xóa đi.",
            f"There is an invisible control character (U+{ord(bad[0]):04X}); delete it.",
        )
        return None
    return text


def read_text(root: Path, name: str, faults: Faults, *, named_at: tuple[str, int] | None = None) -> str | None:
    """Read one text file below root, or note why not."""
    data = read_bytes(root, name, TEXT_LIMIT_BYTES, faults, named_at=named_at)
    return None if data is None else decode(data, (root / name).as_posix(), faults)
