"""Which papers a matter still asks for, by the lists in force, and which it asks for no more."""

from __future__ import annotations

from mianzheng.catalogue.rules.city import Certificate, City, Matter, Paper, Work


def kept_for(city: City, matter: Matter) -> tuple[Certificate, ...]:
    """Return the certificates that may still be asked for `matter`: those its needs or papers name, or its owner demands for
    its facts.
    """
    if matter.work:
        named = {need.retained for need in matter.work.needs if need.retained}
        codes = named | {paper.certificate for paper in papers_of(city, matter.work, asked=True)}
    else:
        codes = {
            c.code
            for c in city.certificates.values()
            if c.asked_for and c.demander == matter.owner and c.fact and c.fact in matter.facts
        }
    return tuple(city.certificates[code] for code in sorted(codes))


def papers_of(city: City, work: Work | None, *, asked: bool = False) -> tuple[Paper, ...]:
    """Return the papers of the baseline year that are cancelled, or those that are still `asked` for."""
    papers = work.papers if work else ()
    return tuple(paper for paper in papers if city.certificates[paper.certificate].asked_for is asked)
