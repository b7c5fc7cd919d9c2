"""The table of blueprints, one file a group of URLs."""

from flask import Blueprint

from server.blueprints.dumps import blueprint as dumps
from server.blueprints.health import blueprint as health
from server.blueprints.metadata import blueprint as metadata
from server.blueprints.pages import blueprint as pages
from server.blueprints.policy import blueprint as policy
from server.blueprints.resource import blueprint as resource
from server.blueprints.sparql import blueprint as sparql

BLUEPRINTS: tuple[Blueprint, ...] = (pages, sparql, resource, dumps, metadata, policy, health)
