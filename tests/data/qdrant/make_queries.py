"""Writes queries.json: what Qdrant answers to queries of every kind, over small collections.

Made with qdrant-edge-py (Qdrant's engine itself) and qdrant-client in its local mode (Qdrant's reference in Python):

    pip install qdrant-edge-py==0.9.0 qdrant-client==1.20.0 && python3 make_queries.py

Answers are the engine's; of groups, which it leaves to the server, the client's. Examples that are ids, and averages,
are the server's part too: done here by its rules, and held to the client's. Where the two differ, that is printed: the
server leaves an example out of all that a query searches, the client out of the prefetch that names it.

Requests are in the words of worker/collection/query/types.ts, and so are scores: larger is better. Qdrant returns plain
distances of `euclidean` and `manhattan`; here they are negative. A hit has `value` where a payload field ordered it.
Hits of the same score or value may come in any order.
"""

import json
import pathlib
import random
import tempfile
import uuid
from importlib.metadata import version

import numpy as np
import qdrant_client
import qdrant_edge as edge
from pydantic import TypeAdapter
from qdrant_client import models

METRICS = {"cosine": "Cosine", "euclidean": "Euclid", "manhattan": "Manhattan", "dot": "Dot"}
DISTANCES = ("euclidean", "manhattan")
GENRES = ("drama", "comedy", "noir", "western", "horror")
INDEXES = {
    "year": "integer",
    "rating": "float",
    "genre": "keyword",
    "shelf": "integer",
    "seen": "bool",
    "made.at": "keyword",
}
TOLERANCE = 1e-5


def vector(rng, dim):
    return [round(rng.uniform(-1, 1), 3) for _ in range(dim)]


def sparse(rng):
    indices = rng.sample(range(12), rng.randint(1, 6))
    return {"indices": indices, "values": [round(rng.uniform(0.1, 2), 3) for _ in indices]}


def payload(rng):
    """Of every field some points have none, some an array, and some a value of another type."""
    fields = {
        "year": lambda: rng.randint(1990, 1999),
        "rating": lambda: round(rng.uniform(0, 10), 2),
        "genre": lambda: rng.choice([rng.choice(GENRES), rng.sample(GENRES, rng.randint(1, 3))]),
        "shelf": lambda: rng.choice(
            [rng.randint(1, 6), rng.randint(1, 6), [rng.randint(1, 6), rng.randint(1, 6)], "top", 2.5, True]
        ),
        "seen": lambda: rng.random() < 0.5,
        "made": lambda: {"at": rng.choice(("Oslo", "Rome", "Cairo"))},
    }
    return {key: make() for key, make in fields.items() if rng.random() < 0.9}


def make_id(rng, position):
    return position * 3 if position % 3 else str(uuid.UUID(int=rng.getrandbits(128), version=4))


def plain_points(rng, count, dim):
    return [{"id": make_id(rng, i), "vector": vector(rng, dim), "payload": payload(rng)} for i in range(count)]


def named_points(rng, count):
    points = []
    for i in range(count):
        made = {"image": vector(rng, 4), "text": vector(rng, 5), "words": sparse(rng), "terms": sparse(rng)}
        kept = {name: value for name, value in made.items() if rng.random() < 0.9}
        points.append({"id": make_id(rng, i), "vector": kept, "payload": payload(rng)})
    return points


