"""Every setting: its name in the environment, its default and its meaning. Wrong or missing ones stop the start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast
from urllib.parse import urlsplit

from lms.core.secrets import load_or_make

Environment = Literal["development", "production", "test"]
VERSION: Final = "0.1.0"
ENVIRONMENTS: Final = ("development", "production", "test")
WORKED: Final = ("server", "apart")
PROJECT: Final = Path(__file__).resolve().parent.parent
SECRET_BYTES: Final = 32


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What differs from one installation to another."""

    environment: Environment
    """LMS_ENVIRONMENT: 'development' (default), 'production' or 'test'. Demonstration data is refused in production."""
    instance_path: Path
    """LMS_INSTANCE: folder for the database, keys and files (default: ./instance). Never inside the web root."""
    database_url: str
    """DATABASE_URL: default an SQLite file in the instance folder; postgresql+psycopg://… for several machines."""
    base_url: str
    """BASE_URL: the address people use, printed in QR codes and links; must be https:// in production."""
    host: str
    """HOST: the address to listen on (default 127.0.0.1)."""
    port: int
    """PORT: the port to listen on (default 8000)."""
    threads: int
    """LMS_THREADS: requests answered at the same time (default 8)."""
    works_jobs: bool
    """LMS_JOBS: 'server' (default on SQLite): the server works at long jobs in a thread of its own; 'apart' (default on
    PostgreSQL): `flask jobs work` does, in a process beside it."""
    trusted_proxies: int
    """LMS_TRUSTED_PROXIES: how many proxies in front add X-Forwarded-* (default 0: none is believed)."""
    max_upload_bytes: int
    """LMS_MAX_UPLOAD_MB: the largest request body (default 20 MB)."""
    issuer_name: str
    """LMS_ISSUER_NAME: the body that issues certificates, as printed on them."""
    secret_key: bytes
    """SECRET_KEY, else <instance>/keys/session: signs cookies. At least 32 bytes."""
    identity_key: bytes
    """<instance>/keys/identity: seals personal ids and makes their blind index. Losing it loses the ids."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings. Raises SettingsError naming the first one that is wrong."""
        environment = environ.get("LMS_ENVIRONMENT", "development")
        if environment not in ENVIRONMENTS:
            raise SettingsError(f"LMS_ENVIRONMENT must be one of {', '.join(ENVIRONMENTS)}, not {environment!r}")
        instance = Path(environ.get("LMS_INSTANCE", PROJECT / "instance")).resolve()
        if instance.is_relative_to(PROJECT / "static"):
            raise SettingsError("LMS_INSTANCE must not lie in the folder that is served to everyone")
        host = environ.get("HOST", "127.0.0.1")
        port = _whole(environ, "PORT", 8000, 1, 65535)
        base_url = environ.get("BASE_URL", f"http://{host}:{port}").rstrip("/")
        address = urlsplit(base_url)
        if address.scheme not in ("http", "https") or not address.hostname or address.query or address.fragment:
            raise SettingsError(f"BASE_URL must be an http(s) address, not {base_url!r}")
        secret = environ.get("SECRET_KEY")
        if environment == "production":
            if "BASE_URL" not in environ or address.scheme != "https":
                raise SettingsError("BASE_URL must be set to an https:// address in production")
            for key in sorted((instance / "keys").glob("*")):
                if not key.name.endswith(".pub.pem") and key.stat().st_mode & 0o077:
                    raise SettingsError(f"{key} can be read by others on this machine; chmod 600 it")
            if secret is not None and (len(secret) < SECRET_BYTES or len(set(secret)) < SECRET_BYTES // 3):
                raise SettingsError("SECRET_KEY is too weak: give at least 32 random characters, or none at all")
        database_url = environ.get("DATABASE_URL", f"sqlite:///{instance / 'lms.sqlite'}")
        worked = environ.get("LMS_JOBS", "server" if database_url.startswith("sqlite") else "apart")
        if worked not in WORKED:
            raise SettingsError(f"LMS_JOBS must be one of {', '.join(WORKED)}, not {worked!r}")
        return cls(
            environment=cast(Environment, environment),
            instance_path=instance,
            database_url=database_url,
            base_url=base_url,
            host=host,
            port=port,
            threads=_whole(environ, "LMS_THREADS", 8, 1, 64),
            works_jobs=worked == "server",
            trusted_proxies=_whole(environ, "LMS_TRUSTED_PROXIES", 0, 0, 5),
            max_upload_bytes=_whole(environ, "LMS_MAX_UPLOAD_MB", 20, 1, 1000) * 1024 * 1024,
            issuer_name=environ.get("LMS_ISSUER_NAME", "Văn phòng Điều phối nông thôn mới Trung ương"),
            secret_key=secret.encode() if secret else load_or_make(instance / "keys" / "session"),
            identity_key=load_or_make(instance / "keys" / "identity"),
        )


def _whole(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name, str(default))
    if not text.isdigit() or not least <= int(text) <= most:
        raise SettingsError(f"{name} must be a whole number from {least} to {most}, not {text!r}")
    return int(text)
