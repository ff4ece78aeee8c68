"""Writes filters.json: what Qdrant's own engine finds, keeps and counts on random payloads.

Needs qdrant-edge-py (the engine itself, 0.9.0) and qdrant-client (its model in Python, 1.20.0). The engine is the
authority; the model answers where the engine's Python binding cannot ask: it takes `match.value: true` for the integer 1.
Where the two disagree, the case carries `model`: what the model finds.

Floats here are never whole numbers, as JSON in JavaScript does not tell 1.0 from 1.
"""

import json
import pathlib
import random
import tempfile

import qdrant_edge as edge
from qdrant_client import QdrantClient, models

POINTS, FILTERS, SEED = 160, 640, 20260

rng = random.Random(SEED)
pick = rng.choice


def chance(share):
    return rng.random() < share


# --- payloads ------------------------------------------------------------------------------------------------

KEYWORDS = ["red", "green", "blue", "Red", "", "light blue", "550e8400-e29b-41d4-a716-446655440000", "true", "1"]
WORDS = ["quick", "brown", "fox", "jumps", "Over", "lazy", "dog", "café", "Straße", "naïve", "42", "x1"]
DATETIMES = [
    "2024-01-02T03:04:05Z", "2024-01-02 03:04:05", "2024-01-02", "2024-01-02T03:04", "2024-01-02T03:04:05.123456789Z",
    "2024-01-02T03:04:05+02:00", "2024-01-02T03:04:05+02", "2024-01-02T03:04:05 +02:00", "2024-01-02T03:04:05 UTC",
    "2024-01-02t03:04:05z", " 2024-01-02", "2024-1-2", "2023-12-31T23:59:60Z", "2024-01-02T03:04:05-0500",
    "2024-01-02 03:04:05.5+05:30", "1969-12-31T23:59:59.999999Z", "0000-01-01", "99-01-02", "-0001-01-02",
    "2024-01-02 3:04", "2024-01-02T03:04:05Z ", "2024-02-29", "2024-01-02  03:04:05",
]
NO_DATETIMES = [
    "2024-01-02 ", "2024", "2024-01", "20240102", "2024-01-02T03", "2024-01-02T24:00:00Z", "2023-02-29",
    "2024-01-02T03:04Z", "2024-01-02T03:04+02:00", "2024-01-02T03:04:05.Z", "10000-01-01", "2024-01-02Z",
    "2024-01-02T03:04:05+24:00", "2024-13-01", "2024-01-02T03:60:05Z", "x2024-01-02",
]  # fmt: skip


def integer():
    return rng.randint(-3, 6)


def number():
    return integer() if chance(0.6) else rng.randint(-3, 5) + pick([0.25, 0.5, 0.125])


def text():
    return pick([" ", "-", ", ", "_"]).join(pick(WORDS) for _ in range(rng.randint(1, 6)))


def place():
    if chance(0.1):
        return pick([{"lon": "1", "lat": 2}, {"lon": 1}, [1, 2], {"lat": None, "lon": 0}])
    return {"lon": rng.randint(-180, 180) if chance(0.2) else rng.randint(0, 40) / 4, "lat": rng.randint(0, 40) / 4}


def datetime():
    return pick(DATETIMES) if chance(0.8) else pick(NO_DATETIMES)


def scalar():
    return pick([lambda: pick(KEYWORDS), number, lambda: chance(0.5), text, datetime])()


def some(make):
    """A value, several, none, or something else."""
    draw = rng.random()
    if draw < 0.5:
        return make()
    if draw < 0.56:
        return None
    if draw < 0.62:
        return []
    if draw < 0.64:
        return [[make(), make()], []]
    if draw < 0.66:
        return {"x": make()}
    if draw < 0.74:
        return scalar()
    return [None if chance(0.1) else scalar() if chance(0.08) else make() for _ in range(rng.randint(1, 4))]


