"""The dataset as VoID has it (https://www.w3.org/TR/void/), with partitions as SIB's void-generator nests them.

Whoever plans a query by these numbers takes what is not there for nothing: so there is every partition, or none.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from rdfgen.formats import FORMATS
from rdfgen.iris import Iris, digest, part
from rdfgen.ntriples import Triple, integer, iri, literal, term
from rdfgen.release.licences import rights_triples
from rdfgen.release.partitions import Partitions
from rdfgen.release.statistics import Statistics
from rdfgen.terms import TITLE, A

_CLASS_PARTITION, _PROPERTY_PARTITION = term("void:classPartition"), term("void:propertyPartition")
_CLASS, _PROPERTY, _TRIPLES, _ENTITIES = term("void:class"), term("void:property"), term("void:triples"), term("void:entities")
_DATATYPE_PARTITION, _DATATYPE = term("void-ext:datatypePartition"), term("void-ext:datatype")


def count_triples(statistics: Statistics, iris: Iris, has_objects: bool) -> Iterator[Triple]:
    """The numbers of the whole; without `has_objects` nothing is said of how many objects there are."""
    dataset = iri(iris.dataset())
    yield dataset, _TRIPLES, integer(statistics.triples)
    yield dataset, term("void:classes"), integer(len(statistics.classes))
    yield dataset, term("void:properties"), integer(len(statistics.predicates))
    for name in vocabularies(statistics):
        yield dataset, term("void:vocabulary"), iri(name)
    found = statistics.partitions
    if found is not None:
        yield dataset, _ENTITIES, integer(found.entities)
        yield dataset, term("void:distinctSubjects"), integer(found.subjects)
        if has_objects:
            yield dataset, term("void:distinctObjects"), integer(found.objects)


def vocabularies(statistics: Statistics) -> list[str]:
    """The namespaces of all predicates and classes, sorted.

    >>> vocabularies(Statistics(1, {"http://a/b#c": 1}, {"http://a/d": 1}))
    ['http://a/', 'http://a/b#']
    """
    return sorted({_namespace(name) for name in (*statistics.predicates, *statistics.classes)})


def _namespace(name: str) -> str:
    """All up to the last part: to the first "#", where there is one."""
    head, mark, _ = name.partition("#")
    return head + mark if mark else head[: head.rindex("/") + 1] if "/" in head else head


def feature_triples(iris: Iris) -> Iterator[Triple]:
    """The formats in which single things are described."""
    yield from ((iri(iris.dataset()), term("void:feature"), iri(row.iri)) for row in FORMATS.values())


def subset_triples(parts: Iterable[tuple[str, int]], iris: Iris) -> Iterator[Triple]:
    """The parts of the dataset, each with its terms of use; `parts` are names and numbers of triples."""
    for name, triples in parts:
        node = iri(part(iris.void(), f"part-{name}"))
        yield iri(iris.dataset()), term("void:subset"), node
        yield node, A, term("void:Dataset")
        yield node, TITLE, literal(f"LitLOD: {name}")
        yield node, _TRIPLES, integer(triples)
        yield from rights_triples(node, name)


def partition_triples(statistics: Statistics, iris: Iris) -> Iterator[Triple]:
    """The partitions by class and by property, and those of the former by property and by class or datatype of the object."""
    dataset, found = iri(iris.dataset()), statistics.partitions
    for name, count in statistics.predicates.items():
        yield from _partition(dataset, _PROPERTY_PARTITION, _node(iris, "property", name), _PROPERTY, name)
        yield _node(iris, "property", name), _TRIPLES, integer(count)
    for name, count in statistics.classes.items():
        yield from _partition(dataset, _CLASS_PARTITION, _node(iris, "class", name), _CLASS, name)
        yield _node(iris, "class", name), _ENTITIES, integer(count)
    if found is not None:
        yield from _nested_triples(found, iris)


def _nested_triples(found: Partitions, iris: Iris) -> Iterator[Triple]:
    for name, rows in groupby(sorted(found.properties.items()), lambda row: row[0][0]):
        properties = [(key[1], count) for key, count in rows]
        yield _node(iris, "class", name), term("void:properties"), integer(len(properties))
        for predicate, count in properties:
            node = _node(iris, "class-property", name, predicate)
            yield from _partition(_node(iris, "class", name), _PROPERTY_PARTITION, node, _PROPERTY, predicate)
            yield node, _TRIPLES, integer(count)
    tables = ((found.links, _CLASS_PARTITION, _CLASS, "to-class"), (found.literals, _DATATYPE_PARTITION, _DATATYPE, "to-datatype"))
    for table, link, key_property, kind in tables:
        for (name, predicate, other), count in table.items():
            node = _node(iris, kind, name, predicate, other)
            yield from _partition(_node(iris, "class-property", name, predicate), link, node, key_property, other)
            yield node, _TRIPLES, integer(count)


def _partition(whole: str, link: str, node: str, key_property: str, key: str) -> Iterator[Triple]:
    yield whole, link, node
    yield node, key_property, iri(key)


def _node(iris: Iris, kind: str, *keys: str) -> str:
    return iri(part(iris.void(), f"{kind}-{digest(*keys)}"))
