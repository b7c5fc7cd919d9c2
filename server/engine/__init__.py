"""How a query is run: the gate before the parser, worker processes that can be killed, and the pool that keeps them.

Nothing here knows Flask or HTTP.
"""
