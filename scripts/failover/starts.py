"""What a start says of a database on which an acknowledged payment could be lost, or that takes no writes."""

import json
import sys
import time
import urllib.request

from cluster import NODES, await_true, sql


def attempt(kassa, name, url, **more):
    """Starts a node and says how that ended: refused with its last line, or up with what it warned of."""
    node = kassa(name, 1, url, **more)
    try:
        await_true(name, lambda: node.process.poll() is not None or "Ctrl-C" in node.said(), 60)
    except RuntimeError:
        return "hangs", ""
    lines = [line for line in node.said().splitlines() if line.strip()]
    if node.process.poll() is not None:
        return f"refused ({node.process.returncode})", lines[-1] if lines else ""
    time.sleep(1)
    node.stop()
    return "up", " / ".join(line for line in lines if " WARN " in line or " ERROR " in line)


def run(database, kassa):
    primary = database.primary()
    standby = next(node for node in NODES if node != primary)
    at = lambda node: f"jdbc:postgresql://{NODES[node]}:5432/kassa"
    admin = lambda statement: sql(NODES[primary], statement, database="postgres", rows=False)
    seen = {"primary": attempt(kassa, "start-primary", at(primary))}
    seen["standby"] = attempt(kassa, "start-standby", at(standby))
    for commit in ("local", "remote_write"):
        admin(f"alter role kassa set synchronous_commit = {commit}")
        seen[commit] = attempt(kassa, f"start-{commit}", at(primary))
        admin("alter role kassa reset synchronous_commit")
    try:
        configure(primary, synchronous_mode=False, synchronous_mode_strict=False)
        await_true("no synchronous standby", lambda: not standbys(primary), 60)
        seen["asynchronous"] = attempt(kassa, "start-asynchronous", at(primary))
    finally:
        configure(primary, synchronous_mode=True, synchronous_mode_strict=True)
        await_true("a synchronous standby", lambda: standbys(primary), 60)
    print("\nWhat a start says")
    for what, (ended, line) in seen.items():
        print(f"  {what:<14} {ended:<14} {line}")
    sys.stdout.flush()
    return (seen["primary"][0] == "up" and seen["standby"][0].startswith("refused (1")
            and all(seen[loss][1] for loss in ("local", "remote_write", "asynchronous")))


def standbys(primary):
    return sql(NODES[primary], "show synchronous_standby_names", database="postgres")[0][0]


def configure(primary, **settings):
    request = urllib.request.Request(f"http://{NODES[primary]}:8008/config", json.dumps(settings).encode(),
                                     {"Content-Type": "application/json"}, method="PATCH")
    urllib.request.urlopen(request, timeout=5).close()
