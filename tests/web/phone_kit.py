"""A phone as the server sees it: what it sends, and pictures small enough to send at once."""

import uuid

import small_unit as small
from pictures import jpeg, named

DEVICE = str(uuid.UUID(int=77))


def enter(app, login):
    """A client of its own, logged in; its forms carry no token."""
    made = app.test_client()
    assert made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD}).status_code == 302
    return made


def picture(seed, size=900):
    """A JPEG of about so many bytes, and its hash."""
    return named(jpeg(seed, size=size))


def visit(number, **other):
    return {
        "client_id": str(uuid.UUID(int=number)), "order_id": None, "customer": None,
        "job": "survei", "outcome": "cocok", "values": {}, "photos": [], "officer": "surveyor",
        "device_id": DEVICE, "device_at": "2024-12-20T09:00:00+07:00",
        "place": {"lon": 112.7, "lat": -7.65, "accuracy_m": 6.0, "fixes": 3}, **other,
    }  # fmt: skip


def envelope(*visits):
    return {"device_id": DEVICE, "sent_at": "2024-12-20T10:00:00+07:00", "visits": list(visits)}
