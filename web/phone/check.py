"""What this phone can do: a page that tests HTTPS, place, camera and storage, for everybody."""

from flask import Blueprint, render_template

from web.access import no_page, public

bp = Blueprint("phone_check", __name__)


@bp.get("/hp")
@public
@no_page
def page() -> str:
    """Show the tests; they run on the phone, and nothing of them is sent."""
    return render_template("phone/check.html")
