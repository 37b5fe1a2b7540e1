"""Explaining a deadline on a page: the same document and the same engine as `opscharter clock`."""