class Collection:
    """One collection in both engines."""

    def __init__(self, name, config, points, client):
        self.name, self.config, self.points, self.client = name, config, points, client
        self.dense = config.get("vectors") or {"": {"dim": config["dim"], "metric": config["metric"]}}
        self.sparse = config.get("sparseVectors", {})

        dense = {
            n: edge.EdgeVectorParams(size=v["dim"], distance=getattr(edge.Distance, METRICS[v["metric"]]))
            for n, v in self.dense.items()
        }
        idf = {n: v.get("modifier") == "idf" for n, v in self.sparse.items()}
        params = {"vectors": dense if "vectors" in config else dense[""]}
        if self.sparse:
            params["sparse_vectors"] = {
                n: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf if on else None) for n, on in idf.items()
            }
        self.shard = edge.EdgeShard.create(str(pathlib.Path(tempfile.mkdtemp()) / "shard"), edge.EdgeConfig(**params))
        self.shard.update(
            edge.UpdateOperation.upsert_points(
                [edge.Point(p["id"], edge_vectors(p["vector"]), p["payload"]) for p in points]
            )
        )
        for key, kind in INDEXES.items():
            self.shard.update(
                edge.UpdateOperation.create_field_index(key, getattr(edge.PayloadSchemaType, kind.capitalize()))
            )

        dense = {n: models.VectorParams(size=v["dim"], distance=METRICS[v["metric"]]) for n, v in self.dense.items()}
        client.create_collection(
            name,
            vectors_config=dense if "vectors" in config else dense[""],
            sparse_vectors_config={
                n: models.SparseVectorParams(modifier=models.Modifier.IDF if on else None) for n, on in idf.items()
            },
        )
        client.upsert(name, [models.PointStruct(**p) for p in points])
        self.stored = {
            r.id if isinstance(r.id, int) else str(r.id): r.vector
            for r in self.shard.retrieve([p["id"] for p in points], False, True)
        }

    def metric(self, using):
        return self.dense[using]["metric"] if using in self.dense else "dot"

    def has(self, point, using):
        return using == "" and "vectors" not in self.config or using in point["vector"]

    def vector_of(self, point_id, using):
        held = self.stored[point_id]
        return held[using] if isinstance(held, dict) else held


def edge_vectors(given):
    return {n: edge_vector(v) for n, v in given.items()} if isinstance(given, dict) else given


def edge_vector(given):
    return edge.SparseVector(**given) if isinstance(given, dict) else given


# --- The engine -----------------------------------------------------------------------------------------------------


def edge_filter(given, without=()):
    if given is None and not without:
        return None
    parts = {key: [edge_condition(c) for c in clauses] for key, clauses in (given or {}).items()}
    if without:
        parts["must_not"] = parts.get("must_not", []) + [edge.HasIdCondition(set(without))]
    return edge.Filter(**parts)


def edge_condition(given):
    if "match" in given:
        ((kind, value),) = given["match"].items()
        match = {"value": edge.MatchValue, "any": edge.MatchAny, "except": edge.MatchExcept}[kind](value)
        return edge.FieldCondition(given["key"], match=match)
    if "range" in given:
        return edge.FieldCondition(given["key"], range=edge.RangeFloat(**given["range"]))
    if "has_id" in given:
        return edge.HasIdCondition(set(given["has_id"]))
    if "is_empty" in given:
        return edge.IsEmptyCondition(given["is_empty"]["key"])
    return edge_filter(given)


def listed(given):
    return given if isinstance(given, list) else [given]


def examples_of(query):
    if not isinstance(query, dict) or "indices" in query:
        return [] if query is None else [query]
    ((kind, value),) = ((k, v) for k, v in query.items() if k != "mmr")
    if kind == "nearest":
        return [value]
    if kind == "recommend":
        return value.get("positive", []) + value.get("negative", [])
    if kind in ("discover", "context"):
        pairs = listed(value if kind == "context" else value["context"])
        return [e for p in pairs for e in (p["positive"], p["negative"])] + (
            [value["target"]] if kind == "discover" else []
        )
    return []


def is_id(given):
    return isinstance(given, (int, str))


def mentioned(request):
    own = [e for e in examples_of(request.get("query")) if is_id(e)]
    return own + [e for inner in listed(request.get("prefetch", [])) for e in mentioned(inner)]


def average(vectors):
    if isinstance(vectors[0], edge.SparseVector):
        sums = {}
        for v in vectors:
            for i, x in zip(v.indices, v.values):
                sums[i] = sums.get(i, 0) + x / len(vectors)
        return sums
    return np.mean(np.array(vectors, np.float64), axis=0)


def average_query(positive, negative):
    mean = average(positive)
    if not negative:
        away = mean
    elif isinstance(mean, dict):
        other = average(negative)
        away = {i: 2 * mean.get(i, 0) - other.get(i, 0) for i in {*mean, *other}}
    else:
        away = 2 * mean - average(negative)
    if isinstance(away, dict):
        return edge.SparseVector(list(away), list(away.values()))
    return away.tolist()


