"""Where a WSGI server finds the application; run as a program it serves with waitress."""

import sys
from typing import Final

from lms.app import create_app
from lms.core.jobs import start_worker
from lms.settings import Settings

BODY_BYTES: Final = 256 * 1024 * 1024
"""What the server takes in before the application says, in words a person understands, that it is too much."""
SWITCH_SECONDS: Final = 0.001

settings = Settings.from_environ()
app = create_app(settings)


def main() -> None:
    """Serve until stopped: one process, several threads, slow phones buffered."""
    import waitress

    if settings.works_jobs:
        # A long job shares the interpreter with the pages: they are let in a thousand times a second, not two hundred.
        sys.setswitchinterval(SWITCH_SECONDS)
        start_worker(app)
    print(f"Đang phục vụ tại {settings.base_url} — nhấn Ctrl+C để dừng.", flush=True)  # noqa: T201
    waitress.serve(
        app,
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        ident=None,
        max_request_body_size=max(BODY_BYTES, 4 * settings.max_upload_bytes),
        channel_timeout=120,
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
    )


if __name__ == "__main__":
    main()
