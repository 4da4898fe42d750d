"""The whole of SOP IV on an invented unit, step by step, each kept as it is done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rbmgeo.db.queries import units, work
from rbmgeo.db.session import Database
from rbmgeo.sample import SampleParams, make_sample
from rbmgeo.workflows.demo_field import field_of_demo
from rbmgeo.workflows.energy import kwh_report
from rbmgeo.workflows.evaluate import evaluate_ulp
from rbmgeo.workflows.import_files import import_files
from rbmgeo.workflows.match import match_ulp
from rbmgeo.workflows.routes import design_ulp, order_version
from rbmgeo.workflows.survey_plan import plan_survey

#: On whose behalf the demo works; not one of the demo's users, so that they can approve.
WHO = "demo"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Step:
    """One step of the demo: what it is called, and what it does when asked."""

    indonesian: str
    english: str
    run: Callable[[Progress], Any]


def is_built(database: Database, ulp: str) -> bool:
    """Say whether the demo went to its end on this database before."""
    with database.reading() as session:
        return work.latest_run(session, ulp=ulp, step="demo") is not None


def demo_steps(
    database: Database, folder: Path, params: SampleParams, *, visits: int
) -> Iterator[Step]:
    """Yield the steps in the order of the SOP; each commits what it made."""
    ulp = params.ulp

    def write(progress: Progress) -> Any:
        return make_sample(folder, params)

    def load(progress: Progress) -> Any:
        with database.writing() as session:
            units.ensure_unit(session, ulp=ulp, name="Pandaan")
            units.set_unit(session, ulp=ulp, sample=True)
        return import_files(
            database, [folder], ulp=ulp, accept_good=True, who=WHO, progress=progress
        )

    def step(work_on: Callable[..., Any], **values: Any) -> Callable[[Progress], Any]:
        def run(progress: Progress) -> Any:
            with database.writing() as session:
                return work_on(session, ulp, **values)

        return run

    def field(progress: Progress) -> Any:
        return field_of_demo(
            database, ulp, folder, who=WHO, now=datetime.now(UTC), progress=progress
        )

    def finish(progress: Progress) -> Any:
        with database.writing() as session:
            months = units.months(session, ulp=ulp)
            report = kwh_report(session, ulp, blth_from=months[0], blth_to=months[-1])
            work.add_run(session, ulp=ulp, step="demo", params={}, summary={}, who=WHO)
            return report

    yield Step("Menulis ULP rekaan sebagai berkas", "Writing an invented ULP as files", write)
    yield Step("Mengimpor berkas", "Importing the files", load)
    yield Step("Evaluasi data (SOP IV.1)", "Evaluating (SOP IV.1)", step(evaluate_ulp, who=WHO))
    yield Step("Pencocokan (SOP IV.3)", "Matching (SOP IV.3)", step(match_ulp, who=WHO))
    yield Step(
        "Rencana survei (SOP IV.4)",
        "Planning the survey (SOP IV.4)",
        step(plan_survey, visits=visits, who=WHO),
    )
    yield Step("Menyusun RBM (SOP IV.5)", "Designing routes (SOP IV.5)", step(design_ulp, who=WHO))
    yield Step("Mengurutkan jalan kaki", "Ordering the walks", step(order_version, who=WHO))
    yield Step("Lapangan (SOP III, V, VI)", "Field (SOP III, V, VI)", field)
    yield Step("Laporan kWh (SOP IV.8)", "Reporting kWh (SOP IV.8)", finish)
