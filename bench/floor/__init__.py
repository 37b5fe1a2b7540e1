"""The floor: a bare Django view for each kind of page, with two hand-written queries and a minimal template or JSON.

What a page would cost with no product around it: no sign-in, no scope, no menu, no audit. Same database, same rows,
same server, same settings of both. Figures of the product are quoted as multiples of it.
"""
