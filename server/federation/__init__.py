"""SERVICE for operators who allow it (SPARQL 1.1 Federated Query): clauses are answered by listed endpoints before the query runs here.

Query workers cannot connect; the requests are made by the web process, and their answers go into the query as data.
"""