def edge_query(collection, request, k):
    query, using = request.get("query"), request.get("using", "")
    resolve = lambda e: collection.vector_of(e, using) if is_id(e) else edge_vector(e)
    named = {"using": using} if using else {}
    if query is None:
        return None
    if not isinstance(query, dict) or "indices" in query:
        query = {"nearest": query}
    ((kind, value),) = ((k, v) for k, v in query.items() if k != "mmr")
    pairs = lambda given: [edge.ContextPair(resolve(p["positive"]), resolve(p["negative"])) for p in listed(given)]
    if kind == "nearest" and "mmr" in query:
        mmr = query["mmr"]
        return edge.Mmr(resolve(value), 1 - mmr.get("diversity", 0.5), mmr.get("candidatesLimit", k), **named)
    if kind == "nearest":
        return edge.Query.Nearest(resolve(value), **named)
    if kind == "recommend":
        positive, negative = ([resolve(e) for e in value.get(side, [])] for side in ("positive", "negative"))
        strategy = value.get("strategy", "average_vector")
        if strategy == "average_vector":
            return edge.Query.Nearest(average_query(positive, negative), **named)
        make = edge.Query.RecommendBestScore if strategy == "best_score" else edge.Query.RecommendSumScores
        return make(edge.RecommendQuery(positive, negative), **named)
    if kind == "discover":
        return edge.Query.Discover(edge.DiscoverQuery(resolve(value["target"]), pairs(value["context"])), **named)
    if kind == "context":
        return edge.Query.Context(edge.ContextQuery(pairs(value)), **named)
    if kind == "orderBy":
        return edge_order(value)
    if kind == "fusion":
        return edge.Fusion.Rrf(k=2) if value == "rrf" else edge.Fusion.Dbsf()
    return edge.Fusion.Rrf(k=value.get("k", 2), weights=value.get("weights"))


def edge_order(value):
    value = {"key": value} if isinstance(value, str) else value
    direction = {"asc": edge.Direction.Asc, "desc": edge.Direction.Desc}[value.get("direction", "asc")]
    return edge.OrderBy(value["key"], direction, value.get("startFrom"))


def by_distance(collection, request):
    """Whether Qdrant's scores are plain distances."""
    query = request.get("query")
    if collection.metric(request.get("using", "")) not in DISTANCES or query is None:
        return False
    if not isinstance(query, dict) or "nearest" in query:
        return True
    return "recommend" in query and query["recommend"].get("strategy", "average_vector") == "average_vector"


def edge_threshold(collection, request):
    threshold = request.get("scoreThreshold")
    return -threshold if threshold is not None and by_distance(collection, request) else threshold


def edge_prefetches(collection, request):
    return [
        edge.Prefetch(
            limit=p.get("k", 10),
            query=edge_query(collection, p, p.get("k", 10)),
            prefetches=edge_prefetches(collection, p),
            filter=edge_filter(p.get("filter")),
            score_threshold=edge_threshold(collection, p),
        )
        for p in listed(request.get("prefetch", []))
    ]


def edge_hit(hit, sign=1):
    point_id = hit.id if isinstance(hit.id, int) else str(hit.id)
    made = {"id": point_id, "score": sign * hit.score} if hasattr(hit, "score") else {"id": point_id}
    if hit.order_value is not None:
        made["value"] = hit.order_value
    if hit.payload is not None:
        made["payload"] = hit.payload
    return made


def edge_run(collection, request, limit):
    k = request.get("k", 10)
    selected = request.get("withPayload", False)
    hits = collection.shard.query(
        edge.QueryRequest(
            limit=limit,
            offset=request.get("offset", 0),
            query=edge_query(collection, request, k),
            prefetches=edge_prefetches(collection, request),
            filter=edge_filter(request.get("filter"), mentioned(request)),
            score_threshold=edge_threshold(collection, request),
            with_payload=edge_selector(selected),
        )
    )
    sign = -1 if by_distance(collection, request) else 1
    return [edge_hit(hit, sign) for hit in hits]


def edge_selector(selected):
    if isinstance(selected, dict):
        ((kind, keys),) = selected.items()
        return getattr(edge.PayloadSelector, kind.capitalize())(keys)
    return selected


# --- The client -----------------------------------------------------------------------------------------------------


def rest(given):
    """The request in Qdrant's own words."""
    if isinstance(given, list):
        return [rest(v) for v in given]
    if not isinstance(given, dict):
        return given
    names = {
        "k": "limit",
        "orderBy": "order_by",
        "startFrom": "start_from",
        "scoreThreshold": "score_threshold",
        "candidatesLimit": "candidates_limit",
    }
    return {
        key if key == "filter" else names.get(key, key): (
            value if key in ("filter", "withPayload", "rrf") else rest(value)
        )
        for key, value in given.items()
    }


