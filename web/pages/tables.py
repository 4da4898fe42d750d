"""Files of long tables that a job made; each is given to whoever may see its page."""

from flask import Blueprint, Response, abort, g

from rbmgeo.db.queries import jobs
from rbmgeo.errors import NotThere
from rbmgeo.terms import Role
from rbmgeo.workflows.table_files import table_files
from web.access import allow, may
from web.database import database, settings
from web.exports.write import KINDS
from web.pages.download import file

#: Tasks that write a table -> the page that must be open to whoever fetches it (None: as asked).
TASKS = {"table": None, "draft_book": "workbench.workbook"}
bp = Blueprint("tables", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/tabel")


@bp.get("/<int:job_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def made(job_id: int) -> Response:
    """Give the file that a job made."""
    with database().reading() as session:
        job = jobs.job(session, ulp=g.ulp, job_id=job_id)
        task, state, args, result = job.task, job.state, dict(job.args), dict(job.result or {})
    if task not in TASKS or state != jobs.DONE:
        raise NotThere(
            f"job {job_id} made no table; see the list of jobs",
            f"pekerjaan {job_id} tidak membuat tabel; lihat daftar pekerjaan",
        )
    if not may(TASKS[task] or args["endpoint"]):
        abort(403)
    kind = str(result["kind"])
    content = table_files(settings().home, g.ulp, kind).read(str(result["file"]))
    return file(content, str(result["file_name"]), KINDS[kind])
