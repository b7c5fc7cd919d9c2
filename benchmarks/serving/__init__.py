"""The parts of `benchmarks/serve.py`: the servers, the load, the tables."""