def role():
    if chance(0.1):
        return pick([None, 3, "x", [], [{"name": "Ann"}]])
    out = {}
    if chance(0.85):
        out["name"] = pick(["Ann", "Ben", "Cleo", None])
    if chance(0.7):
        out["age"] = some(integer)
    if chance(0.5):
        out["tags"] = some(lambda: pick(KEYWORDS[:4]))
    if chance(0.3):
        out["sub"] = [{"v": integer()} for _ in range(rng.randint(0, 2))]
    return out


MAKERS = {
    "k": lambda: some(lambda: pick(KEYWORDS)),
    "n": lambda: some(number),
    "b": lambda: some(lambda: chance(0.5)),
    "d": lambda: some(datetime),
    "g": lambda: some(place),
    "t": lambda: some(text),
    "o": lambda: pick([None, [], 1]) if chance(0.1) else {
        **({"x": some(integer)} if chance(0.8) else {}),
        **({"y": {"z": some(lambda: pick(KEYWORDS)), "a b": integer()}} if chance(0.6) else {}),
    },
    "c": lambda: role() if chance(0.1) else [role() for _ in range(rng.randint(0, 3))],
}  # fmt: skip


def payload():
    if chance(0.03):
        return None
    return {key: make() for key, make in MAKERS.items() if chance(0.72)}


# --- filters -------------------------------------------------------------------------------------------------

PATHS = {
    "k": ["k", "k", "k[]", "k[0]", "o.y.z", "k.x"],
    "n": ["n", "n", "n[]", "o.x", "n[1]", "n.x"],
    "b": ["b", "b[]"],
    "d": ["d", "d", "d[]"],
    "g": ["g", "g", "g[]"],
    "t": ["t", "t"],
    "c": ["c[].age", "c[].sub[].v", "c[0].age", "c.age", 'o.y."a b"', "c[].age[]"],
    "s": ["c[].name", "c[].tags", "c[].tags[]", "c.name"],
    "any": ["k", "n", "b", "d", "g", "t", "o", "c", "o.x", "o.y", "c[]", "c[].tags", "c[].age", "c[].sub[].v", "zz", "k[]", "c[].sub"],
}  # fmt: skip


def bounds(make):
    out = {}
    for name in rng.sample(["gt", "gte", "lt", "lte"], pick([1, 1, 2, 2, 3])):
        out[name] = make()
    return out


def point():
    return {"lon": rng.randint(0, 40) / 4, "lat": rng.randint(0, 40) / 4}


def ring(low, high):
    """A star around the middle: not convex."""
    mid = (low + high) / 2
    corners = [(low, low), (mid, low + pick([0, 1])), (high, low), (high - 1, mid), (high, high), (mid, high), (low, high)]
    points = [{"lon": lon, "lat": lat} for lon, lat in corners]
    return {"points": [*points, points[0]]}


def match(kind):
    if kind == "b":
        return {"value": chance(0.5)}
    if kind in ("n", "c"):
        return pick([lambda: {"value": integer()}, lambda: {"any": [integer() for _ in range(rng.randint(0, 3))]},
                     lambda: {"except": [integer() for _ in range(rng.randint(0, 4))]}])()  # fmt: skip
    words = KEYWORDS if kind == "k" else ["Ann", "Ben", *KEYWORDS[:4]]
    return pick([lambda: {"value": pick(words)}, lambda: {"any": [pick(words) for _ in range(rng.randint(0, 3))]},
                 lambda: {"except": [pick(words) for _ in range(rng.randint(0, 4))]},
                 lambda: {"prefix": pick(["", "r", "light", "A"])}, lambda: {"substring": pick(["e", "", "ue", "-"])}])()  # fmt: skip


def some_text():
    draw = rng.random()
    asked = " ".join(pick(WORDS) for _ in range(rng.randint(1, 2)))
    asked = asked.upper() if chance(0.3) and "ß" not in asked else asked
    if draw < 0.05:
        return {pick(["text", "text_any", "phrase"]): pick(["", "-"])}
    return {"text": asked} if draw < 0.45 else {"text_any": asked} if draw < 0.7 else {"phrase": asked}


