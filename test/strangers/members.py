"""What botocore says of CloudWatch's members: their types, where JSON would tell them and forms, XML and CBOR do not.
By operation and direction, of the operations named; a member is named with its parent."""

import sys

import botocore.session
from wire import tell

KINDS = {"double": "double", "integer": "integer", "long": "integer", "boolean": "boolean", "timestamp": "timestamp"}
KINDS.update({"list": "list", "map": "map", "string": "text"})


def members(shape, parent="", seen=()):
    if shape.type_name == "list":
        yield from members(shape.member, parent, seen)
    elif shape.type_name == "structure" and shape.name not in seen:
        for name, member in shape.members.items():
            inner = member.member if member.type_name == "list" else member
            if member.type_name == "list":
                yield f"{parent}.{name}", "list"
            if inner.type_name in KINDS:
                yield f"{parent}.{name}", KINDS[inner.type_name]
            yield from members(member, name, (*seen, shape.name))


def typed(shape):
    found = {}
    for name, kind in members(shape) if shape else ():
        found.setdefault(name, set()).add(kind)
    return {name: " ".join(sorted(kinds)) for name, kinds in sorted(found.items()) if "text" not in kinds or len(kinds) > 1}


model = botocore.session.get_session().get_service_model("cloudwatch")
operations = {name: model.operation_model(name) for name in sys.argv[1:]}
tell(**{name: {"input": typed(one.input_shape), "output": typed(one.output_shape)} for name, one in operations.items()})
