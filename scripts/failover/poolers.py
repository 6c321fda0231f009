"""Kassa behind PgBouncer: in transaction mode it must refuse to start, in session mode 2,000 payments come out even."""

import time

import cluster
from cluster import HUB, NODES, await_true
from starts import attempt

PORT = 6432
PAYMENTS = 2000


def run(database, kassa, road_of, check, reset):
    good = True
    for mode in ("transaction", "statement", "session"):
        reset(database)
        pooler = cluster.pgbouncer(f"pgbouncer-{mode}", PORT, mode, NODES[database.primary()])
        url = f"jdbc:postgresql://{HUB}:{PORT}/kassa"
        try:
            time.sleep(1)
            ended, line = attempt(kassa, f"start-{mode}", url)
            print(f"\nPgBouncer in {mode} mode: {ended} {line}", flush=True)
            if ended == "up":
                good = pay(database, road_of, check, mode, url) and good
            elif mode == "session":
                good = False
        finally:
            cluster.stop(pooler)
    return good


def pay(database, road_of, check, mode, url):
    # Writes go around the pooler, which is not what is tried here.
    road = road_of(f"pgbouncer-{mode}", url, [(NODES[database.primary()], 5432)], database)
    load = road.load
    try:
        load.begin()
        await_true(f"{PAYMENTS} payments", lambda: len(load.paid) >= PAYMENTS, PAYMENTS // load.rate * 3)
    except RuntimeError as e:
        print(f"  {e}: {len(load.paid)}")
    stuck = load.end()
    faults = check(road)
    road.stop()
    errors = "; ".join(f"{count} {kind} (node {node + 1})" for (kind, node), count in sorted(load.errors.items()))
    print(f"  {len(load.paid)} payments, {len(faults)} lost, doubled or stuck, {stuck + load.given_up} given up;"
          f" errors: {errors or 'none'}; slowest answer {load.longest:.1f} s", flush=True)
    return not faults and not load.errors and not stuck
