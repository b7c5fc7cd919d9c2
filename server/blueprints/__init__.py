"""The table of blueprints, one file a group of URLs."""

from flask import Blueprint

from server.blueprints.concept_files import blueprint as concept_files
from server.blueprints.crawlers import blueprint as crawlers
from server.blueprints.dumps import blueprint as dumps
from server.blueprints.graph_store import blueprint as graph_store
from server.blueprints.health import blueprint as health
from server.blueprints.metadata import blueprint as metadata
from server.blueprints.metrics import blueprint as metrics
from server.blueprints.operator import blueprint as operator
from server.blueprints.pages import blueprint as pages
from server.blueprints.policy import blueprint as policy
from server.blueprints.quality import blueprint as quality
from server.blueprints.resource import blueprint as resource
from server.blueprints.search import blueprint as search
from server.blueprints.sparql import blueprint as sparql
from server.blueprints.things import blueprint as things

BLUEPRINTS: tuple[Blueprint, ...] = (
    pages,
    search,
    sparql,
    graph_store,
    resource,
    things,
    crawlers,
    quality,
    concept_files,
    dumps,
    metadata,
    policy,
    health,
)
OPERATOR_BLUEPRINTS: tuple[Blueprint, ...] = (metrics, operator)
