"""What is wrong with the headers of an answer, whatever it is."""

import re

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


def directives(policy):
    return {
        name: rest.split()
        for name, _, rest in (d.strip().partition(" ") for d in policy.split(";"))
    }


def faults(answer):
    """Say what is wrong with the headers of an answer."""
    wrong = [
        f"{n}: {answer.headers.get(n)}" for n, v in ALWAYS.items() if answer.headers.get(n) != v
    ]
    told = directives(answer.headers.get("Content-Security-Policy", ""))
    scripts = told.get("script-src", told.get("default-src", ["*"]))
    for bad in (
        "'unsafe-inline'",
        "'unsafe-eval'",
        "'unsafe-hashes'",
        "*",
        "data:",
        "blob:",
        "https:",
        "http:",
    ):
        if bad in scripts:
            wrong.append(f"scripts from {bad}")
    if any(
        s not in ("'self'", "'none'") and not re.fullmatch(r"'nonce-[\w-]{24}'", s) for s in scripts
    ):
        wrong.append(f"scripts from {scripts}")
    if told.get("frame-ancestors") != ["'none'"]:
        wrong.append("may be framed")
    if ("sandbox" not in told and told.get("object-src") != ["'none'"]) or "'unsafe-inline'" in str(
        told
    ):
        wrong.append(f"policy {told}")
    if "geolocation=(self)" not in answer.headers.get("Permissions-Policy", ""):
        wrong.append("no Permissions-Policy")
    if "Server" in answer.headers or "X-Powered-By" in answer.headers:
        wrong.append("says what serves it")
    return wrong