def geo():
    draw = rng.random()
    if draw < 0.4:
        a, b = point(), point()
        box = {"top_left": {"lon": min(a["lon"], b["lon"]), "lat": max(a["lat"], b["lat"])},
               "bottom_right": {"lon": max(a["lon"], b["lon"]), "lat": min(a["lat"], b["lat"])}}  # fmt: skip
        if chance(0.2):
            box["top_left"]["lon"], box["bottom_right"]["lon"] = 100, -20
        return {"geo_bounding_box": box}
    if draw < 0.7:
        return {"geo_radius": {"center": point(), "radius": pick([1000, 120000.5, 400000.5, 900000.5])}}
    shape = {"exterior": ring(0.1, 9.6)}
    if chance(0.5):
        shape["interiors"] = [ring(2, 5)]
    return {"geo_polygon": shape}


def field(nested=False):
    kind = pick(["k", "n", "n", "b", "d", "g", "t", "c", "s", "any", "any"])
    key = pick(PATHS[kind])
    if nested:
        kind, key = pick([("c", "age"), ("s", "name"), ("s", "tags"), ("c", "sub[].v"), ("any", "age"), ("any", "tags"), ("any", "sub")])
    draw = rng.random()
    if kind == "any":
        if draw < 0.2:
            return {"is_empty": {"key": key}}
        if draw < 0.4:
            return {"is_null": {"key": key}}
        # With several values, the engine answers these otherwise than `is_empty: {key}` and the model.
        if draw < 0.6 and "[]" not in key:
            return {"key": key, pick(["is_empty", "is_null"]): chance(0.5)}
        return {"key": key, "values_count": bounds(lambda: rng.randint(0, 3))}
    if kind == "d":
        make = lambda: pick([d for d in DATETIMES if not d.startswith(("9", "-", "0"))])
        return {"key": key, "range": bounds(make)}
    if kind == "g":
        return {"key": key, **geo()}
    if kind == "t":
        return {"key": key, "match": some_text()}
    if kind in ("n", "c") and draw < 0.6:
        return {"key": key, "range": bounds(number)}
    return {"key": key, "match": match(kind)}


def condition(depth, nested=False):
    draw = rng.random()
    if depth > 0 and draw < 0.2:
        return {"nested": {"key": pick(["c", "c[]", "o"]), "filter": clauses(depth - 1, True)}} if not nested else {
            "nested": {"key": "sub", "filter": {"must": [{"key": "v", "range": bounds(integer)}]}}}  # fmt: skip
    if depth > 0 and draw < 0.32:
        return clauses(depth - 1, nested)
    if draw < 0.38 and not nested:
        return {"has_id": sorted({rng.randrange(POINTS + 5) for _ in range(rng.randint(0, 40))})}
    if draw < 0.42 and not nested:
        return {"has_vector": pick(["a", "b", "zz"])}
    return field(nested)


def clauses(depth, nested=False):
    out = {}
    for name in rng.sample(["must", "should", "must_not", "min_should"], pick([1, 1, 2, 3])):
        # Inside `nested`, the engine takes an empty `should` for one that nothing meets.
        fewest = 1 if nested else 0
        conditions = [condition(depth, nested) for _ in range(rng.randint(fewest, 3) if chance(0.3) else rng.randint(1, 2))]
        if name == "min_should":
            conditions += [condition(0, nested)]
            out[name] = {"conditions": conditions, "min_count": rng.randint(1, 2)}
        else:
            out[name] = conditions[0] if len(conditions) == 1 and chance(0.3) else conditions
    return out


# --- the engine ----------------------------------------------------------------------------------------------

MATCHES = {"value": edge.MatchValue, "text": edge.MatchText, "text_any": edge.MatchTextAny, "phrase": edge.MatchPhrase,
           "any": edge.MatchAny, "except": edge.MatchExcept, "prefix": edge.MatchPrefix, "substring": edge.MatchSubstring}  # fmt: skip


