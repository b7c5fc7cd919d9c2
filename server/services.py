"""What the views share: the configuration, the published release, and the pool of query processes."""

from dataclasses import dataclass

from flask import current_app

from server.config import Config
from server.engine.pool import Pool
from server.published import Published


@dataclass(frozen=True, slots=True)
class Services:
    """One instance an application."""

    config: Config
    published: Published
    pool: Pool


def services() -> Services:
    """Those of the application that answers the current request."""
    found = current_app.extensions["litlod"]
    assert isinstance(found, Services)
    return found
