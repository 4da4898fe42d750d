"""HTTPS of an office without a domain: a certificate authority of its own, good for its hosts alone.

The authority's certificate names the hosts that it may vouch for (name constraints, RFC 5280
4.2.1.10): a phone that trusts it trusts no other address through it, should its key be stolen.
"""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.keys.files import write_secret
from rbmgeo.keys.unit_key import private_pem

CA_DAYS = 3650
#: No phone takes a server's certificate of a longer life.
SERVER_DAYS = 397
#: So many days before its end a server's certificate is called old.
RENEW_DAYS = 30
MOST_HOSTS = 20
_CA_NAME = "rbmgeo"
#: A name that nobody has (RFC 6761): where no host has a name, no name is vouched for.
_NO_NAME = "rbmgeo.invalid"
_BACK = timedelta(hours=24)  # a phone's clock may be behind
_CA_USE = {
    "digital_signature": False, "content_commitment": False, "key_encipherment": False,
    "data_encipherment": False, "key_agreement": False, "key_cert_sign": True, "crl_sign": True,
    "encipher_only": False, "decipher_only": False,
}  # fmt: skip
_SERVER_USE = {**_CA_USE, "digital_signature": True, "key_cert_sign": False, "crl_sign": False}


@dataclass(frozen=True)
class TlsFiles:
    """The files of the home: the authority's and the server's certificates and keys (0600)."""

    folder: Path

    @classmethod
    def of(cls, home: Path) -> "TlsFiles":
        """Return those of a home, whether they are there or not."""
        return cls(home / "tls")

    @property
    def ca(self) -> Path:
        """The authority's certificate, which phones install."""
        return self.folder / "ca.crt"

    @property
    def ca_key(self) -> Path:
        """The authority's key."""
        return self.folder / "ca.key"

    @property
    def server(self) -> Path:
        """The server's certificate."""
        return self.folder / "server.crt"

    @property
    def server_key(self) -> Path:
        """The server's key."""
        return self.folder / "server.key"

    def note_served(self, door: str, address: str) -> None:
        """Note where phones find the steps (the plain door) and then the pages."""
        (self.folder / "served.txt").write_text(f"{door}\n{address}\n", encoding="utf-8")

    def served(self) -> tuple[str, str] | None:
        """Return door and address as they were served last, None where they never were."""
        try:
            door, address = (self.folder / "served.txt").read_text(encoding="utf-8").split()
        except (OSError, ValueError):
            return None
        return door, address

    def there(self) -> bool:
        """Say whether an authority was made."""
        return self.ca.is_file() and self.ca_key.is_file()


@dataclass(frozen=True)
class Certified:
    """What phones and people are told: hosts, ends, and the authority's fingerprint (SHA-256)."""

    hosts: tuple[str, ...]
    ca_until: datetime
    server_until: datetime
    fingerprint: str

    def old(self, now: datetime) -> bool:
        """Say whether the server's certificate is to be renewed."""
        return self.server_until - now < timedelta(days=RENEW_DAYS)


