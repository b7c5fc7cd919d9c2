"""Publishes a release: SPARQL endpoint, dereferenceable IRIs, dumps and pages."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from server.config import Config


def create_app(config: "Config") -> "Flask":
    """The web application for a data directory; see `server.application.create_app`."""
    # Imported here, because query processes import this package too and must stay small.
    from server.application import create_app as create

    return create(config)
