"""The library, opened for these tests."""

from tests.kernel.api.site import browser, librarian, library, sign_in

__all__ = ["browser", "librarian", "library", "sign_in"]
