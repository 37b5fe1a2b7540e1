"""The product as a WSGI application; `asgi.py` serves it with the live streams beside it."""

import os

from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opscharter.config.settings")
application = get_wsgi_application()
if proxies := os.environ.get("TRUSTED_PROXIES"):
    # Only these may say, by X-Forwarded-For and X-Forwarded-Proto, who asks and whether TLS was used.
    application = wrap_wsgi_with_proxy_headers(application, trusted_hosts=proxies)
