"""The ASGI application that granian serves: Django in a pool of threads, and beside it streams that hold none."""

from a2wsgi import WSGIMiddleware

from opscharter.config.wsgi import application as pages
from opscharter.kernel.live.stream import LiveStreams

THREADS = 4
"""Requests one web process handles at a time; on SQLite readers run side by side while writers take turns."""

application = LiveStreams(WSGIMiddleware(pages, workers=THREADS))  # type: ignore[arg-type]
