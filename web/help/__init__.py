"""Help for each main task; every page leads to the help of what is done on it."""

from web.help import everybody, fieldwork, office, phones, planner, region, supervisor, surveyor
from web.help.topic import Pair, Topic

__all__ = ["TOPICS", "Pair", "Topic", "about", "topic"]

TOPICS: tuple[Topic, ...] = (
    everybody.TOPICS[0],
    *planner.TOPICS,
    *phones.TOPICS,
    *surveyor.TOPICS,
    *office.TOPICS,
    *supervisor.TOPICS,
    *region.TOPICS,
    *fieldwork.TOPICS,
    *everybody.TOPICS[1:],
)
_BY_KEY = {t.key: t for t in TOPICS}
# A page's own name goes before the area that it stands in.
_BY_PLACE = {place: t for t in TOPICS for place in t.about}


def topic(key: str) -> Topic | None:
    """Return the help of a key, None if there is none."""
    return _BY_KEY.get(key)


def about(endpoint: str | None) -> Topic | None:
    """Return the help of a page, None where there is none of its own."""
    found = endpoint or ""
    return _BY_PLACE.get(found) or _BY_PLACE.get(found.partition(".")[0])
