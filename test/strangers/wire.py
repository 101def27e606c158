"""What goes over the wire, as a client sends it."""

import json
import sys


def watch(client):
    """Gives the set of content types that the client's requests have had so far."""
    sent = set()

    def note(request, **_):
        kind = request.headers.get("Content-Type", b"")
        sent.add((kind.decode() if isinstance(kind, bytes) else kind).split(";")[0])

    client.meta.events.register("before-send.*", note)
    return sent


def tell(**facts):
    """Prints what is to be looked at, as one line of JSON."""
    json.dump(facts, sys.stdout, default=lambda value: value.isoformat())