def client_run(collection, request, groups=False):
    given = rest(request)
    flip = collection.metric(request.get("using", "")) in DISTANCES and by_distance(collection, request)
    threshold = given.get("score_threshold")
    query = given.get("query")
    parse = lambda kind, value: None if value is None else TypeAdapter(kind).validate_python(value)
    common = dict(
        query=parse(models.QueryInterface, query),
        using=given.get("using"),
        prefetch=parse(list[models.Prefetch], listed(given["prefetch"])) if "prefetch" in given else None,
        query_filter=parse(models.Filter, given.get("filter")),
        score_threshold=-threshold if flip and threshold is not None else threshold,
        with_payload=parse(models.WithPayloadInterface, given.get("withPayload", False)),
    )
    sign = -1 if flip else 1
    hit = lambda p: {"id": p.id, "score": sign * p.score, **({"payload": p.payload} if p.payload is not None else {})}
    if groups:
        found = collection.client.query_points_groups(
            collection.name,
            group_by=given["groupBy"],
            group_size=given.get("groupSize", 3),
            limit=given.get("limit", 10),
            **common,
        ).groups
        return [{"id": g.id, "hits": [hit(p) for p in g.hits]} for g in found]
    return [
        hit(p)
        for p in collection.client.query_points(
            collection.name, limit=given.get("limit", 10), offset=given.get("offset", 0), **common
        ).points
    ]


def same(a, b):
    """Equal up to rounding and the order among equals; the last of them may be others."""
    a = [{**hit, "id": hit.get("id", other["id"])} for hit, other in zip(a, b)] if len(a) == len(b) else a
    if len(a) != len(b) or any(abs(x["score"] - y["score"]) > TOLERANCE for x, y in zip(a, b)):
        return False
    start = 0
    for end in range(1, len(a) + 1):
        if end == len(a):
            break
        if abs(a[end]["score"] - a[start]["score"]) > TOLERANCE:
            if {h["id"] for h in a[start:end]} != {h["id"] for h in b[start:end]}:
                return False
            start = end
    return True


# --- The cases ------------------------------------------------------------------------------------------------------


