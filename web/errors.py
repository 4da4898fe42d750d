"""From an error to a status and a page that says what to do next; the only such place."""

import logging
from dataclasses import dataclass

from flask import Flask, abort, current_app, g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from psycopg2.errors import QueryCanceled
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from rbmgeo.errors import (
    BadQuery,
    Conflict,
    CrsError,
    DatabaseFailed,
    FrameError,
    ImportRefused,
    NotAllowed,
    NothingToDo,
    NotThere,
    RbmgeoError,
    TooManyTries,
    UnknownUlp,
    UsageError,
)
from web.headers import UNAVAILABLE
from web.language import lang
from web.phone import wire_answers

_LOG = logging.getLogger(__name__)

#: The first class that an error is of decides.
STATUS: tuple[tuple[type[RbmgeoError], int], ...] = (
    (UnknownUlp, 404),
    (TooManyTries, 429),
    (NotThere, 404),
    (NotAllowed, 403),
    (NothingToDo, 409),
    (Conflict, 409),
    (ImportRefused, 422),
    (BadQuery, 400),
    (UsageError, 422),
    (FrameError, 500),
    (CrsError, 500),
    (DatabaseFailed, 503),
    (RbmgeoError, 422),
)


@dataclass(frozen=True)
class Words:
    """What a status means to a person, and what to do: (Indonesian, English)."""

    title: tuple[str, str]
    remedy: tuple[str, str]


WORDS: dict[int, Words] = {
    400: Words(
        ("Permintaan tidak terbaca", "The request could not be read"),
        ("Kembali, muat ulang halaman, lalu ulangi.", "Go back, load the page again and repeat."),
    ),
    401: Words(
        ("Belum masuk", "Not logged in"),
        ("Masuk lebih dulu, lalu ulangi.", "Log in first, then repeat."),
    ),
    403: Words(
        ("Tidak boleh", "Not allowed"),
        (
            "Peran Anda di unit ini tidak mencakup halaman atau tindakan itu. Minta administrator "
            "unit bila Anda memerlukannya.",
            "Your role in this unit does not cover that page or act. Ask the unit's "
            "administrator if you need it.",
        ),
    ),
    404: Words(
        ("Halaman tidak ada", "There is no such page"),
        (
            "Alamatnya mungkin lama atau salah ketik. Mulai lagi dari Bulan ini.",
            "The address may be old or mistyped. Begin again at This month.",
        ),
    ),
    405: Words(
        ("Cara memanggil tidak cocok", "This address is asked in another way"),
        ("Kembali dan pakai tombol pada halaman.", "Go back and use the button on the page."),
    ),
    409: Words(
        ("Langkah sebelumnya belum ada", "An earlier step is missing"),
        ("Kerjakan langkah yang disebut, lalu ulangi.", "Do the step that is named, then repeat."),
    ),
    413: Words(
        ("Berkas terlalu besar", "The file is too large"),
        ("Bagi berkas per bulan, lalu unggah satu per satu.", "Split it by month and upload one at a time."),
    ),
    422: Words(
        ("Isian perlu diperbaiki", "What was entered needs mending"),
        ("Kembali dan perbaiki isian yang disebut.", "Go back and mend what is named."),
    ),
    429: Words(
        ("Terlalu banyak percobaan", "Too many tries"),
        ("Tunggu semenit, lalu coba lagi.", "Wait a minute, then try again."),
    ),
    500: Words(
        ("Ada kesalahan pada program", "The program made a mistake"),
        (
            "Tidak ada data yang berubah. Ulangi sekali; bila tetap begitu, sampaikan nomor "
            "permintaan di bawah kepada administrator.",
            "No data changed. Try once more; if it stays, give the administrator the request "
            "number below.",
        ),
    ),
    503: Words(
        ("Basis data belum siap", "The database is not ready"),
        (
            "Tunggu sebentar lalu muat ulang. Bila tetap begitu, jalankan rbmgeo db status.",
            "Wait a moment and load again. If it stays, run rbmgeo db status.",
        ),
    ),
}  # fmt: skip


#: Every connection is in use; one question took longer than it may.
_BUSY = (
    "Semua koneksi ke basis data sedang dipakai.",
    "All connections to the database are in use.",
)
_LONG = (
    "Pertanyaan ini terlalu lama bagi basis data. Persempit pilihan, misalnya satu RBM atau satu bulan.",
    "This question takes the database too long. Narrow it down, for example to one RBM or one month.",
)


def status_of(error: RbmgeoError) -> int:
    """Return the HTTP status of an error of ours."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def register(app: Flask) -> None:
    """Answer every error with a page, or with JSON under /api."""

    @app.before_request
    def readable() -> None:
        # No text of the database can hold this sign, and nobody types it.
        sent = (request.path, *request.args.values(), *request.form.values())
        if any("\0" in text for text in sent):
            abort(400)

    @app.errorhandler(RbmgeoError)
    def ours(error: RbmgeoError) -> tuple[Response | str, int]:
        return answer(status_of(error), error.in_language(lang()), error)

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> tuple[Response | str, int]:
        return answer(400, error=wire_answers.stale_token())

    @app.errorhandler(HTTPException)
    def plain(error: HTTPException) -> tuple[Response | str, int] | HTTPException:
        code = error.code or 500
        return error if code < 400 else answer(code)

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(NoConnectionFree)
    def down(error: Exception) -> tuple[Response | str, int]:
        kind = type(getattr(error, "orig", None) or error).__name__
        _LOG.error("request %s: the database does not answer (%s)", g.get("request_id"), kind)
        if isinstance(error, NoConnectionFree):
            return answer(503, _BUSY[0 if lang() == "id" else 1])
        if isinstance(getattr(error, "orig", None), QueryCanceled):
            return answer(503, _LONG[0 if lang() == "id" else 1])
        return answer(503)

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> tuple[Response | str, int]:
        if app.testing or app.debug:
            raise error
        # Never the text: a database error quotes the customer's row.
        _LOG.error("request %s: %s", g.get("request_id"), type(error).__name__, exc_info=app.debug)
        return answer(500)


def answer(
    status: int, sentence: str = "", error: RbmgeoError | None = None
) -> tuple[Response | str, int]:
    """Return a page, or JSON under /api and to phones, that says a status and what to do next."""
    words = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    index = 0 if lang() == "id" else 1
    title, remedy = words.title[index], words.remedy[index]
    if wire_answers.asked():
        return wire_answers.answer(status, words.remedy, error), status
    if request.path.startswith("/api/"):
        return jsonify(error=title, message=sentence or remedy, request=g.get("request_id")), status
    # Sentences of ours begin small, as they do behind a command's name.
    told = {"status": status, "title": title, "remedy": remedy,
            "sentence": sentence[:1].upper() + sentence[1:]}  # fmt: skip
    if status == UNAVAILABLE:
        # What is given to every page asks the database who looks at it: none of it here.
        bare = current_app.jinja_env.get_template("unavailable.html")
        return bare.render(told), status
    return render_template("error.html", **told), status
