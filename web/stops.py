"""SOP IV.1-IV.8 as eight stops: what is done, what is missing, who is next, with one button."""

from dataclasses import dataclass

from rbmgeo.db.queries.board import Facts
from rbmgeo.terms import Role

Pair = tuple[str, str]
DONE, NOW, WAITING = "done", "now", "waiting"
PLANNER: Pair = ("Perencana", "Planner")
SURVEYORS: Pair = ("Surveyor", "Surveyors")
SUPERVISOR: Pair = ("Pengawas", "Supervisor")


@dataclass(frozen=True)
class Stop:
    """One step of SOP IV as it stands this month.

    ``figure`` is the one number under the stop, ``missing`` what keeps it from being done;
    ``button`` leads to ``endpoint`` and is shown to whoever may use it.
    """

    number: int
    state: str
    title: Pair
    figure: Pair
    missing: Pair
    who: Pair
    role: Role
    button: Pair
    endpoint: str


def stops(f: Facts) -> list[Stop]:
    """Return the eight stops; the first that is not done is the one that is next."""
    made = [_evaluate(f), _targets(f), _match(f), _survey(f), _routes(f), _verify(f), _hand(f), _energy(f)]  # fmt: skip
    first = next((s.number for s in made if s.state != DONE), 0)
    return [
        s if s.state == DONE else _with_state(s, NOW if s.number == first else WAITING)
        for s in made
    ]


def _with_state(stop: Stop, state: str) -> Stop:
    return Stop(**{**stop.__dict__, "state": state})


