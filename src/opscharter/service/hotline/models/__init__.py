"""Telephone calls, and what an agent has typed about one so far."""

from opscharter.service.hotline.models.call import PhoneCall
from opscharter.service.hotline.models.draft import CallDraft

__all__ = ["CallDraft", "PhoneCall"]
