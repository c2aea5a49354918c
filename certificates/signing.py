"""Signs certificates and checks signatures with Ed25519 keys in the instance folder; retired ones still check.

`certificate-<key id>.pem`      a private key (mode 600). To retire it, delete this file: a new one is made.
`certificate-<key id>.pub.pem`  its public key. Never delete it: certificates signed with it would no longer verify.
"""

import fcntl
import hashlib
import os
import re
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from flask import Flask, current_app

EXTENSION: Final = "certificate_keys"
KEY_ID: Final = re.compile(r"[0-9a-f]{16}")


class Keys:
    """The keys of one installation."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._public: dict[str, Ed25519PublicKey] = {}
        self.key_id, self._private = self._load_or_make()

    def sign(self, payload: bytes) -> tuple[str, bytes]:
        """The id of the key in use, and its signature."""
        return self.key_id, self._private.sign(payload)

    def check(self, payload: bytes, key_id: str, signature: bytes) -> bool:
        """Whether this key of ours, in use or retired, signed exactly these bytes."""
        key = self._public_key(key_id)
        if key is None:
            return False
        try:
            key.verify(signature, payload)
        except InvalidSignature:
            return False
        return True

    def _load_or_make(self) -> tuple[str, Ed25519PrivateKey]:
        """The private key in use: of several, the one made last. Of two processes that start together one makes it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self._folder / ".certificate.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = [path for path in self._folder.glob("certificate-*.pem") if not path.name.endswith(".pub.pem")]
            if not found:
                return self._make()
            path = max(found, key=lambda each: (each.stat().st_mtime_ns, each.name))
            key = load_pem_private_key(path.read_bytes(), None)
            if not isinstance(key, Ed25519PrivateKey):
                raise ValueError(f"{path} is not an Ed25519 key")
            self._write_public(key.public_key())
            return key_id_of(key.public_key()), key
        finally:
            os.close(lock)

    def _make(self) -> tuple[str, Ed25519PrivateKey]:
        key = Ed25519PrivateKey.generate()
        key_id = key_id_of(key.public_key())
        # The public key first: a private key must never be able to sign what nobody can check.
        self._write_public(key.public_key())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write(self._folder / f"certificate-{key_id}.pem", private, 0o600)
        return key_id, key

    def _write_public(self, key: Ed25519PublicKey) -> None:
        path = self._folder / f"certificate-{key_id_of(key)}.pub.pem"
        if not path.exists():
            _write(path, key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644)

    def _public_key(self, key_id: str) -> Ed25519PublicKey | None:
        """A public key by its id; looked for in the folder too, where another process may have put it since."""
        if key_id not in self._public and KEY_ID.fullmatch(key_id):
            path = self._folder / f"certificate-{key_id}.pub.pem"
            try:
                key = load_pem_public_key(path.read_bytes())
            except (OSError, ValueError, UnsupportedAlgorithm):
                current_app.logger.warning("no usable public key %s for certificates", key_id)
                return None
            if not isinstance(key, Ed25519PublicKey) or key_id_of(key) != key_id:
                current_app.logger.warning("the public key %s for certificates is not what its name says", key_id)
                return None
            self._public[key_id] = key
        return self._public.get(key_id)


def init_app(app: Flask) -> None:
    """Load the keys of this installation, made at its first run."""
    app.extensions[EXTENSION] = Keys(app.config["KEYS_FOLDER"])


def sign(payload: bytes) -> tuple[str, bytes]:
    """Sign with the key in use: its id and the signature."""
    return _keys().sign(payload)


def check(payload: bytes, key_id: str, signature: bytes) -> bool:
    """Whether a key of ours, in use or retired, signed exactly these bytes."""
    return _keys().check(payload, key_id, signature)


def key_id_of(key: Ed25519PublicKey) -> str:
    """The first 16 hex digits of the SHA-256 of the raw public key."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def _keys() -> Keys:
    keys: Keys = current_app.extensions[EXTENSION]
    return keys


def _write(path: Path, content: bytes, mode: int) -> None:
    """A file that is there whole or not at all, also after a power cut."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
