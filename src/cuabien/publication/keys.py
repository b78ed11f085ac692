"""Keys that sign editions: Ed25519, in the plain files that openssl reads.

The private key is a PKCS 8 PEM file that only its owner may read (mode 600); the public key stands beside it, as
`<name>.pub`. A key is told apart by its fingerprint, the SHA-256 of its 32 bytes. A private key never lies in a
repository, where the next push would carry it away.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cuabien.base.faults import Fault, Refused, UnusableInput
from cuabien.base.hashing import hash_bytes
from cuabien.base.words import N_
from cuabien.plan.objects import PlanHeader

VARIABLE = "CUABIEN_KEY"
"""Environment variable that may name the private key."""
HEX_KEY = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
MAY_READ = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class PublicKey:
    """A key that signatures are checked against."""

    raw: bytes
    """32 bytes."""

    @property
    def fingerprint(self) -> str:
        return hash_bytes(self.raw)

    @property
    def pem(self) -> bytes:
        return Ed25519PublicKey.from_public_bytes(self.raw).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def vouches(self, message: bytes, signature: bytes) -> bool:
        """Whether this key made the signature of exactly these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class PrivateKey:
    """A key that signs; it never shows itself."""

    _key: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"PrivateKey({self.public.fingerprint[:16]})"

    @property
    def public(self) -> PublicKey:
        return PublicKey(self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same message gives the same bytes."""
        return self._key.sign(message)


# ---- files ------------------------------------------------------------------------------------------------


FINGERPRINT_DIGITS = 64


def approvals_of(header: PlanHeader) -> dict[str, Any]:
    """How many people must sign an edition of this plan, the fingerprints that count, and whose they are."""
    named = [(entry[:FINGERPRINT_DIGITS], entry[FINGERPRINT_DIGITS:].strip()) for entry in header.approvers]
    return {
        "needed": header.approvals,
        "keys": [key for key, _ in named],
        "names": {key: name for key, name in named if name},
    }


def default_key(home: Path) -> Path:
    return home / "keys" / "publisher.pem"


def new_key(path: Path, home: Path) -> PrivateKey:
    """Make a key: the private part at `path` (mode 600), the public part beside it. An old key is never written over."""
    if _in_repository(path) and not path.resolve().is_relative_to(home.resolve()):
        raise Refused(
            N_("{path} lies in a repository; a private key would be pushed with it: name another place"),
            path=str(path),
        )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = PrivateKey(Ed25519PrivateKey.generate())
    pem = key._key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(N_("{path} is there already; a key is never written over"), path=str(path)) from None
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    public_file(path).write_bytes(key.public.pem)
    return key


def public_file(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(".pem") + ".pub")


def _in_repository(path: Path) -> bool:
    return any((folder / ".git").exists() for folder in path.resolve().parents)


def read_private(path: Path) -> PrivateKey:
    """The private key of a file that nobody else may read."""
    if not path.is_file():
        raise UnusableInput(
            [_unusable(path, N_("there is no private key here"), N_("make one with `cuabien key new`"))]
        )
    if path.stat().st_mode & MAY_READ:
        raise UnusableInput(
            [
                _unusable(
                    path,
                    N_("others may read this private key"),
                    N_("take their right away: chmod 600 {path}"),
                )
            ]
        )
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise UnusableInput(
            [
                _unusable(
                    path,
                    N_("this is no Ed25519 private key without a password"),
                    N_("make one with `cuabien key new`"),
                )
            ]
        )
    return PrivateKey(key)


def read_public(words: str) -> PublicKey:
    """A public key from what a reader was given: the path of a PEM file, or its 32 bytes as 64 hexadecimal digits."""
    path = Path(words)
    if HEX_KEY.fullmatch(words) and not path.exists():
        return _of_raw(bytes.fromhex(words), words)
    if not path.is_file():
        raise UnusableInput([_no_public(words)])
    return public_from_pem(path.read_bytes(), words)


def public_from_pem(pem: bytes, where: str) -> PublicKey:
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise UnusableInput([_no_public(where)])
    return PublicKey(key.public_bytes_raw())


def _of_raw(raw: bytes, where: str) -> PublicKey:
    try:
        Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise UnusableInput([_no_public(where)]) from None
    return PublicKey(raw)


def _no_public(where: str) -> Fault:
    return _unusable(
        Path(where),
        N_("this is no Ed25519 public key"),
        N_("give the PEM file of the public key, or its 32 bytes as 64 hexadecimal digits"),
    )


def _unusable(path: Path, template: str, remedy: str) -> Fault:
    return Fault("key", str(path), template, remedy, values={"path": str(path)})
