"""Who may do what: every route, every role, from the list of routes itself."""

import re
import uuid

import pytest
import small_unit as small
from apiflask import APIFlask

from web import access

#: Read by hand from SOP and issue, not from the decorators: who may come in at all.
ANSWERS = {"answering.page", "answering.keep", "answering.stranger", "answering.keep_stranger",
           "survey.answers"}  # fmt: skip
SURVEYOR_TOO = {
    "field.page", "survey.visits", "survey.file", "front.unit",
    "telusur.page", "telusur.gardu", "telusur.paper", "telusur.answers",
    "visit_lists.file", "visit_returns.page", "visit_returns.take",
    "own.page", "own.find", "own.form", "own.keep", "own.file",
    # Sums of gardu, without those that tell of single customers.
    "energy_map.page", "energy_map.data", "energy_map.file",
} | ANSWERS  # fmt: skip
#: The phones' own protocol: who works in the field, or lays the work out.
WIRE = {
    "wire.greet", "wire.device", "wire.receive", "pictures.there", "pictures.take",
    "phone_lists.page", "phone_lists.one",
}  # fmt: skip
PRODUCT_ADMIN = {
    "users.page",
    "users.add",
    "users.roles",
    "users.active",
    "users.unit",
    "users.unit_name",
    "users.new_password",
    "users.end_sessions",
    "users.unlock",
    "accounts.page",
    "accounts.template",
    "accounts.check",
    "accounts.let_in",
    "region_rights.page",
    "region_rights.grant",
    "region_rights.place",
}
#: What a unit's pages may load from elsewhere is its administrator's to say.
UNIT_ADMIN = {
    "base_maps.page", "base_maps.keep",
    # Who saw whose data, and what a customer may ask: no planner's and no supervisor's.
    "audit.page", "audit.person", "audit.customer", "privacy.page",
    "rights.page", "rights.preview", "rights.export", "rights.ask", "rights.decide", "rights.answer",
}  # fmt: skip
ANYBODY_IN = {
    "front.home", "account.form", "account.change", "account.sessions", "account.end", "signin.out", "api.unit_list", "help.page", "help.one",
    # Of the units where somebody plans or supervises; nobody else finds one there.
    "region.page", "region.up3", "region.uid", "region.map_page", "region.count", "region.find",
}  # fmt: skip
EVERYBODY = {
    "static", "openapi.spec", "health.alive", "health.ready", "signin.form", "signin.enter",
    "start.form", "start.begin", "choices.language", "choices.theme", "docs.page", "front.sign",
    "ca.page", "ca.certificate", "office_login.go", "office_login.back",
    # The app of the phone holds no data; what this phone can do is tested before anybody logs in.
    "phone.page", "phone.worker", "phone.manifest", "phone_check.page",
}  # fmt: skip
#: A month is signed by who supervises it.
SUPERVISOR_ONLY = {"stands.ready", "photo_test.draw", "photo_test.read", "consistency.settle",
                   "sampling.keep", "sampling.draw", "sampling.anew", "stand_samples.check", "stand_samples.word",
                   "stand_samples.orders", "stand_samples.close", "stand_samples.reopen",
                   "month_summary.sign", "month_summary.close"}  # fmt: skip
#: Of a vendor's coordinator, and nobody else's.
VENDOR = {"vendor.page", "vendor.one", "vendor.sheet"}
#: Writing in the office is the planner's; the supervisor reads and decides proposals.
SUPERVISOR_WRITES = {
    "stands.settle",
    "survey.decision",
    "change_sets.review",
    "events.decision",
    "first.spelling_decide",
    "search.find",
    "unit_map.search",
    "looks.ask",
    "looks.decide",
    "looks.take_back",
    "telusur.answers",
    "reading_calendar.approve",
    "energy.count",
    "sheets.all_of_unit",
    "jobs.again",
    "deeds.bind",
    "papers.again",
    "deeds.sign",
    "arrears_reports.decide",
    "verification.draw",
    "verification.act",
    "board.count",
    "supervision_settings.keep",
    "visit_records.word",
    "visit_records.once_more",
    "visit_records.whose",
}


def allowed(endpoint: str, method: str, role: str) -> bool:
    if endpoint in EVERYBODY | ANYBODY_IN:
        return True
    if role == "vendor" or endpoint in VENDOR:
        return role == "vendor" and endpoint in VENDOR | {"front.unit", "base_maps.tile"}
    if endpoint in PRODUCT_ADMIN:
        return False  # these four hold roles in units only
    if endpoint in UNIT_ADMIN:
        return role == "admin"
    if endpoint in SUPERVISOR_ONLY:
        return role in ("admin", "pengawas")
    if role == "admin" or (endpoint in SURVEYOR_TOO | WIRE and role in ("perencana", "surveyor")):
        return True
    if role == "surveyor":
        return False
    if role == "pengawas":
        if (
            endpoint.startswith(
                ("own.", "vendor_office.", "phone_lists.", "visit_make.", "visit_returns.")
            )
            or endpoint in WIRE
        ):
            return False
        # What lies in a consignment is the planner's until it is loaded.
        refused = (
            "batches.rejects",
            "batches.ask_undo",
            "handoff.file",
            "events.form",
            "events.choose",
            "border.form",
        )
        reads = method == "GET" and endpoint not in refused and not endpoint.startswith("wizard.")
        return (reads and endpoint not in ANSWERS) or endpoint in SUPERVISOR_WRITES
    return True


