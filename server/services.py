"""What the views share: the configuration, the published release, and the pool of query processes."""

from dataclasses import dataclass

from flask import current_app

from server.cache import Cache
from server.config import Config
from server.engine.pool import Pool
from server.federation.federated import Federation
from server.keeping import Answers
from server.published import Published
from server.replay import Response


@dataclass(frozen=True, slots=True)
class Services:
    """One instance an application."""

    config: Config
    published: Published
    pool: Pool
    answers: Answers
    responses: Cache[Response]
    federation: Federation


def services() -> Services:
    """Those of the application that answers the current request."""
    found = current_app.extensions["litlod"]
    assert isinstance(found, Services)
    return found
