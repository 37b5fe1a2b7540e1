"""The API held to its own OpenAPI document: every operation answers what the document says, and never breaks."""

from __future__ import annotations