def routes(app: APIFlask, ids: dict[str, int]) -> list[tuple[str, str, str]]:
    """Return (endpoint, method, address) of every route, its parts filled from the small unit."""
    values = {
        "ulp": small.SMALL, "blth": small.BLTH, "code": "PD001", "rbm": "51354BKA", "job_id": 1,
        "user_id": 1, "surveyor": 1, "day": 1, "kind": "csv", "name": "rbm",
        "handoff_id": 1, "print_id": 1, "list_id": uuid.UUID(int=1), "sheet_id": uuid.UUID(int=1), "visit_no": 1, "move_id": 1, "event_id": 1, "assigned_id": 1, "look_id": 1, "erasure_id": 1, "decision_id": 1,
        "public_id": small.public_id(0), "filename": "css/app.css",
        "sha256": "0" * 64, "device_id": small.public_id(0),
        "token": "0" * 16, "key": "0" * 12, "table_name": "matriks", "z": 3, "x": 6, "y": 4,
        "job": "informasi", "no": 1, "feature": "PD001", "subject": "gardu", "part": "berita", "sample_id": small.public_id(0), "verification_id": 1, "signed_id": 1, "tile_id": int(small.public_id(0).hex[:13], 16), **ids,
    }  # fmt: skip
    found = []
    for rule in app.url_map.iter_rules():
        part = {a: values[a] for a in rule.arguments}
        if rule.endpoint in ("maps.rbm", "layers.gpx", "vendor.one", "vendor.sheet"):
            part["code"] = "51354BKA"
        if rule.endpoint == "help.one":
            part["key"] = "impor"
        _, address = rule.build(part)  # type: ignore[misc]
        for method in sorted(rule.methods & {"GET", "POST"}):
            found.append((rule.endpoint, method, address))
    return sorted(found)


def test_every_route_says_who_may_use_it(app):
    assert all(access.rule_of(app, r.endpoint) for r in app.url_map.iter_rules())


def test_an_application_with_a_silent_route_does_not_start(web_database, tmp_path):
    app = APIFlask("bare")
    app.add_url_rule("/diam", "silent", lambda: "")
    with pytest.raises(RuntimeError, match="silent"):
        access.check_every_route(app)


def test_nobody_gets_in_without_a_log_in(app, ids, without_csrf):
    for endpoint, method, address in routes(app, ids):
        if endpoint in EVERYBODY:
            continue
        answer = app.test_client().open(address, method=method)
        expected = 401 if address.startswith("/api/") or endpoint in WIRE else 302
        assert answer.status_code == expected, (endpoint, answer.status_code)
        if expected == 302:
            assert answer.location.startswith("/masuk")


@pytest.mark.parametrize("role", small.ROLES)
def test_a_role_may_read_what_is_its_own_and_nothing_else(app, ids, as_role, role):
    client = as_role(role)
    for endpoint, method, address in routes(app, ids):
        if method != "GET" or endpoint in EVERYBODY:
            continue
        status = client.get(address).status_code
        assert (status != 403) == allowed(endpoint, method, role), (endpoint, role, status)
        assert status < 500, (endpoint, status)


@pytest.mark.parametrize("role", small.ROLES)
def test_a_role_may_not_write_what_is_not_its_own(app, ids, as_role, role):
    client = as_role(role)
    for endpoint, method, address in routes(app, ids):
        if method == "POST" and not allowed(endpoint, method, role):
            assert client.post(address).status_code == 403, (endpoint, role)


def test_a_role_in_one_unit_opens_no_other(app, ids, as_role):
    client = as_role("tamu")
    for endpoint, method, address in routes(app, ids):
        if f"/{small.SMALL}" in address and endpoint not in EVERYBODY:
            assert client.open(address, method=method).status_code == 403, endpoint


def test_a_unit_that_is_not_there_is_said_so_to_the_administrator(as_role):
    answer = as_role("kepala").get("/59999/202412/bulan-ini")
    assert answer.status_code == 404
    assert "59999" in answer.text


def test_hidden_rights_are_hidden(as_role):
    page = as_role("surveyor").get(f"/{small.SMALL}/{small.BLTH}/lapangan").text
    for word in ("/impor", "/temuan", f"{small.BLTH}/energi", "/pengguna", "/cari"):
        assert not re.search(rf'(?:href|action)="[^"]*{word}"', page), word


@pytest.mark.parametrize("page", ["peta/rbm/%00", "rute/1/%00", "temuan?rbm=%00&jenis=hanya_rbm"])
def test_a_sign_that_no_text_holds_is_a_bad_request(as_role, page):
    assert as_role("perencana").get(f"/{small.SMALL}/{small.BLTH}/{page}").status_code == 400


def test_nor_does_a_form_hold_it(as_role):
    client = as_role("perencana")
    page = f"/{small.SMALL}/{small.BLTH}/cari"
    assert client.post(page, data={"kata": "a\0b"}).status_code == 400
    assert client.post("/masuk", data={"nama": "a\0", "sandi": "b"}).status_code == 400
