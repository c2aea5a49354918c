"""Files that come with a form of records, and how they go out again."""

from collections.abc import Iterable
from typing import Final

from flask import abort, request
from flask.typing import ResponseReturnValue

from lms.core import storage
from lms.core.clock import now
from lms.core.errors import InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.core.storage import StoredFile
from lms.records import actions
from lms.records.views.blueprint import me
from lms.web.sheets import download

MOST_FILES: Final = 5


def kept_files() -> list[StoredFile]:
    """The files sent as `files`, checked and kept.

    Raises InvalidInput if they are too many, or one of them will not do.
    """
    sent = [file for file in request.files.getlist("files") if file.filename]
    if len(sent) > MOST_FILES:
        raise InvalidInput(_l("Mỗi lần chỉ gửi được tối đa 5 tệp."))
    return [
        # One byte more than allowed tells "too large" without reading all of it.
        actions.keep_evidence(
            file.stream.read(actions.awards.MOST_BYTES + 1), name=file.filename or "", by=me(), at=now()
        )
        for file in sent
    ]


def served(evidence: Iterable[StoredFile], file_id: int) -> ResponseReturnValue:
    """One of the files of a thing that the reader may see, to be saved; a file of anything else is not found."""
    stored = next((file for file in evidence if file.id == file_id), None) or abort(404)
    return download(storage.path_of(stored).read_bytes(), stored.name, stored.media_type)
