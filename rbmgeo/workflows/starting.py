"""Before pages are served: settings that would let strangers in are refused, all named at once."""

import ipaddress
from collections.abc import Mapping

from sqlalchemy.orm import Session

from rbmgeo.db.queries import demo_people, office_people, people
from rbmgeo.errors import RbmgeoError
from rbmgeo.settings import Settings

SECRET_BYTES = 32
#: Claims that a login here may be read from.
CLAIMS = ("preferred_username", "email", "upn", "sub", "nip", "employee_number")

Weakness = tuple[str, str]


class UnsafeStart(RbmgeoError):
    """The pages do not start as they are set."""


def refuse_weak_settings(settings: Settings, environ: Mapping[str, str]) -> None:
    """Raise `UnsafeStart` naming every setting that weakens the log-in (ASVS 5.0 13.4.2)."""
    found: list[Weakness] = []
    if environ.get("FLASK_DEBUG", "").lower() not in ("", "0", "false", "no"):
        found.append((
            "FLASK_DEBUG is on, and shows the program to visitors; unset it",
            "FLASK_DEBUG menyala dan memperlihatkan program kepada pengunjung; hapus setelan itu",
        ))  # fmt: skip
    secret = settings.secret.get_secret_value()
    if secret and (len(secret.encode()) < SECRET_BYTES or len(set(secret)) < 8):
        found.append((
            f"RBMGEO_SECRET is shorter than {SECRET_BYTES} bytes or repeats itself; leave it out, one is drawn "
            "and kept in the database, or draw one with `openssl rand -hex 32`",
            f"RBMGEO_SECRET kurang dari {SECRET_BYTES} byte atau berulang; hapus saja, kunci dibuat sendiri "
            "dan disimpan di basis data, atau buat dengan `openssl rand -hex 32`",
        ))  # fmt: skip
    _raise(found + _of_provider(settings))


def refuse_weak_people(session: Session, settings: Settings) -> None:
    """Raise `UnsafeStart` where a published password opens real data, or nobody could get in."""
    found: list[Weakness] = []
    if logins := demo_people.published_passwords(session):
        named = ", ".join(logins)
        found.append((
            f"{named}: the password of the sample opens a unit of real data; give another with "
            f"`rbmgeo user password {logins[0]}`",
            f"{named}: kata sandi contoh membuka unit berdata nyata; ganti dengan "
            f"`rbmgeo user password {logins[0]}`",
        ))  # fmt: skip
    if (
        not settings.local_login
        and people.anybody(session)
        and not office_people.break_glass(session)
    ):
        found.append((
            "RBMGEO_LOCAL_LOGIN is off and no account is for an emergency; name an administrator with "
            "`rbmgeo user break-glass LOGIN`",
            "RBMGEO_LOCAL_LOGIN mati dan belum ada akun darurat; tunjuk satu administrator dengan "
            "`rbmgeo user break-glass NAMA`",
        ))  # fmt: skip
    _raise(found)


def refuse_open_door(host: str, settings: Settings, *, tls: bool) -> None:
    """Raise `UnsafeStart` where other machines would read passwords on their way (ASVS 5.0 12.2.1)."""
    if tls or settings.proxies or is_this_machine(host):
        return
    _raise([(
        f"{host} is reached by other machines, and without HTTPS passwords travel readable; serve with --tls "
        "(`rbmgeo tls init`) or --cert and --key, or set RBMGEO_PROXIES=1 behind a proxy that speaks HTTPS",
        f"{host} terjangkau mesin lain, dan tanpa HTTPS kata sandi terbaca di jalan; jalankan dengan --tls "
        "(`rbmgeo tls init`) atau --cert dan --key, atau setel RBMGEO_PROXIES=1 di belakang proksi HTTPS",
    )])  # fmt: skip


def is_this_machine(host: str) -> bool:
    """Say whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _of_provider(settings: Settings) -> list[Weakness]:
    found: list[Weakness] = []
    if not settings.oidc_issuer:
        if not settings.local_login:
            found.append((
                "RBMGEO_LOCAL_LOGIN is off and RBMGEO_OIDC_ISSUER is empty: nobody could log in; set one",
                "RBMGEO_LOCAL_LOGIN mati dan RBMGEO_OIDC_ISSUER kosong: tidak ada yang bisa masuk; setel salah satu",
            ))  # fmt: skip
        return found
    if not settings.oidc_issuer.startswith("https://"):
        found.append((
            "RBMGEO_OIDC_ISSUER is no https address; take the provider's own",
            "RBMGEO_OIDC_ISSUER bukan alamat https; pakai alamat penyedianya",
        ))  # fmt: skip
    if not settings.oidc_client_id or not settings.oidc_client_secret.get_secret_value():
        found.append((
            "RBMGEO_OIDC_CLIENT_ID or RBMGEO_OIDC_CLIENT_SECRET is empty; register this product at the provider",
            "RBMGEO_OIDC_CLIENT_ID atau RBMGEO_OIDC_CLIENT_SECRET kosong; daftarkan produk ini pada penyedianya",
        ))  # fmt: skip
    if settings.oidc_claim not in CLAIMS:
        found.append((
            f"RBMGEO_OIDC_CLAIM is none of {', '.join(CLAIMS)}",
            f"RBMGEO_OIDC_CLAIM bukan salah satu dari {', '.join(CLAIMS)}",
        ))  # fmt: skip
    return found


def _raise(found: list[Weakness]) -> None:
    if found:
        raise UnsafeStart("; ".join(e for e, _ in found), "; ".join(i for _, i in found))
