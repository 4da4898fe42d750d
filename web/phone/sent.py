"""What a phone sends, read with its limits: too much, or what cannot be read, is said in words."""

import json
from typing import Any

from flask import request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from rbmgeo.errors import UsageError


def body(most: int) -> bytes:
    """Return the bytes of a request; raises `UsageError` where there are more than ``most``."""
    request.max_content_length = most
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as fault:
        raise UsageError(
            f"the request is over {most // 1000} kB; send it in smaller parts",
            f"kiriman lebih dari {most // 1000} kB; kirim sedikit demi sedikit",
        ) from fault
    except (ClientDisconnected, OSError) as fault:
        raise UsageError(
            "the request broke off; send it again", "kiriman terputus; kirim lagi"
        ) from fault


def json_body(most: int) -> dict[str, Any]:
    """Return the JSON object of a request; raises `UsageError`."""
    try:
        told = json.loads(body(most))
    except (ValueError, RecursionError) as fault:
        raise UsageError("the request is no JSON", "kiriman bukan JSON") from fault
    if not isinstance(told, dict):
        raise UsageError("the request is no JSON object", "kiriman bukan objek JSON")
    return told