def make_cases(rng, collections):
    cases = []
    add = lambda name, on, request, call="query": cases.append(
        {"name": name, "collection": on, "call": call, "request": request}
    )

    for on, collection in collections.items():
        for using, config in collection.dense.items():
            named = {"using": using} if using else {}
            dim = config["dim"]
            ids = [p["id"] for p in collection.points if collection.has(p, using)]
            one = lambda: vector(rng, dim)
            pick = lambda n: rng.sample(ids, n)
            year = {"filter": {"must": [{"key": "year", "range": {"gte": 1993, "lt": 1998}}]}}
            title = f"{on} {using}".strip()
            few = {"k": 6, **named}

            add(f"{title}: nearest", on, {"query": one(), **few})
            add(f"{title}: nearest by id", on, {"query": pick(1)[0], **few})
            add(
                f"{title}: nearest, filter, offset, payload",
                on,
                {"query": {"nearest": one()}, "offset": 3, "withPayload": True, **year, **few},
            )
            add(
                f"{title}: some keys of payloads",
                on,
                {"query": one(), "withPayload": ["year", "made.at"], "k": 4, **named},
            )
            add(
                f"{title}: payloads without keys",
                on,
                {"query": one(), "withPayload": {"exclude": ["genre", "made", "shelf"]}, "k": 4, **named},
            )
            threshold = {"cosine": 0.3, "dot": 0.2, "euclidean": -1.2, "manhattan": -2.2}[config["metric"]]
            add(f"{title}: nearest, threshold", on, {"query": one(), "scoreThreshold": threshold, "k": 40, **named})
            for strategy in ("average_vector", "best_score", "sum_scores"):
                like = lambda p, n: {"recommend": {"positive": p, "negative": n, "strategy": strategy}}
                add(f"{title}: recommend {strategy}, ids", on, {"query": like(pick(2), pick(1)), **few})
                add(
                    f"{title}: recommend {strategy}, ids and vectors",
                    on,
                    {"query": like([*pick(1), one()], [one(), *pick(2)]), "offset": 2, **few},
                )
                add(f"{title}: recommend {strategy}, filter", on, {"query": like([one(), one()], []), **year, **few})
                if strategy != "average_vector":
                    add(
                        f"{title}: recommend {strategy}, negative alone",
                        on,
                        {"query": like([], [*pick(1), one()]), **few},
                    )
            pair = lambda: {"positive": rng.choice([one(), *pick(1)]), "negative": rng.choice([one(), *pick(1)])}
            add(
                f"{title}: discover",
                on,
                {"query": {"discover": {"target": one(), "context": [pair(), pair()]}}, **few},
            )
            add(
                f"{title}: discover by id, one pair",
                on,
                {"query": {"discover": {"target": pick(1)[0], "context": pair()}}, **few},
            )
            add(f"{title}: context", on, {"query": {"context": [pair(), pair(), pair()]}, "k": 40, **named})
            add(f"{title}: context, one pair", on, {"query": {"context": pair()}, "k": 30, **year, **named})
            for diversity in (0.0, 0.3, 0.7, 1.0):
                mmr = {"diversity": diversity, "candidatesLimit": 20}
                add(f"{title}: MMR {diversity}", on, {"query": {"nearest": one(), "mmr": mmr}, **few})
            add(f"{title}: MMR by default, filter", on, {"query": {"nearest": pick(1)[0], "mmr": {}}, **year, **few})
            add(
                f"{title}: MMR, offset",
                on,
                {"query": {"nearest": one(), "mmr": {"candidatesLimit": 15}}, "offset": 2, **few},
            )

            legs = lambda *ks: [{"query": one(), "k": k, **named} for k in ks]
            add(f"{title}: RRF", on, {"prefetch": legs(8, 8), "query": {"fusion": "rrf"}, "k": 12})
            add(
                f"{title}: RRF, k and weights",
                on,
                {"prefetch": legs(7, 9, 5), "query": {"rrf": {"k": 10, "weights": [3, 0.5, 1]}}, "k": 15},
            )
            add(
                f"{title}: RRF, ids, filters, threshold",
                on,
                {
                    "prefetch": [*legs(9), {"query": pick(1)[0], "k": 9, **year, **named}],
                    "query": {"rrf": {"k": 3}},
                    "filter": {"must_not": [{"key": "genre", "match": {"value": "noir"}}]},
                    "scoreThreshold": 0.15,
                    "k": 12,
                },
            )
            add(
                f"{title}: RRF, offset, payload",
                on,
                {"prefetch": legs(6, 6), "query": {"fusion": "rrf"}, "offset": 2, "k": 4, "withPayload": ["year"]},
            )
            if config["metric"] not in DISTANCES:
                add(f"{title}: DBSF", on, {"prefetch": legs(8, 6), "query": {"fusion": "dbsf"}, "k": 14})
                add(
                    f"{title}: DBSF, lists of one",
                    on,
                    {"prefetch": legs(1, 1, 4), "query": {"fusion": "dbsf"}, "k": 6},
                )
                add(
                    f"{title}: DBSF, threshold",
                    on,
                    {"prefetch": legs(8, 8), "query": {"fusion": "dbsf"}, "scoreThreshold": 0.6, "k": 20},
                )
            add(f"{title}: search again among hits", on, {"prefetch": legs(12, 12), "query": one(), **few})
            add(f"{title}: one prefetch, not in an array", on, {"prefetch": legs(5)[0], "query": one(), **few})
            add(
                f"{title}: MMR among hits",
                on,
                {
                    "prefetch": legs(9, 9),
                    "query": {"nearest": one(), "mmr": {"diversity": 0.6, "candidatesLimit": 10}},
                    "k": 5,
                    **named,
                },
            )
            add(
                f"{title}: recommend among hits",
                on,
                {
                    "prefetch": [{"query": pick(1)[0], "k": 15, **named}],
                    "query": {"recommend": {"positive": pick(1), "strategy": "best_score"}},
                    **few,
                },
            )
            # Weights that leave no ties: which of two equals comes first would count above.
            inner = lambda: {"prefetch": legs(9, 9), "query": {"rrf": {"weights": [1, 0.37]}}, "k": 8}
            again = {
                "prefetch": [{"prefetch": legs(14), "query": one(), "k": 7, **year, **named}],
                "query": pick(1)[0],
                "k": 5,
                **named,
            }
            add(f"{title}: nested RRF", on, {"prefetch": [inner(), again], "query": {"fusion": "rrf"}, "k": 12})
            add(
                f"{title}: nested RRF, then by vector",
                on,
                {
                    "prefetch": inner(),
                    "query": one(),
                    "filter": {"must": [{"key": "made.at", "match": {"any": ["Oslo", "Rome"]}}]},
                    **few,
                },
            )
            add(
                f"{title}: nothing left",
                on,
                {
                    "prefetch": [
                        {"query": one(), "filter": {"must": [{"key": "year", "match": {"value": 7}}]}, **named}
                    ],
                    "query": one(),
                    **few,
                },
            )

            for size in (1, 3):
                add(
                    f"{title}: groups of {size}",
                    on,
                    {"query": one(), "groupBy": "genre", "groupSize": size, "limit": 4, **named},
                    "queryGroups",
                )
            add(
                f"{title}: groups by integers, filter",
                on,
                {"query": one(), "groupBy": "shelf", "groupSize": 2, "limit": 5, **year, **named},
                "queryGroups",
            )
            add(
                f"{title}: groups by a path",
                on,
                {
                    "query": pick(1)[0],
                    "groupBy": "made.at",
                    "groupSize": 4,
                    "limit": 2,
                    "withPayload": ["made"],
                    **named,
                },
                "queryGroups",
            )
            add(
                f"{title}: all groups",
                on,
                {"query": one(), "groupBy": "shelf", "groupSize": 50, "limit": 50, **named},
                "queryGroups",
            )
            add(
                f"{title}: groups of fused hits",
                on,
                {"prefetch": legs(60, 60), "query": {"fusion": "rrf"}, "groupBy": "year", "groupSize": 2, "limit": 4},
                "queryGroups",
            )

        for using in collection.sparse:
            ids = [p["id"] for p in collection.points if collection.has(p, using)]
            add(f"{on} {using}: nearest", on, {"query": sparse(rng), "using": using, "k": 8})
            add(f"{on} {using}: nearest by id", on, {"query": rng.choice(ids), "using": using, "k": 8})
            add(
                f"{on} {using}: hybrid, RRF",
                on,
                {
                    "prefetch": [
                        {"query": sparse(rng), "using": using, "k": 9},
                        {"query": vector(rng, 4), "using": "image", "k": 9},
                    ],
                    "query": {"fusion": "rrf"},
                    "k": 14,
                },
            )
            add(
                f"{on} {using}: hybrid, DBSF",
                on,
                {
                    "prefetch": [
                        {"query": sparse(rng), "using": using, "k": 9},
                        {"query": vector(rng, 5), "using": "text", "k": 9},
                    ],
                    "query": {"fusion": "dbsf"},
                    "k": 14,
                },
            )
            add(
                f"{on} {using}: recommend",
                on,
                {
                    "query": {"recommend": {"positive": rng.sample(ids, 2), "negative": rng.sample(ids, 1)}},
                    "using": using,
                    "k": 6,
                },
            )

        add(f"{on}: by id", on, {"k": 7})
        add(
            f"{on}: by id, offset, filter",
            on,
            {"k": 5, "offset": 4, "filter": {"must": [{"key": "made.at", "match": {"value": "Cairo"}}]}},
        )
        for order in (
            "year",
            {"key": "year", "direction": "desc"},
            {"key": "rating", "startFrom": 4.5},
            {"key": "year", "direction": "desc", "startFrom": 1995},
        ):
            add(f"{on}: order by {json.dumps(order)}", on, {"query": {"orderBy": order}, "k": 70})
            add(
                f"{on}: scroll by {json.dumps(order)}",
                on,
                {"orderBy": order, "limit": 70, "withPayload": False},
                "scroll",
            )
        add(
            f"{on}: order by, among hits",
            on,
            {
                "prefetch": [{"query": {"orderBy": "year"}, "k": 70}],
                "query": {"orderBy": {"key": "rating", "direction": "desc"}},
                "k": 10,
            },
        )
        add(f"{on}: scroll", on, {"limit": 9, "withPayload": ["year"]}, "scroll")
        add(
            f"{on}: scroll, filter",
            on,
            {
                "filter": {"should": [{"key": "genre", "match": {"any": ["noir", "drama"]}}]},
                "limit": 100,
                "withPayload": False,
            },
            "scroll",
        )
        middle = sorted((p["id"] for p in collection.points), key=lambda i: (isinstance(i, str), i))[
            len(collection.points) // 2
        ]
        add(f"{on}: scroll, offset", on, {"offset": middle, "limit": 8, "withPayload": False}, "scroll")
        for key in ("genre", "year", "seen", "shelf"):
            add(f"{on}: facet {key}", on, {"key": key, "limit": 20}, "facet")
        add(
            f"{on}: facet, filter, limit",
            on,
            {"key": "genre", "filter": {"must": [{"key": "year", "range": {"gte": 1995}}]}, "limit": 2},
            "facet",
        )
    return cases