def _dots(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _lacking(f: Facts) -> Pair:
    """Name the files without which nothing can begin."""
    need = (
        ({"dpm", "customers"}, ("DPM", "DPM")),
        ({"pdpj", "customers"}, ("PDPJ", "PDPJ")),
        ({"gardu"}, ("gardu", "gardu")),
    )
    absent = [words for kinds, words in need if not kinds & f.kinds]
    if not absent:
        return "", ""
    return (
        f"Impor berkas {', '.join(w[0] for w in absent)}",
        f"Import the files {', '.join(w[1] for w in absent)}",
    )


def _evaluate(f: Facts) -> Stop:
    share = f"{100 * f.with_point / f.customers:.0f} %" if f.customers else "–"
    lacking = _lacking(f)
    fresh = f.evaluated_at is not None and (not f.changed_at or f.evaluated_at >= f.changed_at)
    missing = ("", "")
    if not f.customers:
        missing = lacking if lacking[0] else ("Impor daftar pelanggan", "Import the customers")
    elif f.evaluated_at is None:
        missing = ("Evaluasi belum dijalankan", "Not evaluated yet")
    elif not fresh:
        missing = (
            "Ada impor atau pengurungan sesudah evaluasi terakhir; evaluasi lagi",
            "Files came or were undone after the last evaluation; evaluate again",
        )
    button = ("Evaluasi", "Evaluate") if f.customers else ("Impor", "Import")
    return Stop(
        1, DONE if fresh and f.customers else WAITING, ("Evaluasi data", "Evaluation"),
        (f"{share} bertitik", f"{share} with a point"), missing, PLANNER, Role.PERENCANA,
        button, "evaluation.page" if f.customers else "imports.page",
    )  # fmt: skip


def _targets(f: Facts) -> Stop:
    missing = ("", "")
    if not f.days:
        missing = (
            "Kalender baca bulan ini belum diimpor",
            "The reading calendar of this month is not imported",
        )
    return Stop(
        2, DONE if f.days and f.rbms else WAITING, ("Jadwal & target", "Schedule & target"),
        (f"{_dots(f.rbms)} RBM, {_dots(f.officers)} petugas", f"{f.rbms:,} RBM, {f.officers:,} officers"),
        missing, PLANNER, Role.PERENCANA, ("Lihat jadwal", "See the schedule"), "routes.targets",
    )  # fmt: skip


def _match(f: Facts) -> Stop:
    fresh = f.matched_at is not None and (not f.changed_at or f.matched_at >= f.changed_at)
    missing = ("", "")
    if f.matched_at is None:
        missing = ("Pencocokan belum dijalankan", "Not matched yet")
    elif not fresh:
        missing = (
            "Ada impor atau pengurungan sesudah pencocokan terakhir; cocokkan lagi",
            "Files came or were undone after the last matching; match again",
        )
    button, page = ("Lihat temuan", "See findings"), "findings.page"
    if f.customers and not {"pdpj", "customers"} & f.kinds:
        # Matched or not: one list alone agrees with everything.
        fresh, missing = False, ("Impor berkas PDPJ", "Import the file PDPJ")
        button, page = ("Impor", "Import"), "imports.page"
    figure = (f"{_dots(f.to_see)} temuan", f"{f.to_see:,} findings")
    if f.matched_at is None:
        figure = ("belum dihitung", "not computed")
    return Stop(
        3, DONE if fresh else WAITING, ("Pencocokan", "Matching"), figure, missing, PLANNER,
        Role.PERENCANA, button, page,
    )  # fmt: skip


def _survey(f: Facts) -> Stop:
    missing, left = ("", ""), f.planned - f.answered
    if not f.planned:
        missing = ("Rencana survei belum dibuat", "No survey plan yet")
    elif left:
        missing = (f"{_dots(left)} rumah belum dijawab", f"{left:,} houses without an answer")
    return Stop(
        4, DONE if f.planned and not left else WAITING, ("Survei", "Survey"),
        (f"{_dots(f.answered)} dari {_dots(f.planned)}", f"{f.answered:,} of {f.planned:,}"),
        missing, SURVEYORS if f.planned else PLANNER, Role.PERENCANA,
        ("Buka survei", "Open the survey") if f.planned else ("Rencanakan", "Plan"), "survey.page",
    )  # fmt: skip


def _routes(f: Facts) -> Stop:
    there = f.draft is not None or f.published_for is not None
    missing = ("", "") if there else ("Draf rute belum disusun", "No draft of routes yet")
    figure = (
        f"draf {f.draft}, {_dots(f.draft_rbms)} RBM",
        f"draft {f.draft}, {f.draft_rbms:,} RBM",
    )
    if f.draft is None:
        figure = ("belum ada draf", "no draft") if not there else (f"versi {f.published_for}", f"version {f.published_for}")  # fmt: skip
    return Stop(
        5, DONE if there else WAITING, ("Rute", "Routes"), figure, missing, PLANNER,
        Role.PERENCANA, ("Lihat rute", "See routes") if there else ("Susun rute", "Design routes"),
        "routes.page",
    )  # fmt: skip


def _verify(f: Facts) -> Stop:
    waiting = f.proposals.get("open", 0) + f.proposals.get("conflict", 0)
    decided = sum(f.proposals.values()) - waiting
    missing = ("", "")
    if waiting:
        missing = (f"{_dots(waiting)} usulan menunggu orang kedua", f"{waiting:,} proposals wait for a second person")  # fmt: skip
    elif not decided:
        missing = ("Belum ada jawaban survei untuk diputuskan", "No survey answer to decide on yet")
    return Stop(
        6, DONE if decided and not waiting else WAITING, ("Verifikasi", "Verification"),
        (f"{_dots(decided)} diputuskan, {_dots(waiting)} menunggu", f"{decided:,} decided, {waiting:,} waiting"),
        missing, SUPERVISOR, Role.PENGAWAS, ("Putuskan usulan", "Decide proposals"), "survey.proposals",
    )  # fmt: skip


def _hand(f: Facts) -> Stop:
    there = f.published_for is not None
    missing = ("", "")
    if not there and f.draft is None:
        missing = ("Belum ada draf untuk diterbitkan", "No draft to publish yet")
    elif not there:
        missing = (f"Draf {f.draft} belum diterbitkan", f"Draft {f.draft} is not published")
    figure = (f"versi {f.published_for} terbit", f"version {f.published_for} published")
    if not there:
        figure = (f"versi {f.in_force} berlaku", f"version {f.in_force} in force") if f.in_force else ("menunggu", "waiting")  # fmt: skip
    return Stop(
        7, DONE if there else WAITING, ("Serah terima", "Hand-over"), figure, missing, PLANNER,
        Role.PERENCANA, ("Serahkan", "Hand over"), "routes.handover",
    )  # fmt: skip


def _energy(f: Facts) -> Stop:
    missing = ("", "")
    if not f.readings:
        missing = ("Belum ada pembacaan bulan ini; impor DPM", "No reading of this month; import the DPM")  # fmt: skip
    return Stop(
        8, DONE if f.readings and f.gardu else WAITING, ("Energi", "Energy"),
        (f"{_dots(f.readings - f.unread)} terbaca", f"{f.readings - f.unread:,} read"), missing,
        PLANNER, Role.PERENCANA, ("Lihat kWh", "See kWh"), "energy.page",
    )  # fmt: skip
