"""An office's own HTTPS, shaken hands with for real: its hosts are trusted, no other."""

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.keys import certificates
from rbmgeo.keys.certificates import TlsFiles, certified, make, renew

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def files(tmp_path):
    return TlsFiles.of(tmp_path)


def shaken(files, host, *, server=None, key=None):
    """Shake hands on loopback with a server of these certificates, as ``host``; return the peer's."""
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(server or files.server, key or files.server_key)
    outside = ssl.create_default_context(cafile=str(files.ca))
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as door:

        def answer():
            taken, _ = door.accept()
            with contextlib.suppress(OSError, ssl.SSLError), taken, inside.wrap_socket(taken, server_side=True) as line:  # fmt: skip
                line.recv(1)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            with (
                socket.create_connection(door.getsockname()) as plain,
                outside.wrap_socket(plain, server_hostname=host) as line,
            ):
                line.send(b"x")
                return line.getpeercert()
        finally:
            thread.join()


def test_a_phone_that_trusts_the_authority_shakes_hands_with_its_hosts_alone(files):
    made = make(files, ["192.168.1.10", "RBM.kantor.lan", "127.0.0.1"], now=NOW)
    assert made.hosts == ("192.168.1.10", "rbm.kantor.lan", "127.0.0.1")
    for host in made.hosts:
        assert shaken(files, host)["notAfter"]
    for other in ("192.168.1.11", "bank.example"):
        with pytest.raises(ssl.SSLCertVerificationError):
            shaken(files, other)
    for path in (files.ca_key, files.server_key):
        assert oct(path.stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("192.168.1.10", x509.DNSName("bank.example")),
        ("192.168.1.10", x509.IPAddress(ipaddress.ip_address("192.168.1.11"))),
        ("192.168.1.10", x509.IPAddress(ipaddress.ip_address("::1"))),
        ("rbm.kantor.lan", x509.IPAddress(ipaddress.ip_address("192.168.1.11"))),
        ("rbm.kantor.lan", x509.DNSName("kantor.lan")),
    ],
)
def test_who_steals_the_authoritys_key_can_play_no_other_host(files, tmp_path, ours, theirs):
    make(files, [ours], now=NOW)
    ca, ca_key = certificates._authority(files)
    stolen = TlsFiles(tmp_path / "stolen")
    key = ec.generate_private_key(ec.SECP256R1())
    forged = (
        certificates._begun(x509.Name([]), ca.subject, key.public_key(), NOW, 30)
        .add_extension(x509.SubjectAlternativeName([theirs]), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    stolen.folder.mkdir()
    stolen.server.write_bytes(forged.public_bytes(serialization.Encoding.PEM))
    stolen.server_key.write_bytes(certificates.private_pem(key))
    with pytest.raises(ssl.SSLCertVerificationError, match=r"permitted subtree|excluded subtree"):
        shaken(files, str(theirs.value), server=stolen.server, key=stolen.server_key)


def test_lives_are_ten_years_and_397_days_and_renewing_keeps_the_authority(files):
    first = make(files, ["10.0.0.5", "rbm.lan"], now=NOW - dt.timedelta(days=380))
    assert (first.ca_until - NOW).days in range(3650 - 383, 3650 - 379)
    server = x509.load_pem_x509_certificate(files.server.read_bytes())
    assert server.not_valid_after_utc - server.not_valid_before_utc == dt.timedelta(days=397)
    assert first.old(NOW) and not first.old(NOW - dt.timedelta(days=300))
    again = renew(files, now=NOW)
    assert (again.fingerprint, set(again.hosts)) == (first.fingerprint, set(first.hosts))
    assert not again.old(NOW)
    assert shaken(files, "10.0.0.5")
    with pytest.raises(UsageError, match="--anew"):
        make(files, ["10.0.0.5"], now=NOW)
    assert make(files, ["10.0.0.5"], now=NOW, anew=True).fingerprint != first.fingerprint


@pytest.mark.parametrize("host", ["", "http://x", "a b", "1.2.3", "ä.lan", "a" * 64 + ".lan", "*.lan", "x/../y"])  # fmt: skip
def test_what_is_no_host_is_said(files, host):
    with pytest.raises(UsageError):
        make(files, [host], now=NOW)


def test_without_an_authority_the_command_that_makes_it_is_named(files):
    with pytest.raises(NothingToDo, match="tls init"):
        certified(files)
