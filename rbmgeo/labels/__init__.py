"""What a person reads, in Indonesian and English; one key, two sentences.

Pages carry their own text, both languages side by side; what the cores, the importer and
the commands say comes from here, so that a message is the same on every surface.
"""

from rbmgeo.labels.messages import MESSAGES

LANGUAGES = ("id", "en")


def text(key: str, lang: str = "id", **values: object) -> str:
    """Return the sentence of a key, its placeholders filled.

    Raises
    ------
    KeyError
        If the key does not exist: a missing sentence is a fault, not an empty string.
    """
    return MESSAGES[key][LANGUAGES.index(lang)].format(**values)
