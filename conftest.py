"""What every test run of this repository shares."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tools.control_marks"]

# Laws are tried with the same examples on every machine: a failure seen once can be seen again.
# No deadline, because a busy machine is not a bug.
settings.register_profile(
    "muniment", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
# For a night of searching: pytest --hypothesis-profile=search
settings.register_profile("search", parent=settings.get_profile("muniment"), derandomize=False, max_examples=5000)
settings.load_profile("muniment")