def settled(hits, k):
    """Up to `k` hits, equals by id. Of equals that are cut off at the end no ids: it is chance which are left."""
    key = lambda hit: hit.get("value", hit["score"] if "score" in hit else None)
    near = lambda a, b: key(a) is not None and abs(key(a) - key(b)) <= TOLERANCE
    runs = []
    for hit in hits:
        if runs and near(runs[-1][-1], hit):
            runs[-1].append(hit)
        else:
            runs.append([hit])
    kept = [hit for run in runs for hit in sorted(run, key=lambda h: (isinstance(h["id"], str), h["id"]))][:k]
    if len(hits) > k and near(hits[k - 1], hits[k]):
        return [
            {n: v for n, v in hit.items() if n not in ("id", "payload") or not near(hit, hits[k])} for hit in kept
        ]
    return kept


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, list):
        return [rounded(v) for v in value]
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return value


def answer(collection, case):
    call, request = case["call"], case["request"]
    if call == "queryGroups":
        return client_run(collection, request, groups=True), None
    if call == "facet":
        hits = collection.shard.facet(
            edge.FacetRequest(request["key"], request["limit"], True, edge_filter(request.get("filter")))
        ).hits
        return [{"value": facet_value(h.value), "count": h.count} for h in hits], None
    if call == "scroll":
        order = edge_order(request["orderBy"]) if "orderBy" in request else None
        scroll = edge.ScrollRequest(
            request.get("offset"),
            request["limit"],
            edge_filter(request.get("filter")),
            request.get("withPayload", False),
            False,
            order,
        )
        return settled([edge_hit(hit) for hit in collection.shard.scroll(scroll)[0]], request["limit"]), None
    k = request.get("k", 10)
    query = request.get("query", 0)
    if isinstance(query, dict) and "mmr" in query or query == 0:
        return edge_run(collection, request, k), client_run(collection, request)
    return settled(edge_run(collection, request, k + 50), k), client_run(collection, request)


