"""A question → what tantivy looks for: its words in each language, rare ones joined by others that mean the same."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import Any

from index.keywords.related import related
from index.keywords.stems import field_of, hyphenated, terms

_WORD = re.compile(r"[^\W\d_]+")
_HARDLY_ANY = 2  # texts; words that more of them hold find enough by themselves


def keyword_query(index: Any, query: str, languages: Iterable[str]) -> Any:
    """The query for an index of ``index.keywords.keyword_index``, or None where nothing is left to look for.

    A word counts by the best of itself and what it is joined by, each of those by its BM25 score times its cosine. A
    hyphenated one counts by its words, or by itself as one word where that is more.
    """
    import tantivy

    searcher = index.searcher()
    clauses = []
    for field in sorted({field_of(language) for language in languages}):
        own = dict.fromkeys(terms(query, field))
        joined = _joined(query, field, own, searcher)
        clause_of = {}
        for term in own:
            clause = tantivy.Query.term_query(index.schema, field, term)
            others = [
                tantivy.Query.boost_query(tantivy.Query.term_query(index.schema, field, other), cosine)
                for other, cosine in joined.get(term, ())
            ]
            if others:
                clause = tantivy.Query.disjunction_max_query([clause, *others])
            clause_of[term] = clause
        for solid, parts in hyphenated(query):
            apart = [(tantivy.Occur.Should, clause_of.pop(term)) for term in terms(parts, field) if term in clause_of]
            whole = [tantivy.Query.term_query(index.schema, field, term) for term in terms(solid, field)]
            clause = tantivy.Query.disjunction_max_query([tantivy.Query.boolean_query(apart), *whole])
            clauses.append((tantivy.Occur.Should, clause))
        clauses += [(tantivy.Occur.Should, clause) for clause in clause_of.values()]
    return tantivy.Query.boolean_query(clauses) if clauses else None


def _joined(query: str, language: str, own: Container[str], searcher: Any) -> dict[str, list[tuple[str, float]]]:
    """For words of the query that next to no text holds: others that mean much the same, and how much they count."""
    found = {}
    for word in _WORD.findall(query):
        near = related(word, language)
        if near and (stem := terms(word, language)) and searcher.doc_freq(language, stem[0]) <= _HARDLY_ANY:
            found[stem[0]] = [(other, cosine) for other, cosine in near if other not in own]
    return found