def to_edge(given):
    if "is_empty" in given and isinstance(given["is_empty"], dict):
        return edge.IsEmptyCondition(given["is_empty"]["key"])
    if "is_null" in given and isinstance(given["is_null"], dict):
        return edge.IsNullCondition(given["is_null"]["key"])
    if "has_id" in given:
        return edge.HasIdCondition(set(given["has_id"]))
    if "has_vector" in given:
        return edge.HasVectorCondition(given["has_vector"])
    if "nested" in given:
        return edge.NestedCondition(given["nested"]["key"], to_edge_filter(given["nested"]["filter"]))
    if "key" not in given:
        return to_edge_filter(given)
    to_point = lambda at: edge.GeoPoint(at["lon"], at["lat"])
    to_ring = lambda ring: [to_point(at) for at in ring["points"]]
    tests = {name: given[name] for name in ("is_empty", "is_null") if name in given}
    if "match" in given:
        ((name, value),) = given["match"].items()
        tests["match"] = MATCHES[name](value)
    if "range" in given:
        is_text = any(isinstance(bound, str) for bound in given["range"].values())
        tests["range"] = (edge.RangeDateTime if is_text else edge.RangeFloat)(**given["range"])
    if "values_count" in given:
        tests["values_count"] = edge.ValuesCount(**given["values_count"])
    if box := given.get("geo_bounding_box"):
        tests["geo_bounding_box"] = edge.GeoBoundingBox(to_point(box["top_left"]), to_point(box["bottom_right"]))
    if circle := given.get("geo_radius"):
        tests["geo_radius"] = edge.GeoRadius(to_point(circle["center"]), circle["radius"])
    if shape := given.get("geo_polygon"):
        tests["geo_polygon"] = edge.GeoPolygon(to_ring(shape["exterior"]), [to_ring(r) for r in shape.get("interiors", [])])
    return edge.FieldCondition(given["key"], **tests)


def to_edge_filter(given):
    to_list = lambda value: [to_edge(one) for one in (value if isinstance(value, list) else [value])]
    parts = {name: to_list(given[name]) for name in ("must", "should", "must_not") if name in given}
    if "min_should" in given:
        least = given["min_should"]
        parts["min_should"] = edge.MinShould(to_list(least["conditions"]), least["min_count"])
    return edge.Filter(**parts)


def vectors(point_id):
    return {name: [1.0, 2.0] for name, step in (("a", 5), ("b", 3)) if point_id % step}


def make_shard(payloads):
    params = lambda: edge.EdgeVectorParams(2, edge.Distance.Dot)
    shard = edge.EdgeShard.create(tempfile.mkdtemp(), edge.EdgeConfig(vectors={"a": params(), "b": params()}))
    shard.update(edge.UpdateOperation.upsert_points([edge.Point(i, vectors(i), p) for i, p in enumerate(payloads)]))
    return shard


def make_model(payloads):
    client = QdrantClient(":memory:")
    params = models.VectorParams(size=2, distance=models.Distance.DOT)
    client.create_collection("points", {"a": params, "b": params})
    client.upsert("points", [models.PointStruct(id=i, vector=vectors(i), payload=p) for i, p in enumerate(payloads)])
    return client


def make_cases(payloads):
    shard, client = make_shard(payloads), make_model(payloads)
    cases = []
    while len(cases) < FILTERS:
        given = {"must": [condition(0)]} if len(cases) < FILTERS // 2 else clauses(pick([0, 1, 1, 2]))
        try:
            found, _ = client.scroll("points", models.Filter.model_validate(given), limit=POINTS)
            by_model = sorted(record.id for record in found)
        except ValueError:
            by_model = None
        asked = json.dumps(given)
        if '"value": true' in asked or '"value": false' in asked:
            if by_model is not None and '"key": "d' not in asked:  # it does not read all forms of datetimes
                cases.append({"filter": given, "ids": by_model})
            continue
        request = edge.ScrollRequest(limit=POINTS, filter=to_edge_filter(given))
        ids = sorted(record.id for record in shard.scroll(request)[0])
        cases.append({"filter": given, "ids": ids, **({} if by_model in (ids, None) else {"model": by_model})})
    return cases


