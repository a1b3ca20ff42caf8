"""Real ids in some of what is made up: a request for what is not there ends at the door."""

import json
import os
import zlib

import schemathesis

KNOWN = json.loads(os.environ.get("FUZZ_KNOWN", "{}"))


def chosen(kind, made_up):
    """One of the shop's own ids for half of what was made up, the same every time."""
    ids = KNOWN.get(kind) or []
    sum_of = zlib.crc32(repr(made_up).encode())
    return ids[sum_of // 2 % len(ids)] if ids and sum_of % 2 else made_up


def kind_of(path, name):
    if name == "offer_id" or path.startswith("/api/v1/offers/"):
        return "offer"
    if path.startswith("/api/v1/products/") or name == "product_id":
        return "product"
    return None


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    path = context.operation.path if context.operation else ""
    for name, value in (path_parameters or {}).items():
        kind = kind_of(path, name)
        if kind:
            path_parameters[name] = chosen(kind, value)
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    return with_ids(body)


def with_ids(value):
    if isinstance(value, dict):
        return {
            name: chosen("offer", inner) if name == "offer_id" and isinstance(inner, str) else with_ids(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [with_ids(inner) for inner in value]
    return value
