"""Background work of the ground."""

from django.core.cache import caches
from procrastinate.contrib.django import app

from muniment.core.db.cache import SharedCache


@app.periodic(cron="*/10 * * * *")
@app.task(name="core.sweep_cache")
def sweep_cache(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Delete counters and short-lived values that are over, every ten minutes."""
    cache = caches["default"]
    if isinstance(cache, SharedCache):  # a shared cache elsewhere sweeps by itself
        cache.sweep()
