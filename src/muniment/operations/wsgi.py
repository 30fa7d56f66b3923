"""The application the web server runs: Django behind the limits that must hold before it."""

import os

from django.core.wsgi import get_wsgi_application

from muniment.core import config
from muniment.operations.limits import Limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muniment.settings")

# Refusals of these limits never reach the middleware that adds headers to every other answer
HEADERS = (
    ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
    ("Server", "portal"),  # or the web server would tell its name
)

_PRESENT = config.current()

application = Limits(
    get_wsgi_application(),
    bodies=max(2, _PRESENT.web_threads // 2),
    proxies=_PRESENT.trusted_proxies,
    headers=HEADERS,
)
