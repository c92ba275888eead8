"""Retrieval measures, by ir-measures: Success@1, Success@5, R@5, nDCG@10 and RR."""

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import RR, R, Success, nDCG

MEASURES = (Success @ 1, Success @ 5, R @ 5, nDCG @ 10, RR)


def per_query(
    qrels: Mapping[str, Sequence[str]], run: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """Each measure's value for each query: ``result["nDCG@10"][query]``.

    ``qrels`` gives the relevant names of a query, ``run`` the retrieved ones, best first. A query
    without results scores 0.
    """
    judged = [ir_measures.Qrel(q, name, 1) for q, names in qrels.items() for name in names]
    ranked = [
        ir_measures.ScoredDoc(q, name, float(-place))
        for q, names in run.items()
        for place, name in enumerate(names)
    ]
    values = {str(measure): dict.fromkeys(qrels, 0.0) for measure in MEASURES}
    for metric in ir_measures.iter_calc(MEASURES, judged, ranked):
        values[str(metric.measure)][metric.query_id] = metric.value
    return values