# --- what is read by an index, and changes of payloads --------------------------------------------------------


def make_orders(payloads):
    shard = make_shard(payloads)
    out = []
    for key, schema in (("n", "Integer"), ("o.x", "Float"), ("d", "Datetime"), ("c[].age", "Integer")):
        shard.update(edge.UpdateOperation.create_field_index(key, getattr(edge.PayloadSchemaType, schema)))
        for direction, start in (("Asc", None), ("Desc", None), ("Asc", "2024-01-01" if key == "d" else 1), ("Desc", "2024-01-01" if key == "d" else 1)):  # fmt: skip
            order = edge.OrderBy(key, getattr(edge.Direction, direction), start)
            found = shard.scroll(edge.ScrollRequest(limit=10 * POINTS, order_by=order))[0]
            pairs = [[record.order_value, record.id] for record in found]
            case = {"key": key, "schema": schema.lower(), "direction": direction.lower(), "pairs": pairs}
            out.append({**case, **({} if start is None else {"startFrom": start})})
    return out


def make_facets(payloads):
    out = []
    for key, schema in (("k", "Keyword"), ("n", "Integer"), ("b", "Bool"), ("k", "Uuid"), ("c[].tags", "Keyword"), ("o.y.z", "Keyword")):
        shard = make_shard(payloads)
        shard.update(edge.UpdateOperation.create_field_index(key, getattr(edge.PayloadSchemaType, schema)))
        for given in (None, {"must": [{"has_id": list(range(0, POINTS, 2))}]}):
            request = edge.FacetRequest(key, limit=1000, exact=True, filter=given and to_edge_filter(given))
            counts = sorted(([hit.value, hit.count] for hit in shard.facet(request).hits), key=str)
            out.append({"key": key, "schema": schema.lower(), "counts": counts, **({"filter": given} if given else {})})
    return out


EDIT_PATHS = ["k", "o", "o.x", "o.y", "o.y.z", "c", "c[]", "c[0]", "c[].age", "c[1].tags", "c[].tags[]", "c[0].sub[]", "q", "q.r", "q[]",
              "q[0].r", "c.name", "o[]", "n[0]", "k[]", "c[].sub[].v", 'o.y."a b"']  # fmt: skip


def make_edits(payloads):
    operations = edge.UpdateOperation
    out = []
    for _ in range(120):
        old = pick([p for p in payloads if p])
        old = {key: old[key] for key in old if key in ("k", "o", "c", "n")}
        kind = pick(["set", "delete", "include", "exclude"])
        shard = make_shard([old])
        case = {"payload": old, "edit": kind}
        selected = True
        if kind == "set":
            case["patch"] = pick([{"k": 1}, {"x": {"a": 1}}, {"k": None, "new": [1]}, {"name": "Zoe", "age": None}, {}])
            if chance(0.8):
                case["key"] = pick(EDIT_PATHS)
            shard.update(operations.set_payload([0], case["patch"], case.get("key")))
        else:
            case["keys"] = rng.sample(EDIT_PATHS, rng.randint(1, 3))
            if kind == "delete":
                shard.update(operations.delete_payload([0], case["keys"]))
            else:
                selected = getattr(edge.PayloadSelector, kind.capitalize())(case["keys"])
        case["result"] = shard.retrieve([0], selected, False)[0].payload
        out.append(case)
    return out


def main():
    payloads = [payload() for _ in range(POINTS)]
    cases = make_cases(payloads)
    parts = {
        "payloads": payloads,
        "filters": cases,
        "orders": make_orders(payloads),
        "facets": make_facets(payloads),
        "edits": make_edits(payloads),
    }
    line = lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    lines = [f'"{name}":[\n' + ",\n".join(line(one) for one in part) + "\n]" for name, part in parts.items()]
    pathlib.Path(__file__).with_name("filters.json").write_text("{" + ",\n".join(lines) + "}\n")
    print(len(cases), "filters,", sum("model" in case for case in cases), "on which the two disagree")


main()
