"""The office's identity provider: found by its address, asked with a code and its proof (PKCE)."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from rbmgeo.errors import RbmgeoError
from rbmgeo.keys.id_token import refused
from rbmgeo.settings import Settings

#: Seconds that the provider's addresses and keys are believed without asking again.
KEPT_S = 3600.0
_PATIENCE_S, _MOST_BYTES = 5.0, 1_000_000
#: (address, form to send or None, headers) -> what it answers, as JSON.
Fetch = Callable[[str, dict[str, str] | None, dict[str, str]], dict[str, Any]]


class ProviderSilent(RbmgeoError):
    """The identity provider does not answer, or not as one."""


@dataclass
class Provider:
    """One identity provider: its addresses and keys as lately fetched."""

    settings: Settings
    fetch: Fetch
    _kept: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)

    def authorization(self, *, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """Return the address to send a person to: code flow, PKCE by S256, state and nonce."""
        asked = {
            "response_type": "code", "client_id": self.settings.oidc_client_id, "scope": "openid profile email",
            "redirect_uri": redirect, "state": state, "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{self._address('authorization_endpoint')}?{urllib.parse.urlencode(asked)}"

    def id_token(self, *, code: str, redirect: str, verifier: str) -> str:
        """Return the ID token that a code is changed for; only we know the verifier and secret."""
        user = urllib.parse.quote(self.settings.oidc_client_id, safe="")
        secret = urllib.parse.quote(self.settings.oidc_client_secret.get_secret_value(), safe="")
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect,
                "code_verifier": verifier}  # fmt: skip
        told = {"Authorization": "Basic " + b64encode(f"{user}:{secret}".encode()).decode()}
        answer = self.fetch(self._address("token_endpoint"), form, told).get("id_token")
        if not isinstance(answer, str):
            raise refused()
        return answer

    def keys(self, *, anew: bool = False) -> dict[str, Any]:
        """Return the provider's public keys; ``anew``: it may have changed them."""
        return self._lately(self._address("jwks_uri"), anew=anew)

    def _address(self, name: str) -> str:
        issuer = self.settings.oidc_issuer
        told = self._lately(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        address = told.get(name)
        # A provider that calls itself otherwise would be another one (ASVS 5.0 10.5.3).
        if told.get("issuer") != issuer or not str(address).startswith("https://"):
            raise ProviderSilent(
                "the identity provider describes another address or none over HTTPS; check RBMGEO_OIDC_ISSUER",
                "penyedia identitas menyebut alamat lain atau bukan HTTPS; periksa RBMGEO_OIDC_ISSUER",
            )
        return str(address)

    def _lately(self, address: str, *, anew: bool = False) -> dict[str, Any]:
        until, told = self._kept.get(address, (0.0, {}))
        if anew or time.monotonic() >= until:
            told = self.fetch(address, None, {})
            self._kept[address] = (time.monotonic() + KEPT_S, told)
        return told


def over_https(
    address: str, form: dict[str, str] | None, headers: dict[str, str]
) -> dict[str, Any]:
    """Ask an address over HTTPS; raises `ProviderSilent` where it answers no JSON object in time."""
    if not address.startswith("https://"):
        raise _silent()
    data = None if form is None else urllib.parse.urlencode(form).encode()
    asked = urllib.request.Request(address, data=data, headers={"Accept": "application/json", **headers})  # fmt: skip
    try:
        with _STRAIGHT.open(asked, timeout=_PATIENCE_S) as answer:
            told = json.loads(answer.read(_MOST_BYTES))
    except (OSError, ValueError, urllib.error.URLError) as fault:
        raise _silent() from fault
    if not isinstance(told, dict):
        raise _silent()
    return told


class _NoWay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: a code and a secret go to the named address alone."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Return no further request."""


_STRAIGHT = urllib.request.build_opener(_NoWay)


def _silent() -> ProviderSilent:
    return ProviderSilent(
        "the office's identity provider does not answer; try again, or log in by password",
        "penyedia akun kantor tidak menjawab; coba lagi, atau masuk dengan kata sandi",
    )