def facet_value(value):
    return value.value if hasattr(value, "value") else getattr(value, "_0", value)


def main():
    rng = random.Random(2029)
    client = qdrant_client.QdrantClient(":memory:")
    named = {
        "vectors": {"image": {"dim": 4, "metric": "cosine"}, "text": {"dim": 5, "metric": "dot"}},
        "sparseVectors": {"words": {}, "terms": {"modifier": "idf"}},
    }
    made = {metric: ({"dim": 5, "metric": metric}, plain_points(rng, 60, 5)) for metric in METRICS}
    made["named"] = (named, named_points(rng, 60))
    collections = {name: Collection(name, config, points, client) for name, (config, points) in made.items()}
    cases = make_cases(rng, collections)
    different = []
    for case in cases:
        expected, other = answer(collections[case["collection"]], case)
        case["expected"] = rounded(expected)
        if other is not None and not same(expected, other):
            different.append(case["name"])
            if len(different) < 6:
                print(case, "\n  client:", other)
    written = {
        "qdrant-edge-py": version("qdrant-edge-py"),
        "qdrant-client": version("qdrant-client"),
        "payloadIndex": INDEXES,
        "collections": {name: {"config": config, "points": points} for name, (config, points) in made.items()},
        "cases": cases,
    }
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    head = json.dumps({k: v for k, v in written.items() if k != "cases"}, separators=(",", ":"))[:-1]
    path = pathlib.Path(__file__).with_name("queries.json")
    path.write_text(f'{head},"cases":[\n{lines}\n]}}\n')
    print(len(cases), "cases,", path.stat().st_size, "bytes;", len(different), "differ in the client:")
    print("\n".join(different))


main()
