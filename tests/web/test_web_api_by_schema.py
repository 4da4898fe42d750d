"""Whatever is asked of the described addresses: an answer as described, and never a fault of ours."""

import base64
import os

import pytest
import schemathesis
import small_unit as small
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.drill  # every address with every attack takes minutes

#: Map programs send name and password; who asks the other addresses is logged in.
NAMED = "Basic " + base64.b64encode(f"kepala:{small.PASSWORD}".encode()).decode()
BROWSER = {"User-Agent": "uji"}
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
#: Questions of one address, every day and in the drill.
EACH = 400 if os.environ.get("RBMGEO_DRILL") else 25
DOCUMENTS = {"v1": "/api/v1/openapi.json", "ogc": f"/api/ogc/{small.SMALL}/api"}
_ASKED = settings(max_examples=EACH, deadline=None, database=None, derandomize=EACH == 25,
                  suppress_health_check=list(HealthCheck))  # fmt: skip


def parts_of(operation):
    """Return parts of an address that are there."""
    there = {"ulp": small.SMALL, "blth": small.BLTH, "name": "gardu", "feature": "PD001"}
    return {part.name: there[part.name] for part in operation.path_parameters}


@pytest.fixture(scope="module")
def told_of(app):
    """Give the described operations of a document, and the headers of who may ask them."""
    was = app.testing
    app.testing = False
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    # A session belongs to the browser that began it.
    client.post("/masuk", data={"nama": "kepala", "sandi": small.PASSWORD}, headers=BROWSER)
    app.config["WTF_CSRF_ENABLED"] = True

    kept = f"rbmgeo={client.get_cookie('rbmgeo').value}"

    def from_here(environ, start):
        # A session belongs to an address as well; the library keeps no cookie of ours.
        if environ.get("HTTP_USER_AGENT") == "uji":
            environ["HTTP_COOKIE"] = kept
        return app({**environ, "REMOTE_ADDR": "127.0.0.1"}, start)

    headers = {
        "v1": BROWSER,
        "ogc": {"Authorization": NAMED},
    }

    def tell(name):
        asking = {"headers": headers[name]}
        schema = schemathesis.openapi.from_wsgi(DOCUMENTS[name], from_here, **asking)
        return [one.ok() for one in schema.get_all_operations()], headers[name]

    yield tell
    app.testing = was


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_question_makes_it_stumble_and_answers_are_as_described(told_of, name):
    operations, headers = told_of(name)
    assert len(operations) >= 4
    seen = set()
    for operation in operations:

        @_ASKED
        @given(case=operation.as_strategy())
        def ask(case):
            answer = case.call(headers=headers)
            seen.add((case.operation.path, answer.status_code))
            case.validate_response(answer, checks=CHECKS)

        ask()
    assert {path for path, _ in seen} == {o.path for o in operations}
    assert any(status == 200 for _, status in seen)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_who_is_not_let_in_hears_it_as_described(told_of, app, name):
    operations, _ = told_of(name)
    for operation in operations:
        case = operation.Case(path_parameters=parts_of(operation))
        answer = case.call(headers={})
        assert answer.status_code == 401
        case.validate_response(answer, checks=CHECKS)


def test_true_units_and_months_are_answered_as_described(told_of):
    for name in DOCUMENTS:
        operations, headers = told_of(name)
        for operation in operations:
            case = operation.Case(path_parameters=parts_of(operation))
            answer = case.call(headers=headers)
            assert answer.status_code == 200, operation.path
            case.validate_response(answer, checks=CHECKS)
