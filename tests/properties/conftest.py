"""The same examples on every machine; `make drill` looks at many more, at random."""

import os

from hypothesis import HealthCheck, Phase, settings

quick = [Phase.explicit, Phase.generate, Phase.shrink]  # explaining takes minutes
slow = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
settings.register_profile(
    "same",
    derandomize=True,
    deadline=None,
    max_examples=25,
    suppress_health_check=slow,
    phases=quick,
)
settings.register_profile("drill", deadline=None, max_examples=300, suppress_health_check=slow)
settings.load_profile("drill" if os.environ.get("RBMGEO_DRILL") else "same")
