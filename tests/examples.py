"""How many examples Hypothesis draws: a few, the same everywhere; `make drill` many, at random."""

import os

from hypothesis import HealthCheck, Phase, settings

_QUICK = [Phase.explicit, Phase.generate, Phase.shrink]  # explaining takes minutes
_SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
settings.register_profile(
    "same",
    derandomize=True,
    deadline=None,
    max_examples=25,
    suppress_health_check=_SLOW,
    phases=_QUICK,
)
settings.register_profile("drill", deadline=None, max_examples=300, suppress_health_check=_SLOW)
settings.load_profile("drill" if os.environ.get("RBMGEO_DRILL") else "same")


def examples(times: float) -> settings:
    """Return settings that draw so many times the examples of a test without any of its own."""
    return settings(max_examples=max(1, round(times * settings().max_examples)))
