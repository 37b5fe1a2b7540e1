"""Reading and confirming the version in force: everyone is asked, reminded, and never asked to forget."""
