"""A surveyor's question as it is kept: a key of the sentences, and what it names, in one text."""

import json

from rbmgeo.labels import text


def naming(key: str, **values: str) -> str:
    """Return a question that names things: its key, a space, and the values as JSON."""
    return f"{key} {json.dumps(values, ensure_ascii=False, sort_keys=True)}"


def asked(question: str, lang: str = "id") -> str:
    """Return the sentence of a kept question, what it names filled in.

    Raises
    ------
    KeyError
        If there is no such sentence.
    """
    key, _, values = question.partition(" ")
    return text(key, lang, **(json.loads(values) if values else {}))
