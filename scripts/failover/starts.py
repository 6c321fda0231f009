"""What a start says of a database on which an acknowledged payment could be lost, or that takes no writes."""

import sys
import time

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
    print("\nWhat a start says")
    for what, (ended, line) in seen.items():
        print(f"  {what:<14} {ended:<14} {line}")
    sys.stdout.flush()
    return (seen["primary"][0] == "up" and seen["standby"][0].startswith("refused (1")
            and all(seen[commit][0].startswith("refused (1") or seen[commit][1] for commit in ("local", "remote_write")))
