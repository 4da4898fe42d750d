"""A small identity provider of the tests' own: a key, its addresses, codes; no network."""

import base64
import hashlib
import hmac
import json
import time
import urllib.parse
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

ISSUER, CLIENT, SECRET = "https://akun.example", "rbmgeo", "rahasia-penyedia-yang-panjang"


class IdentityProvider:
    """Answers as `web.oidc.Fetch`; ``claims`` and ``sign`` of the next ID token can be bent."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "satu"})
        self.other_key = RSAKey.generate_key(2048, {"kid": "satu"})
        self.issuer = ISSUER
        self.asked: list[tuple[str, dict[str, str] | None, dict[str, str]]] = []
        self.begun: dict[str, str] = {}
        self.claims: dict[str, Any] = {}
        self.sign = "RS256"
        self.stolen_key = False

    def begin(self, address: str) -> str:
        """Look at where a person is sent, and return the code that comes back."""
        parts = urllib.parse.urlsplit(address)
        self.begun = dict(urllib.parse.parse_qsl(parts.query))
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{ISSUER}/masuk"
        return "kode-sekali"

    def __call__(
        self, address: str, form: dict[str, str] | None, headers: dict[str, str]
    ) -> dict[str, Any]:
        self.asked.append((address, form, headers))
        if address.endswith("/.well-known/openid-configuration"):
            return {"issuer": self.issuer, "authorization_endpoint": f"{ISSUER}/masuk",
                    "token_endpoint": f"{ISSUER}/tukar", "jwks_uri": f"{ISSUER}/kunci"}  # fmt: skip
        if address == f"{ISSUER}/kunci":
            return {"keys": [self.key.as_dict(private=False)]}
        assert form is not None and address == f"{ISSUER}/tukar"
        proof = hashlib.sha256(form["code_verifier"].encode()).digest()
        proven = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        assert proven == self.begun["code_challenge"], "PKCE"
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.token()}

    def token(self) -> str:
        """Return an ID token with the claims as bent."""
        now = int(time.time())
        told = {"iss": ISSUER, "sub": "0042", "aud": CLIENT, "iat": now, "exp": now + 300,
                "nonce": self.begun["nonce"], "preferred_username": "Perencana", **self.claims}  # fmt: skip
        told = {k: v for k, v in told.items() if v is not None}
        header = {"alg": self.sign, "kid": "satu"}
        if self.sign == "none":
            return ".".join((_part(b'{"alg":"none","kid":"satu"}'), _part(_json(told)), ""))
        if self.sign == "HS256":  # the public key as if it were a shared secret
            shared = self.key.as_pem(private=False)
            begun = ".".join(_part(p) for p in (_json(header), _json(told)))
            return f"{begun}.{_part(hmac.digest(shared, begun.encode(), 'sha256'))}"
        return jwt.encode(header, told, self.other_key if self.stolen_key else self.key)


def _json(told: dict[str, Any]) -> bytes:
    return json.dumps(told).encode()


def _part(told: bytes) -> str:
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()
