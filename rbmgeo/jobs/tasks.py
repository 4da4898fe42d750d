"""What a job may do: each task calls one workflow."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.models import Job
from rbmgeo.db.queries import jobs
from rbmgeo.db.session import Database
from rbmgeo.errors import NothingToDo, NotThere
from rbmgeo.faults import fault_point
from rbmgeo.jobs.run import Progress, closing, facts, in_one_transaction
from rbmgeo.terms import FileKind
from rbmgeo.workflows.deed_book import make_deed_book
from rbmgeo.workflows.deeds import issue_deeds
from rbmgeo.workflows.design import choose_plan, plans_ulp
from rbmgeo.workflows.draft_book import make_draft_book
from rbmgeo.workflows.energy import kwh_report
from rbmgeo.workflows.evaluate import evaluate_ulp
from rbmgeo.workflows.forms import Choice, make_again, make_forms
from rbmgeo.workflows.handoff_own import hand_over_counts
from rbmgeo.workflows.import_files import ImportSummary, import_files
from rbmgeo.workflows.intake import check_consignment, load_consignment, look_at
from rbmgeo.workflows.kwh_kept import keep_kwh
from rbmgeo.workflows.letter_book import make_letters
from rbmgeo.workflows.match import match_ulp
from rbmgeo.workflows.month_kept import keep_months
from rbmgeo.workflows.mutations import find_mutations, month_of
from rbmgeo.workflows.rehearsal import rehearse_ulp
from rbmgeo.workflows.reorder import reorder
from rbmgeo.workflows.routes import design_ulp, order_version
from rbmgeo.workflows.sheet_files import make_book
from rbmgeo.workflows.survey_plan import plan_survey
from rbmgeo.workflows.table_files import make_table

Task = Callable[[Database, Job, Progress], dict[str, Any] | None]


def load_files(database: Database, job: Job, progress: Progress) -> None:
    """Import uploaded files (each its own transaction) and throw the uploads away.

    Files that name another unit are kept, and named under ``other_unit``: whoever asked
    decides whether they are loaded into that unit. Uploads go only once the job is closed: what
    another attempt imports again is known by its content, and changes nothing.
    """
    folder = Path(job.args["folder"])
    if not folder.is_dir():
        raise NotThere(
            "these files are not kept any more; upload them again",
            "berkas ini tidak tersimpan lagi; unggah ulang",
        )
    done = import_files(
        database, sorted(folder.iterdir()), ulp=job.ulp, kind=job.args.get("kind", ""),
        accept_good=bool(job.args.get("accept_good")), who=job.asked_by, progress=progress,
    )  # fmt: skip
    fault_point("job_worked")
    others = of_other_units(done)
    result = facts(done.as_dict()) | ({"other_unit": others} if others else {})
    _close_import(database, job, done, result)
    if not others:
        shutil.rmtree(folder, ignore_errors=True)


def _close_import(
    database: Database, job: Job, done: ImportSummary, result: dict[str, Any]
) -> None:
    """Close an import and ask for what follows from it, both or neither."""
    with database.writing() as session:
        _ask_for_mutations(session, job, done)
        closing(job)(session, result)


def _ask_for_mutations(session: Session, job: Job, done: ImportSummary) -> None:
    """Have a new monthly list compared with the one before; the planner's next question.

    What an earlier attempt of this job imported is known to this one, and new to the unit.
    """
    new = (f.loaded and (not f.known or job.attempt > 1) for f in done.files if f.kind == FileKind.DPM)  # fmt: skip
    if not any(new):
        return
    try:
        now, _ = month_of(session, job.ulp, "")
    except NothingToDo:  # the unit's first month has none before it
        return
    jobs.ask(session, ulp=job.ulp, task="mutations", args={"blth": now}, who=job.asked_by)


def of_other_units(done: ImportSummary) -> list[dict[str, Any]]:
    """Return file, unit and rows of what named another unit than the one asked for."""
    return [
        {"file": f.file, "unit": str(p["value"]).strip(), "rows": p["count"]}
        for f in done.files
        for p in f.problems
        if p["rule"] == "OTHER_UNIT"
    ]


def look_at_files(database: Database, job: Job, progress: Progress) -> dict[str, Any]:
    """Look at uploaded files; what was seen lies beside them, its counts in the job."""
    look = look_at(Path(job.args["home"]), job.args["token"], job.ulp, progress)
    return {
        "tables": len(look.tables),
        "groups": len(look.groups),
        "rows": sum(t.rows for t in look.tables),
    }


def check_upload(database: Database, job: Job, progress: Progress) -> dict[str, Any]:
    """Check the rows of uploaded files as they were mapped; nothing is loaded."""
    home, token = Path(job.args["home"]), job.args["token"]
    return dict(check_consignment(database, home, token, job.ulp, progress).total)


def load_upload(database: Database, job: Job, progress: Progress) -> None:
    """Load uploaded files as they were mapped, each table in its own transaction."""
    done = load_consignment(
        database, Path(job.args["home"]), job.args["token"], job.ulp,
        accept_good=bool(job.args.get("accept_good")), who=job.asked_by, progress=progress,
    )  # fmt: skip
    fault_point("job_worked")
    _close_import(database, job, done, facts(done.as_dict()))


def issue(database: Database, job: Job, progress: Progress) -> None:
    """Issue the deeds of a published version: all of them, or none."""
    args = {**job.args, "on": date.fromisoformat(job.args["on"])}
    with database.writing() as session:
        done = issue_deeds(session, job.ulp, who=job.asked_by, progress=progress, **args)
        progress("deeds", 1, 1)  # the last moment at which a cancel is heard
        closing(job)(session, facts(done))


def bind_deeds(database: Database, job: Job, progress: Progress) -> dict[str, Any]:
    """Bind the deeds of a version into one file."""
    home, number = Path(job.args["home"]), int(job.args["version_id"])
    return make_deed_book(database, home, job.ulp, version_id=number, progress=progress)


def number_forms(database: Database, job: Job, progress: Progress) -> None:
    """Give the forms of a choice their numbers and print them: all of it, or nothing."""
    args = dict(job.args)
    choice = Choice(args.pop("by"), tuple(args.pop("codes")))
    args |= {"home": Path(args["home"]), "on": date.fromisoformat(args["on"])}
    make_forms(
        database, ulp=job.ulp, choice=choice, who=job.asked_by, progress=progress,
        close=closing(job), **args,
    )  # fmt: skip


def print_again(database: Database, job: Job, progress: Progress) -> dict[str, Any]:
    """Print forms once more, with their own numbers."""
    home, number = Path(job.args["home"]), int(job.args["print_id"])
    return make_again(database, home, job.ulp, print_id=number, progress=progress)


def letters(database: Database, job: Job, progress: Progress) -> None:
    """Issue and print the letters of everybody scheduled in some days."""
    args = dict(job.args)
    for name in ("first_on", "last_on", "on"):
        args[name] = date.fromisoformat(args[name])
    home = Path(args.pop("home"))
    make_letters(
        database, home, job.ulp, who=job.asked_by, progress=progress, close=closing(job), **args
    )


def print_sheets(database: Database, job: Job, progress: Progress) -> dict[str, Any]:
    """Draw the sheets of every RBM or gardu into one file."""
    args = dict(job.args)
    home = Path(args.pop("home"))
    return make_book(database, home, job.ulp, at=datetime.now(UTC), progress=progress, **args)


def write_table(database: Database, job: Job, progress: Progress) -> dict[str, Any]:
    """Write a long table of a page into a file, as whoever asked would see it."""
    args = dict(job.args)
    home, _ = Path(args.pop("home")), args.pop("endpoint")
    return make_table(database, home, job.ulp, who=job.asked_by, progress=progress, **args)


def write_draft(database: Database, job: Job, progress: Progress) -> dict[str, Any]:
    """Write a long draft as a workbook to be edited."""
    args = dict(job.args)
    home = Path(args.pop("home"))
    return make_draft_book(database, home, job.ulp, progress=progress, **args)


def report(database: Database, job: Job, progress: Progress) -> dict[str, Any]:
    """Sum the kWh of some months and keep the totals as the job's result."""
    with database.reading() as session:
        done = kwh_report(session, job.ulp, **job.args)
        return {"rows": len(done.rows), **facts(done.totals)}


TASKS: dict[str, Task] = {
    "import": load_files,
    "look": look_at_files,
    "check": check_upload,
    "load": load_upload,
    "evaluate": in_one_transaction(evaluate_ulp),
    "match": in_one_transaction(match_ulp),
    "survey": in_one_transaction(plan_survey),
    "rehearse": in_one_transaction(rehearse_ulp),
    "plans": in_one_transaction(plans_ulp),
    "choose": in_one_transaction(choose_plan),
    "design": in_one_transaction(design_ulp),
    "order": in_one_transaction(order_version),
    "reorder": in_one_transaction(reorder),
    "mutations": in_one_transaction(find_mutations),
    "handoff": in_one_transaction(hand_over_counts),
    "report": report,
    "kwh": in_one_transaction(keep_kwh),
    "months": in_one_transaction(keep_months),
    "sheets": print_sheets,
    "deeds": issue,
    "deed_book": bind_deeds,
    "table": write_table,
    "draft_book": write_draft,
    "forms": number_forms,
    "form_book": print_again,
    "letters": letters,
}
