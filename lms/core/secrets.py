"""Keys in the instance folder, made at first run, and their use: sealing, blind indexes, one-time codes."""

import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

CODE_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0/O, 1/I/L: a code is copied from paper by hand."""
NONCE_BYTES: Final = 12


def load_or_make(path: Path, size: int = 32) -> bytes:
    """The key in a file, made there (mode 600) if it is not there yet.

    Two processes starting together agree: the file is linked into place, and the first link wins.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(size))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    key = path.read_bytes()
    if len(key) < size:
        raise ValueError(f"{path} is too short to be a key: {len(key)} bytes")
    return key


@lru_cache(maxsize=4)
def _keys(root: bytes) -> tuple[bytes, bytes]:
    return (
        hashlib.sha256(b"seal|" + root).digest(),
        hashlib.sha256(b"index|" + root).digest(),
    )


@lru_cache(maxsize=4)
def _cipher(root: bytes) -> AESGCM:
    return AESGCM(_keys(root)[0])


def _root() -> bytes:
    key: bytes = current_app.config["IDENTITY_KEY"]
    return key


def seal(text: str) -> bytes:
    """Encrypt a short private text (a personal id) for storing."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(_root()).encrypt(nonce, text.encode(), None)


def unseal(sealed: bytes) -> str:
    """The text that was sealed. Raises cryptography's InvalidTag if it was altered or the key is another."""
    return _cipher(_root()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()


def blind_index(purpose: str, text: str) -> str:
    """64 hex digits by which equal texts can be found without storing the text. Differs by purpose."""
    return hmac.digest(_keys(_root())[1], f"{purpose}|{text}".encode(), "sha256").hex()


def token() -> str:
    """A fresh unguessable token (256 bits) for a session or a link."""
    return secrets.token_urlsafe(32)


def code(groups: int = 3, size: int = 4) -> str:
    """A one-time code for paper, such as 'K7QM-3XZD-9RTA' (about 59 bits)."""
    return "-".join("".join(secrets.choice(CODE_LETTERS) for _ in range(size)) for _ in range(groups))


def digest(text: str) -> str:
    """SHA-256 in hex, for storing tokens and codes that are themselves random enough."""
    return hashlib.sha256(text.encode()).hexdigest()
