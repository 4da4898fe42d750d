"""What an identity provider says of a person (OpenID Connect): believed only if it signed it for us."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from rbmgeo.errors import NotAllowed

#: Signatures with the provider's own private key; "none" and shared secrets are no signatures here.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")  # fmt: skip
#: Seconds that two clocks may differ.
LEEWAY_S = 60


def claims_of(
    token: str, *, keys: Mapping[str, Any], issuer: str, client_id: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """Return what an ID token claims, after signature, issuer, audience, time and nonce were checked.

    Parameters
    ----------
    keys
        The provider's key set (JWKS) as fetched from it.
    nonce
        Drawn for this very log-in (ASVS 5.0 10.5.1).

    Raises
    ------
    NotAllowed
        If anything is wrong; the sentence does not say what, the log-in is begun again.
    """
    try:
        found = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=list(ALGORITHMS))  # type: ignore[arg-type]
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()), leeway=LEEWAY_S,
            iss={"essential": True, "value": issuer}, sub={"essential": True},
            aud={"essential": True, "value": client_id}, exp={"essential": True},
            iat={"essential": True}, nonce={"essential": True, "value": nonce},
        ).validate(found.claims)  # fmt: skip
    except (JoseError, ValueError, KeyError, TypeError) as fault:
        raise refused() from fault
    claims = dict(found.claims)
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise refused()
    return claims


def refused() -> NotAllowed:
    """Return what is said where a log-in through the provider cannot be believed."""
    return NotAllowed(
        "the log-in through the office's account could not be verified; begin again at Log in",
        "masuk lewat akun kantor tidak dapat dibuktikan; mulai lagi dari halaman Masuk",
    )
