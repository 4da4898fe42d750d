"""The key pair of a unit: phones lock the keys of their queues with it, the office alone opens them."""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from rbmgeo.errors import RbmgeoError
from rbmgeo.keys.files import write_secret

#: NIST SP 800-57: as strong as a key of 128 bits, until 2030 and beyond.
BITS = 3072
#: Bytes of a queue's own key (AES-256).
QUEUE_KEY = 32
_OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


class WrongKey(RbmgeoError):
    """What was locked was not locked for this unit."""


@dataclass(frozen=True)
class UnitKey:
    """The key of one unit; made at first need, its private part lies in the home (0600)."""

    private: rsa.RSAPrivateKey

    @classmethod
    def of(cls, home: Path, ulp: str) -> "UnitKey":
        """Return the key of a unit; raises ValueError for what is no code of a unit."""
        if not ulp.isalnum():
            raise ValueError(f"{ulp!r} is no code of a unit")
        path = home / "keys" / f"{ulp}.pem"
        if not path.is_file():
            made = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
            write_secret(path, private_pem(made))
        # Ours, and its numbers were tested when it was made.
        found = serialization.load_pem_private_key(
            path.read_bytes(), password=None, unsafe_skip_rsa_key_validation=True
        )
        assert isinstance(found, rsa.RSAPrivateKey)
        return cls(found)

    @property
    def jwk(self) -> dict[str, str]:
        """The public part as a browser's WebCrypto takes it (RFC 7517, RSA-OAEP with SHA-256)."""
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA", "alg": "RSA-OAEP-256", "n": _number(numbers.n), "e": _number(numbers.e)
        }  # fmt: skip

    @property
    def key_id(self) -> str:
        """The key's name: its thumbprint (RFC 7638)."""
        part = {name: self.jwk[name] for name in ("e", "kty", "n")}
        told = json.dumps(part, separators=(",", ":"), sort_keys=True)
        return _plain(hashlib.sha256(told.encode()).digest())

    def unlocked(self, wrapped: bytes) -> bytes:
        """Return the key of a queue; raises `WrongKey`."""
        try:
            key = self.private.decrypt(wrapped, _OAEP)
        except ValueError as fault:
            raise WrongKey(
                "the key in it was locked for another unit or installation; open it where the "
                "phone got its lists",
                "kuncinya dibuat untuk unit atau pemasangan lain; buka di server yang memberi "
                "daftar ke HP itu",
            ) from fault
        if len(key) != QUEUE_KEY:
            raise WrongKey(
                f"the key in it has {len(key)} bytes, not {QUEUE_KEY}; export the queue again",
                f"kuncinya {len(key)} bita, bukan {QUEUE_KEY}; ekspor lagi antreannya",
            )
        return key

    def locked(self, key: bytes) -> bytes:
        """Lock a queue's key as a phone does."""
        return self.private.public_key().encrypt(key, _OAEP)


def private_pem(key: "rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey") -> bytes:
    """Write a private key as a file of the home holds it: who may read the home may read it."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _number(value: int) -> str:
    return _plain(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
