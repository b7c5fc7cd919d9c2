"""The subcommands of `litlod`, one a file; with `rdfgen.cli` the only modules that print."""
