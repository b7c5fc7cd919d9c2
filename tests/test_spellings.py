"""Spellings of records' IRIs are recognised, whatever graph, resolver or page they are from, and nothing is guessed."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdfgen.addresses import FORMS, RESOLVERS
from rdfgen.iris import alias_iris, concept_iri, page_url
from rdfgen.model import Reference
from rdfgen.spellings import canonical, differences, path_below
from rdfgen.vocabularies import VOCABULARIES

# What is here -> other spellings of it.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "http://purl.obolibrary.org/obo/MONDO_0002050": (
        "https://purl.obolibrary.org/obo/MONDO_0002050",
        "http://purl.obolibrary.org/obo/MONDO_0002050/",
        "http://purl.obolibrary.org/obo/MONDO:0002050",
        "http://purl.obolibrary.org/obo/MONDO%3A0002050",
        "http://purl.obolibrary.org/obo/mondo_0002050",
        "http://purl.org/obo/owl/MONDO#MONDO_0002050",
        "http://purl.obolibrary.org//obo/MONDO_0002050",
        "http://purl.obolibrary.org/obo/MONDO_0002050#",
        "http://purl.obolibrary.org/obo/mondo.owl#MONDO_0002050",
        "http://purl.obolibrary.org/obo/mondo#MONDO_0002050",
        "http://purl.obolibrary.org/obo/mondo/MONDO_0002050",
        "https://www.ebi.ac.uk/ols4/ontologies/mondo/classes?obo_id=MONDO:0002050",
        "https://www.ebi.ac.uk/ols4/ontologies/mondo/classes/http%253A%252F%252Fpurl.obolibrary.org%252Fobo%252FMONDO_0002050",
        "https://www.ebi.ac.uk/ols/ontologies/mondo/terms?iri=http://purl.obolibrary.org/obo/MONDO_0002050",
        "https://www.ebi.ac.uk/ols4/ontologies/mondo/terms?iri=http%3A%2F%2Fpurl.obolibrary.org%2Fobo%2FMONDO_0002050&lang=en",
        "https://www.ebi.ac.uk/ols4/api/terms?short_form=MONDO_0002050",
        "http://www.ontobee.org/ontology/MONDO?iri=http://purl.obolibrary.org/obo/MONDO_0002050",
        "https://bioportal.bioontology.org/ontologies/MONDO?p=classes&conceptid=http%3A%2F%2Fpurl.obolibrary.org%2Fobo%2FMONDO_0002050",
        "https://platform.opentargets.org/disease/MONDO_0002050",
        "https://api.monarchinitiative.org/v3/api/entity/MONDO:0002050",
        "http://identifiers.org/mondo/MONDO%3A0002050",
        "https://bioregistry.io/reference/mondo:0002050",
        "urn:miriam:mondo:MONDO%3A0002050",
        "obo:MONDO_0002050",
        " http://purl.obolibrary.org/obo/MONDO_0002050 ",
        "http://purl.obolibrary.org:80/obo/MONDO_0002050",
        "https://ctdbase.org/detail.go?type=disease&acc=MONDO:0002050",
        "http://identifiers.org/mondo/0002050",
        "http://identifiers.org/mondo/MONDO:0002050",
        "https://identifiers.org/mondo:0002050",
        "https://identifiers.org/MONDO:0002050",
        "https://bioregistry.io/mondo:0002050",
        "https://monarchinitiative.org/MONDO:0002050",
        "https://monarchinitiative.org/disease/MONDO:0002050",
        "MONDO:0002050",
        "mondo:0002050",
    ),
    "http://id.nlm.nih.gov/mesh/D003866": (
        "https://id.nlm.nih.gov/mesh/D003866",
        "HTTP://ID.NLM.NIH.GOV/mesh/D003866",
        "http://id.nlm.nih.gov/mesh/D003866/",
        "http://id.nlm.nih.gov/mesh/d003866",
        "http://id.nlm.nih.gov/mesh/2024/D003866",
        "https://id.nlm.nih.gov/mesh/D003866.html",
        "http://identifiers.org/mesh/D003866",
        "https://identifiers.org/mesh/D003866",
        "http://identifiers.org/mesh:D003866",
        "https://identifiers.org/mesh:D003866",
        "https://www.identifiers.org/mesh/D003866",
        "http://identifiers.org/mesh/%44003866",
        "http://bio2rdf.org/mesh:D003866",
        "http://bio2rdf.org/mesh_D003866",
        "http://id.nlm.nih.gov/mesh/D003866#",
        "http://id.nlm.nih.gov/mesh/D003866.ntriples",
        "http://id.nlm.nih.gov//mesh/D003866",
        "http://id.nlm.nih.gov/mesh//D003866",
        "https://id.nlm.nih.gov:443/mesh/D003866",
        "http://id.nlm.nih.gov/mesh/D003866%20",
        "https://id.nlm.nih.gov/mesh/D003866.jsonld",
        "https://id.nlm.nih.gov/mesh/lookup/details?descriptor=http://id.nlm.nih.gov/mesh/D003866",
        "https://id.nlm.nih.gov/mesh/lookup/details?descriptor=D003866",
        "http://bio2rdf.org/page/mesh:D003866",
        "http://purl.bioontology.org/ontology/MESH/2012/D003866",
        "http://purl.bioontology.org/ontology/MESH/2012AB/D003866",
        "http://bioportal.bioontology.org/ontologies/MESH?p=classes&conceptid=D003866",
        "https://bioportal.bioontology.org/ontologies/MESH/?p=classes&conceptid=http%3A%2F%2Fpurl.bioontology.org%2Fontology%2FMESH%2FD003866",
        "http://data.bioontology.org/ontologies/MESH/classes/http%3A%2F%2Fpurl.bioontology.org%2Fontology%2FMESH%2FD003866",
        "https://www.nlm.nih.gov/cgi/mesh/2016/MB_cgi?field=uid&exact=Find%20Exact%20Term&term=D003866",
        "https://www.ncbi.nlm.nih.gov/mesh/?term=D003866%5BUI%5D",
        "urn:miriam:mesh.2012:D003866",
        "http://identifiers.org/mesh.2012/D003866",
        "http://identifiers.org/mesh%3AD003866",
        "https://bioregistry.io/MSH:d003866",
        "MESH_DESCRIPTOR_UI:D003866",
        "https://meshb.nlm.nih.gov/record/D003866",
        "https://ctdbase.org/detail.go?type=disease&acc=MESH:D003866",
        "http://purl.bioontology.org/ontology/MESH/D003866",
        "http://purl.obolibrary.org/obo/MESH_D003866",
        "https://meshb.nlm.nih.gov/record/ui?ui=D003866",
        "https://meshb.nlm.nih.gov/record/ui?name=x&ui=D003866",
        "https://meshb.nlm.nih.gov/#/record/ui?ui=D003866",
        "https://www.ncbi.nlm.nih.gov/mesh/?term=D003866",
        "https://n2t.net/mesh:D003866",
        "https://bioregistry.io/mesh:D003866",
        "MESH:D003866",
        "mesh:d003866",
        "urn:miriam:mesh:D003866",
    ),
    "http://id.nlm.nih.gov/mesh/C000629870": ("http://identifiers.org/mesh/C000629870",),
    "http://identifiers.org/ncbigene/213": (
        "https://identifiers.org/ncbigene/213",
        "https://identifiers.org/ncbigene:213",
        "http://identifiers.org/ncbigene:213",
        "http://purl.uniprot.org/geneid/213",
        "http://rdf.ncbi.nlm.nih.gov/pubchem/gene/GID213",
        "https://www.ncbi.nlm.nih.gov/gene/213",
        "http://www.ncbi.nlm.nih.gov/gene/213/",
        "http://ncbi.nlm.nih.gov/gene/213",
        "https://www.ncbi.nlm.nih.gov/gene/213#summary",
        "https://www.ncbi.nlm.nih.gov/gene/213?report=full",
        "https://www.ncbi.nlm.nih.gov/datasets/gene/213/",
        "https://pubchem.ncbi.nlm.nih.gov/gene/213",
        "http://bio2rdf.org/ncbigene:213",
        "http://bio2rdf.org/geneid:213",
        "https://www.ncbi.nlm.nih.gov/datasets/gene/GeneID:213/",
        "http://www.ncbi.nlm.nih.gov/datasets/gene/id/213/",
        "https://www.ncbi.nlm.nih.gov/gene?term=213[uid]",
        "http://rdf.ncbi.nlm.nih.gov/pubchem/gene/213",
        "http://rdf.ncbi.nlm.nih.gov/pubchem/gene/gid213",
        "https://pubchem.ncbi.nlm.nih.gov/rest/rdf/gene/GID213",
        "http://identifiers.org/entrez.gene/213",
        "http://linkedlifedata.com/resource/entrezgene/id/213",
        "http://purl.org/commons/record/ncbi_gene/213",
        "https://bioregistry.io/ENTREZ:213",
        "https://bioregistry.io/entrez%20gene/locuslink:213",
        "NCBI_Gene:213",
        "EntrezGene:213",
        "GeneID:213",
        "urn:miriam:ncbigene:213",
        "urn:miriam:entrez.gene:213",
        "http://identifiers.org/ncbigene/NCBIGene:213",
        "ncbigene:213",
    ),
    "http://rdf.ncbi.nlm.nih.gov/pubchem/compound/CID23994": (
        "https://rdf.ncbi.nlm.nih.gov/pubchem/compound/CID23994",
        "http://rdf.ncbi.nlm.nih.gov/pubchem/compound/cid23994",
        "http://rdf.ncbi.nlm.nih.gov/pubchem/compound/CID23994.html",
        "http://identifiers.org/pubchem.compound/23994",
        "https://identifiers.org/pubchem.compound:23994",
        "https://pubchem.ncbi.nlm.nih.gov/compound/23994",
        "https://pubchem.ncbi.nlm.nih.gov/compound/CID23994#section=Names",
        "https://pubchem.ncbi.nlm.nih.gov/summary/summary.cgi?cid=23994",
        "http://bio2rdf.org/pubchemcompound:23994",
        "http://rdf.ncbi.nlm.nih.gov/pubchem/compound/23994",
        "https://pubchem.ncbi.nlm.nih.gov/rest/pug/compound/cid/23994/JSON",
        "https://pubchem.ncbi.nlm.nih.gov/rest/rdf/compound/CID23994",
        "https://www.ncbi.nlm.nih.gov/pccompound/23994",
        "urn:miriam:pubchem.compound:23994",
        "pubchem.cid:23994",
        "CID:23994",
    ),
    "https://omim.org/entry/300082": (
        "http://omim.org/entry/300082",
        "https://www.omim.org/entry/300082",
        "https://omim.org/entry/300082?search=x&highlight=y",
        "https://omim.org/MIM:300082",
        "http://identifiers.org/mim/300082",
        "https://identifiers.org/mim:300082",
        "https://identifiers.org/MIM:300082",
        "http://purl.obolibrary.org/obo/OMIM_300082",
        "http://purl.uniprot.org/mim/300082",
        "http://purl.bioontology.org/ontology/OMIM/300082",
        "http://www.ncbi.nlm.nih.gov/omim/300082",
        "http://bio2rdf.org/omim:300082",
        "https://omim.org/entry/300082#title",
        "https://omim.org/entry/300082#",
        "https://omim.org/entry/*300082",
        "https://www.omim.org/clinicalSynopsis/300082",
        "https://us-east.omim.org/entry/300082",
        "https://mirror.omim.org/entry/300082",
        "https://www.ncbi.nlm.nih.gov/entrez/dispomim.cgi?id=300082",
        "http://identifiers.org/omim/300082",
        "http://purl.obolibrary.org/obo/MIM_300082",
        "http://purl.org/mim/MIM:300082",
        "https://hpo.jax.org/browse/disease/OMIM:300082",
        "mim:300082",
        "urn:miriam:omim:300082",
    ),
    "http://purl.obolibrary.org/obo/NCBITaxon_9606": (
        "https://purl.obolibrary.org/obo/NCBITaxon_9606",
        "http://purl.obolibrary.org/obo/NCBITaxon:9606",
        "http://purl.obolibrary.org/obo/NCBITAXON_9606",
        "http://purl.uniprot.org/taxonomy/9606",
        "https://purl.uniprot.org/taxonomy/9606",
        "https://www.uniprot.org/taxonomy/9606",
        "http://identifiers.org/taxonomy/9606",
        "https://identifiers.org/taxonomy:9606",
        "http://rdf.ncbi.nlm.nih.gov/pubchem/taxonomy/TAXID9606",
        "https://pubchem.ncbi.nlm.nih.gov/taxonomy/9606",
        "https://www.ncbi.nlm.nih.gov/taxonomy/9606",
        "https://www.ncbi.nlm.nih.gov/Taxonomy/Browser/wwwtax.cgi?mode=Info&id=9606&lvl=3",
        "https://www.ncbi.nlm.nih.gov/datasets/taxonomy/9606/",
        "http://purl.bioontology.org/ontology/NCBITAXON/9606",
        "http://bio2rdf.org/taxonomy:9606",
        "http://purl.uniprot.org/taxonomy/9606.rdf",
        "https://www.uniprot.org/taxonomy/9606.rdf",
        "https://rest.uniprot.org/taxonomy/9606",
        "https://rest.uniprot.org/taxonomy/9606.json",
        "http://rdf.ncbi.nlm.nih.gov/pubchem/taxonomy/9606",
        "https://pubchem.ncbi.nlm.nih.gov/rest/rdf/taxonomy/TAXID9606",
        "https://www.ncbi.nlm.nih.gov/taxonomy/?term=txid9606[Organism:exp]",
        "http://www.ncbi.nlm.nih.gov/Taxonomy/Browser/wwwtax.cgi?lvl=0&amp;id=9606",
        "http://ddbj.nig.ac.jp/ontologies/taxonomy/9606",
        "https://www.ebi.ac.uk/ena/browser/view/Taxon:9606",
        "urn:lsid:ncbi.nlm.nih.gov:taxonomy:9606",
        "NCBI_TaxID:9606",
        "txid:9606",
        "taxon:9606",
        "http://bio2rdf.org/taxon:9606",
        "http://purl.bioontology.org/ontology/NCBITAXON/9606/",
    ),
    "http://identifiers.org/dbsnp/rs1006737": (
        "https://identifiers.org/dbsnp:rs1006737",
        "https://identifiers.org/dbsnp/RS1006737",
        "http://identifiers.org/dbsnprs1006737",
        "http://purl.uniprot.org/dbsnp/rs1006737",
        "https://www.ncbi.nlm.nih.gov/snp/rs1006737",
        "https://www.ncbi.nlm.nih.gov/snp/rs1006737?horizontal_tab=true",
        "http://www.ncbi.nlm.nih.gov/projects/SNP/snp_ref.cgi?rs=1006737",
        "http://bio2rdf.org/dbsnp:rs1006737",
        "https://www.ncbi.nlm.nih.gov/snp/?term=rs1006737",
        "https://www.ncbi.nlm.nih.gov/SNP/snp_ref.cgi?type=rs&rs=rs1006737",
        "http://identifiers.org/dbsnp#rs1006737",
        "https://www.snpedia.com/index.php/Rs1006737",
        "https://www.ebi.ac.uk/gwas/variants/rs1006737",
        "https://www.ensembl.org/Homo_sapiens/Variation/Explore?v=rs1006737",
        "https://api.ncbi.nlm.nih.gov/variation/v0/refsnp/1006737",
        "dbSNP:rs1006737",
        "urn:miriam:dbsnp:rs1006737",
    ),
    "https://purl.expasy.org/cellosaurus/rdf/cvcl/CVCL_0030": (
        "http://purl.expasy.org/cellosaurus/rdf/cvcl/CVCL_0030",
        "http://www.cellosaurus.org/CVCL_0030",
        "https://www.cellosaurus.org/CVCL_0030",
        "https://cellosaurus.org/CVCL_0030/",
        "https://www.cellosaurus.org/CVCL_0030.txt",
        "https://web.expasy.org/cellosaurus/CVCL_0030",
        "http://purl.obolibrary.org/obo/Cellosaurus#CVCL_0030",
        "https://identifiers.org/cellosaurus:CVCL_0030",
        "https://bioregistry.io/cellosaurus:0030",
        "https://bioregistry.io/CVCL:0030",
        "https://n2t.net/RRID:CVCL_0030",
        "http://purl.obolibrary.org/obo/CVCL_0030",
        "https://www.cellosaurus.org/cvcl_0030",
        "https://api.cellosaurus.org/cell-line/CVCL_0030?format=json",
        "https://scicrunch.org/resolver/CVCL_0030",
        "https://www.nextprot.org/term/CVCL_0030",
        "urn:miriam:cellosaurus:CVCL_0030",
        "https://identifiers.org/RRID:CVCL_0030",
        "https://scicrunch.org/resolver/RRID:CVCL_0030",
        "RRID:CVCL_0030",
        "CVCL:0030",
    ),
    "https://doi.org/10.1002/(sici)1%3C2::aid%3E3.0.co;2-2": (
        "https://doi.org/10.1002/(SICI)1%3C2::AID%3E3.0.CO;2-2",
        "http://doi.org/10.1002/%28SICI%291%3C2%3A%3AAID%3E3.0.CO%3B2-2",
        "http://dx.doi.org/10.1002/(SICI)1%3C2::AID%3E3.0.CO;2-2",
        "https://www.doi.org/10.1002/(sici)1%3c2::aid%3e3.0.co;2-2",
        "https://identifiers.org/doi:10.1002/(sici)1%3C2::aid%3E3.0.co;2-2",
        "http://identifiers.org/doi/10.1002/(sici)1%3C2::aid%3E3.0.co;2-2",
        "doi:10.1002/(SICI)1%3C2::AID%3E3.0.CO;2-2",
        "info:doi/10.1002/(SICI)1%3C2::AID%3E3.0.CO;2-2",
    ),
    "https://doi.org/10.1371/journal.pone.0000001": (
        "https://doi.org/10.1371/JOURNAL.PONE.0000001",
        "https://doi.org/10.1371%2Fjournal.pone.0000001",
        "https://doi.org/10.1371/journal.pone.0000001/",
        "https://doi.org/10.1371/journal.pone.0000001?utm_source=x",
        "http://dx.doi.org/10.1371/journal.pone.0000001",
        "https://api.crossref.org/works/10.1371/journal.pone.0000001",
        "https://api.crossref.org/works/10.1371/journal.pone.0000001/agency",
        "https://api.crossref.org/v1/works/10.1371/journal.pone.0000001/transform/application/x-bibtex",
        "https://data.crossref.org/10.1371/journal.pone.0000001",
        "https://oadoi.org/10.1371/journal.pone.0000001",
        "https://api.openalex.org/works/https://doi.org/10.1371/journal.pone.0000001",
        "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0000001",
        "https://doi.org/DOI:10.1371/journal.pone.0000001",
        "https://doi.org//10.1371/journal.pone.0000001",
        "https://dx.doi.org:443/10.1371/journal.pone.0000001",
        "urn:doi:10.1371/journal.pone.0000001",
        "https://link.springer.com/article/10.1371/journal.pone.0000001",
        "https://onlinelibrary.wiley.com/doi/full/10.1371/journal.pone.0000001",
        "https://onlinelibrary.wiley.com/doi/10.1371/journal.pone.0000001/abstract",
        "https://bioregistry.io/doi:10.1371/journal.pone.0000001",
    ),
    "http://rdf.ncbi.nlm.nih.gov/pubmed/31558841": (
        "https://rdf.ncbi.nlm.nih.gov/pubmed/31558841",
        "https://pubmed.ncbi.nlm.nih.gov/31558841",
        "https://pubmed.ncbi.nlm.nih.gov/31558841/",
        "http://pubmed.ncbi.nlm.nih.gov/31558841/?format=abstract#full-view",
        "https://www.ncbi.nlm.nih.gov/pubmed/31558841",
        "http://www.ncbi.nlm.nih.gov/pubmed/31558841/",
        "https://www.ncbi.nlm.nih.gov/pubmed/?term=31558841",
        "http://identifiers.org/pubmed/31558841",
        "https://identifiers.org/pubmed:31558841",
        "http://purl.uniprot.org/citations/31558841",
        "http://bio2rdf.org/pubmed:31558841",
        "https://pubmed.ncbi.nlm.nih.gov/?term=31558841[uid]",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/pmid/31558841/",
        "https://www.ncbi.nlm.nih.gov/research/pubtator3/publication/31558841?text=x",
        "http://linkedlifedata.com/resource/pubmed/id/31558841",
        "http://www.hubmed.org/display.cgi?uids=31558841",
        "http://purl.org/commons/record/pmid/31558841",
        "https://scholia.toolforge.org/pubmed/31558841",
        "https://www.ebi.ac.uk/europepmc/webservices/rest/article/MED/31558841",
        "http://identifiers.org/pmid/31558841",
        "urn:miriam:pubmed:31558841",
        "urn:pmid:31558841",
        "https://n2t.net/pmid:31558841",
        "https://europepmc.org/article/MED/31558841",
        "https://europepmc.org/abstract/med/31558841",
        "PMID:31558841",
        "info:pmid/31558841",
    ),
    "http://identifiers.org/pmc/PMC12899835": (
        "https://identifiers.org/pmc:PMC12899835",
        "https://identifiers.org/pmc/PMC12899835",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC12899835",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC12899835/?report=classic",
        "http://www.ncbi.nlm.nih.gov/pmc/articles/pmc12899835/",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC12899835",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC12899835/#S1",
        "https://europepmc.org/articles/PMC12899835",
        "http://europepmc.org/articles/PMC12899835",
        "https://europepmc.org/article/PMC/PMC12899835",
        "http://bio2rdf.org/pmc:12899835",
        "https://www.ncbi.nlm.nih.gov/labs/pmc/articles/PMC12899835/",
        "https://www.ncbi.nlm.nih.gov/pmc/PMC12899835",
        "https://europepmc.org/article/pmc/pmc12899835",
        "http://ukpmc.ac.uk/articles/PMC12899835",
        "https://www.ebi.ac.uk/europepmc/webservices/rest/PMC12899835/fullTextXML",
        "http://identifiers.org/pmcid/PMC12899835",
        "PMCID:PMC12899835",
        "info:pmcid/PMC12899835",
        "urn:miriam:pmc:PMC12899835",
        "http://www.pubmedcentral.nih.gov/articlerender.fcgi?artid=12899835",
        "pmc:PMC12899835",
    ),
    "https://arxiv.org/abs/2101.00001": ("http://arxiv.org/abs/2101.00001", "https://arxiv.org/pdf/2101.00001.pdf", "arxiv:2101.00001"),
    "https://orcid.org/0000-0002-1825-0097": (
        "http://orcid.org/0000-0002-1825-0097",
        "https://www.orcid.org/0000-0002-1825-0097",
        "https://orcid.org/0000-0002-1825-0097/",
        "https://identifiers.org/orcid:0000-0002-1825-0097",
        "orcid:0000-0002-1825-0097",
        "https://pub.orcid.org/v3.0/0000-0002-1825-0097/record",
    ),
    "http://www.wikidata.org/entity/Q42844": (
        "https://www.wikidata.org/entity/Q42844",
        "http://wikidata.org/entity/q42844",
        "https://www.wikidata.org/wiki/Q42844",
        "https://www.wikidata.org/wiki/Special:EntityData/Q42844.ttl",
        "https://identifiers.org/wikidata:Q42844",
        "wd:Q42844",
    ),
}
ALL = [(written, ours) for ours, spellings in SPELLINGS.items() for written in spellings]

# IRI -> why it is no spelling of a record.
OUT_OF_SCOPE: dict[str, str] = {
    "http://rdf.ncbi.nlm.nih.gov/pubchem/reference/31558841": "PubChem's own number of a reference, which may be no PMID",
    "http://id.nlm.nih.gov/mesh/D003866Q000188": "a descriptor with a qualifier: another record, which papers have here in this form",
    "http://id.nlm.nih.gov/mesh/M0005951": "a MeSH concept, of which there are several to a descriptor",
    "http://id.nlm.nih.gov/mesh/T001": "a MeSH term",
    "http://id.nlm.nih.gov/mesh/vocab#Descriptor": "a term of a vocabulary",
    "http://id.nlm.nih.gov/mesh/D003866#x": "a part of something else than a page",
    "https://www.ncbi.nlm.nih.gov/mesh/68003866": "Entrez's own number, whose relation to MeSH identifiers is not published",
    "https://omim.org/entry/300082#0001": "an allelic variant: another record",
    "https://omim.org/phenotypicSeries/PS300082": "a series: another record",
    "https://www.ncbi.nlm.nih.gov/gene/?term=213": "a search for a word, which may find other genes",
    "https://www.ncbi.nlm.nih.gov/sites/entrez?db=gene&cmd=retrieve&list_uids=213": "an address that no longer works",
    "https://pmc.ncbi.nlm.nih.gov/articles/PMC12899835/pdf/main.pdf": "a file of a paper",
    "https://www.ebi.ac.uk/ols4/search?q=MONDO:0002050": "a search of another site",
    "https://www.ebi.ac.uk/ols4/ontologies/hp/terms?iri=http://purl.obolibrary.org/obo/HP_0000716": "a vocabulary that is not used here",
    "https://pubchem.ncbi.nlm.nih.gov/compound/aspirin": "a name",
    "https://pubchem.ncbi.nlm.nih.gov/rest/pug/compound/cid/2244,3672/JSON": "several records",
    "https://www.ncbi.nlm.nih.gov/taxonomy/?term=9606": "a search for a word",
    "https://www.ncbi.nlm.nih.gov/snp/?term=1006737": "a search for a word",
    "https://bioregistry.io/omim.ps:PS300082": "a series: another record",
    "https://bioregistry.io/MEDLINE:16412238": "MEDLINE once had numbers of its own",
    "http://bio2rdf.org/mesh_resource:D003866": "a statement of Bio2RDF's",
    "http://bio2rdf.org/omim_resource:300082": "a statement of Bio2RDF's",
    "https://onlinelibrary.wiley.com/doi/10.1002/x/y/full": "where the DOI ends is not sure",
    "https://onlinelibrary.wiley.com/toc/10.1002/1234": "the contents of an issue",
    "https://www.mdpi.com/2072-6643/18/3/484": "an address without an identifier of ours",
    "http://rdf.ncbi.nlm.nih.gov/pubchem/substance/SID23994": "another kind of record",
    "https://www.cellosaurus.org/CVCL_00300": "no identifier of Cellosaurus",
    "https://bioregistry.io/rrid:0030": "a number of nothing in particular",
    "http://purl.bioontology.org/ontology/MESH/2012": "a version of a vocabulary",
    "http://www.wikidata.org/entity/P486": "a property",
    "http://www.wikidata.org/prop/direct/P486": "a property",
    "https://www.wikidata.org/wiki/Q0": "no item",
    "urn:lsid:example.org:taxonomy:9606": "numbers of somebody else",
    "http://id.nlm.nih.gov:8080/mesh/D003866": "another server",
    "http://identifiers.org/rrid/RRID:AB_2100000": "an antibody",
    "http://identifiers.org/mesh/X003866": "no identifier of MeSH",
    "http://identifiers.org/mondo/2050": "Mondo has seven digits",
    "http://identifiers.org/ncbigene/0": "no gene",
    "http://identifiers.org/ncbigene/GRIN2B": "a symbol",
    "http://identifiers.org/gene/213": "which genes are meant is not said",
    "http://purl.obolibrary.org/obo/DOID_1596": "a vocabulary that is not used here",
    "http://purl.obolibrary.org/obo/MONDO_": "no identifier",
    "http://example.org/mesh/D003866": "an unknown host",
    "http://id.nlm.nih.gov.example.org/mesh/D003866": "an unknown host",
    "http://id.nlm.nih.gov@example.org/mesh/D003866": "an unknown host",
    "ftp://id.nlm.nih.gov/mesh/D003866": "an unknown scheme",
    "RRID:0030": "a number of nothing in particular",
    "gene:213": "a prefix of many",
    "http://": "no address",
    "": "nothing",
}


@pytest.mark.parametrize(("written", "ours"), ALL, ids=[written for written, _ in ALL])
def test_a_spelling_is_recognised(written: str, ours: str) -> None:
    found = canonical(written)
    assert found is not None
    assert found.iri == ours
    assert concept_iri(found.reference) == ours
    assert found.differences


def test_there_are_many_spellings_and_none_twice() -> None:
    assert len({written for written, _ in ALL}) == len(ALL) >= 60


@pytest.mark.parametrize("ours", SPELLINGS)
def test_the_canonical_iri_differs_in_nothing(ours: str) -> None:
    found = canonical(ours)
    assert found is not None
    assert (found.iri, found.differences) == (ours, ())


@pytest.mark.parametrize("written", OUT_OF_SCOPE)
def test_what_leaves_a_doubt_is_no_spelling(written: str) -> None:
    assert canonical(written) is None


@pytest.mark.parametrize("ours", SPELLINGS)
def test_every_alias_and_page_of_the_table_is_recognised(ours: str) -> None:
    found = canonical(ours)
    assert found is not None
    others = [*alias_iris(found.reference), *filter(None, [page_url(found.reference)])]
    assert [(other, canonical(other)) for other in others if (spelled := canonical(other)) is None or spelled.iri != ours] == []


def test_every_vocabulary_has_spellings_here() -> None:
    prefixes = {found.reference.prefix for ours in SPELLINGS if (found := canonical(ours)) is not None}
    assert prefixes == set(VOCABULARIES)


@pytest.mark.parametrize(
    ("written", "ours", "expected"),
    [
        ("https://id.nlm.nih.gov/mesh/D1", "http://id.nlm.nih.gov/mesh/D1", ("http or https",)),
        ("http://id.nlm.nih.gov/mesh/d1/", "http://id.nlm.nih.gov/mesh/D1", ("a slash at the end", "upper or lower case")),
        ("https://doi.org/10.1%2Fx", "https://doi.org/10.1/x", ("percent-encoding",)),
        ("https://doi.org/10.1/x?y", "https://doi.org/10.1/x", ("a query string or fragment",)),
        ("http://x/1", "http://y/1", ("another form",)),
    ],
)
def test_the_difference_is_named(written: str, ours: str, expected: tuple[str, ...]) -> None:
    assert differences(written, ours) == expected


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from([written for written, _ in ALL]), st.integers(0, 60))
def test_any_text_in_an_iri_is_read_without_an_error(text: str, written: str, place: int) -> None:
    found = canonical(written[:place] + text + written[place:])
    assert found is None or VOCABULARIES[found.reference.prefix].accepts(found.reference.identifier)


@pytest.mark.parametrize(
    "text", ["http://doi.org/10.1234/" + "a" * 100_000, "https://identifiers.org/" + "a." * 900, "a" * 5_000, "%" * 1_999]
)
def test_a_long_iri_takes_no_time(text: str) -> None:
    assert canonical(text) is None


@pytest.mark.parametrize(
    "junk", ["a" * 1_900, "1" * 1_900, "10.1234/" + "a/" * 900, "%20" * 600, "//" * 900, "?term=" + "1[" * 900, " " * 1_900 + "x"]
)
def test_no_address_takes_long(junk: str) -> None:
    starts = {f"http://{form.host}{re.split('[({]', form.path)[0]}" for form in FORMS} | {f"http://{host}/" for host in RESOLVERS}
    before = time.perf_counter()
    for start in starts:
        canonical((start + junk)[:2_000])
    assert time.perf_counter() - before < 0.02 * len(starts)


def test_a_reference_comes_with_the_spelling() -> None:
    found = canonical("http://bio2rdf.org/pmc:12899835")
    assert found is not None
    assert found.reference == Reference("PMCID", "PMC12899835")


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        ("https://papers.example/a/paper/PMC1", "paper/PMC1"),
        ("http://WWW.papers.example/a/paper/PMC1/", "paper/PMC1"),
        ("https://papers.example/b/paper/PMC1", None),
        ("https://papers.example.org/a/paper/PMC1", None),
        ("paper/PMC1", None),
    ],
)
def test_the_path_below_our_base_is_found_whatever_the_scheme(iri: str, path: str | None) -> None:
    assert path_below(iri, "https://papers.example/a/") == path
