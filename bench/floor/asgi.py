"""The floor as the product is served: Django in a pool of four threads behind the same ASGI server."""

import os
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.floor.settings"

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

THREADS = 4
pages = WSGIMiddleware(get_wsgi_application(), workers=THREADS)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer one request; the server gives any awaitable, a2wsgi wants a coroutine."""

    async def received() -> Any:
        return await receive()

    await pages(scope, received, send)