def make(files: TlsFiles, hosts: list[str], *, now: datetime, anew: bool = False) -> Certified:
    """Make an authority for some hosts (names or addresses) and the server's certificate.

    Raises
    ------
    UsageError
        If a host is none, or an authority is there already and ``anew`` is not said: every phone
        would have to install the new one.
    """
    if files.there() and not anew:
        raise UsageError(
            f"{files.ca} is there already; `rbmgeo tls renew` renews the server's certificate, "
            "--anew makes another authority that every phone must install again",
            f"{files.ca} sudah ada; `rbmgeo tls renew` memperbarui sertifikat server, --anew "
            "membuat CA lain yang harus dipasang lagi di semua HP",
        )
    names = [_name(h) for h in checked_hosts(hosts)]
    key = ec.generate_private_key(ec.SECP256R1())
    title = x509.Name([
        x509.NameAttribute(NameOID.COMMON_NAME, f"{_CA_NAME} {checked_hosts(hosts)[0]}"[:64]),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, _CA_NAME),
    ])  # fmt: skip
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    ca = (
        _begun(title, title, key.public_key(), now, CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**_CA_USE), critical=True)
        .add_extension(own, critical=False)
        .add_extension(_constraints(names), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_secret(files.ca_key, private_pem(key), anew=True)
    write_secret(files.ca, ca.public_bytes(serialization.Encoding.PEM), anew=True)
    return _serve(files, ca, key, names, now)


def renew(files: TlsFiles, *, now: datetime) -> Certified:
    """Make another certificate of the server, for the same hosts; phones notice nothing."""
    ca, key = _authority(files)
    permitted = ca.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees
    hosts = [str(n.value).partition("/")[0] for n in permitted or ()]
    names = [_name(h) for h in hosts if h != _NO_NAME]
    return _serve(files, ca, key, names, now)


def certified(files: TlsFiles) -> Certified:
    """Return what was made; raises `NothingToDo` where nothing was."""
    ca, _ = _authority(files)
    server = x509.load_pem_x509_certificate(files.server.read_bytes())
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return Certified(
        tuple(str(n.value) for n in names), ca.not_valid_after_utc, server.not_valid_after_utc,
        ca.fingerprint(hashes.SHA256()).hex(":").upper(),
    )  # fmt: skip


def host_of(certificate: Path) -> str:
    """Return the first host that a certificate (PEM) names; raises `UsageError`."""
    try:
        made = x509.load_pem_x509_certificate(certificate.read_bytes())
        names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return str(next(iter(names)).value)
    except (ValueError, x509.ExtensionNotFound, StopIteration) as fault:
        raise UsageError(
            f"{certificate} is no PEM certificate that names a host",
            f"{certificate} bukan sertifikat PEM yang menyebut alamat",
        ) from fault


def ca_as_der(files: TlsFiles) -> bytes:
    """Return the authority's certificate as phones take it from a page (.crt, DER)."""
    ca = x509.load_pem_x509_certificate(files.ca.read_bytes())
    return ca.public_bytes(serialization.Encoding.DER)


def checked_hosts(hosts: list[str]) -> list[str]:
    """Return hosts written in one way, each once; raises `UsageError` for what is none."""
    out = list(dict.fromkeys(h.strip().lower().rstrip(".") for h in hosts))
    if not 0 < len(out) <= MOST_HOSTS or not all(_is_host(h) for h in out):
        raise UsageError(
            f"name 1 to {MOST_HOSTS} hosts as phones reach them, e.g. 192.168.1.10 or rbm.kantor.lan",
            f"sebutkan 1 sampai {MOST_HOSTS} alamat seperti dibuka HP, misalnya 192.168.1.10 atau rbm.kantor.lan",
        )
    return out


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        parts = host.split(".")
        letters = all(c.isascii() and (c.isalnum() or c == "-") for p in parts for c in p)
        return len(host) <= 253 and letters and all(0 < len(p) <= 63 for p in parts) and not parts[-1].isdigit()  # fmt: skip
    return True


def _name(host: str) -> "x509.DNSName | x509.IPAddress":
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _constraints(names: "list[x509.DNSName | x509.IPAddress]") -> x509.NameConstraints:
    """Permit these hosts alone: a kind of name that nobody has here is shut out as a whole."""
    dns: list[x509.GeneralName] = [n for n in names if isinstance(n, x509.DNSName)]
    ips: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_network(n.value)) for n in names if isinstance(n, x509.IPAddress)
    ]  # fmt: skip
    none = [x509.IPAddress(ipaddress.ip_network(net)) for net in ("0.0.0.0/0", "::/0")]
    return x509.NameConstraints(
        permitted_subtrees=[*(dns or [x509.DNSName(_NO_NAME)]), *ips],
        excluded_subtrees=None if ips else none,
    )


def _serve(
    files: TlsFiles, ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey,
    names: "list[x509.DNSName | x509.IPAddress]", now: datetime,
) -> Certified:  # fmt: skip
    key = ec.generate_private_key(ec.SECP256R1())
    title = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(names[0].value)[:64])])
    until = min(SERVER_DAYS, (ca.not_valid_after_utc - now).days)
    issuer = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    made = (
        _begun(title, ca.subject, key.public_key(), now, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**_SERVER_USE), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False
        )
        .sign(ca_key, hashes.SHA256())
    )
    write_secret(files.server_key, private_pem(key), anew=True)
    write_secret(files.server, made.public_bytes(serialization.Encoding.PEM), anew=True)
    return certified(files)


def _begun(
    title: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    # The day before belongs to the life of a certificate, which phones hold to 398 days.
    begin = now.astimezone(UTC).replace(microsecond=0) - _BACK
    return (
        x509.CertificateBuilder()
        .subject_name(title).issuer_name(issuer).public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin).not_valid_after(begin + timedelta(days=days))
    )  # fmt: skip


def _authority(files: TlsFiles) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    if not files.there():
        raise NothingToDo(
            "there is no authority yet; make it with `rbmgeo tls init HOST`",
            "CA belum ada; buat dengan `rbmgeo tls init ALAMAT`",
        )
    key = serialization.load_pem_private_key(files.ca_key.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return x509.load_pem_x509_certificate(files.ca.read_bytes()), key
