"""The tests, as a package, so that their settings and their small app can be imported."""
