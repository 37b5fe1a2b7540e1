"""The floor as the product is served: Django in a pool of four threads behind the same ASGI server."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.floor.settings"

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

THREADS = 4
application = WSGIMiddleware(get_wsgi_application(), workers=THREADS)
