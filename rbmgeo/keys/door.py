"""A plain HTTP door beside the HTTPS pages: steps and certificate for phones that trust us not yet.

It gives two things that are public, and leads everything else to the HTTPS pages. No data, no
log-in, no library of the product: ``python -m rbmgeo.keys.door HOST PORT HOME ADDRESS``.
"""

import html
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from rbmgeo.keys.certificates import TlsFiles, ca_as_der, certified
from rbmgeo.labels.tls import STEPS, WHY

PAGE, FILE, MIMETYPE = "/hp/ca", "/hp/ca.crt", "application/x-x509-ca-cert"
NAME = "rbmgeo-ca.crt"
_STYLE = "body{font:17px/1.5 sans-serif;max-width:38em;margin:1.5em auto;padding:0 1em}a.b{display:block;padding:.8em;background:#0b5d66;color:#fff;text-align:center;border-radius:6px}code{word-break:break-all}"


def door_address(host: str, port: int) -> str:
    """Return what the QR code says."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{PAGE}"


def page(files: TlsFiles, address: str) -> bytes:
    """Return the steps in both languages, with the fingerprint to compare."""
    told = certified(files)
    parts = [f"<p><b>SHA-256</b><br><code>{told.fingerprint}</code></p>"]
    for lang in (0, 1):
        parts.append(f'<section lang="{("id", "en")[lang]}">')
        parts.append(f'<p><a class="b" href="{FILE}">{("Unduh sertifikat", "Download the certificate")[lang]}</a></p>')  # fmt: skip
        for title, steps in STEPS.values():
            said = "".join(f"<li>{html.escape(s[lang].format(a=address))}</li>" for s in steps)
            parts.append(f"<h2>{html.escape(title[lang])}</h2><ol>{said}</ol>")
        parts.append(f"<p>{html.escape(WHY[lang])}</p></section>")
    return (
        '<!doctype html><html lang="id"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>rbmgeo</title><style>{_STYLE}</style></head>'
        f"<body><h1>rbmgeo</h1>{''.join(parts)}</body></html>"
    ).encode()


class Door(BaseHTTPRequestHandler):
    """Answers one request of a phone."""

    files: TlsFiles
    address: str
    timeout = 15
    server_version, sys_version = "rbmgeo", ""

    def do_GET(self) -> None:
        """Give the steps, the certificate, or the way to the pages."""
        path = urlsplit(self.path).path
        if path == PAGE:
            self._give(page(self.files, self.address), "text/html; charset=utf-8")
        elif path == FILE:
            self._give(ca_as_der(self.files), MIMETYPE)
        else:
            self.send_response(307)
            # Wherever it was asked for, it is the pages' own front door: nothing is echoed.
            self.send_header("Location", f"{self.address}/")
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_HEAD = do_GET

    def _give(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        if kind == MIMETYPE:
            self.send_header("Content-Disposition", f'attachment; filename="{NAME}"')
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing down: what phones ask for here is no event."""


def door(host: str, port: int, files: TlsFiles, address: str) -> ThreadingHTTPServer:
    """Return a server of the door, not yet begun."""
    kind = type("OurDoor", (Door,), {"files": files, "address": address})
    return ThreadingHTTPServer((host, port), kind)


if __name__ == "__main__":
    _host, _port, _home, _address = sys.argv[1:5]
    door(_host, int(_port), TlsFiles.of(Path(_home)), _address).serve_forever()
