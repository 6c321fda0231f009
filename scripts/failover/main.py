"""Takes the roads and the faults in turn, and judges. See `run`, which starts it."""

import argparse
import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import cluster
import poolers
import starts
from cluster import DIR, HUB, NODES, Cluster, await_true, sql
from load import Load
from watch import Readiness, Writes

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RATE = 30
DEVICES = 240

ROADS = {
    "S": (f"jdbc:postgresql://{HUB}:5001/kassa", [(HUB, 5001)]),
    "L": ("jdbc:postgresql://" + ",".join(f"{address}:5432" for address in NODES.values())
          + "/kassa?targetServerType=primary", [(address, 5432) for address in NODES.values()]),
    "K": (f"jdbc:postgresql://{HUB}:5002/kassa", [(HUB, 5002)]),
}
FAULTS = ["switchover", "kill", "freeze", "partition", "disk", "standbys"]

PAYMENT_SECONDS = 10  # from the database's own return to the first payment of each node
READY_SECONDS = 5  # from the outage, or its end, until readiness says so
ANSWER_SECONDS = 2  # of readiness, either way
WAIT_SECONDS = 130  # how long a node is waited for that does not come back

with open(f"{HOME}/src/test/resources/dev/kassa/operations/uneven.sql") as file:
    UNEVEN = file.read()

# What the crash test need not ask, since it loses no rows: whatever the acquirer collected belongs to a session.
ASTRAY = """
    select 'charge ' || p.idempotency_key || ' of no session ' || p.session_id from simulator_payment p
    where p.status = 'APPROVED' and not exists (select from session s where s.session_id = p.session_id)
    union all
    select 'session ' || session_id || ' is charged ' || count(*) || ' times' from simulator_payment
    where status = 'APPROVED' and refunded_amount = 0 group by session_id having count(*) > 1
"""


class Kassa:
    """A node, from the jar."""

    def __init__(self, name, n, url, mode="playground", key="failover-failover-failover-failover", user="kassa"):
        self.name, self.n, self.port, self.management = f"{name}-{n}", n, 8080 + n, 9080 + n
        self.data = f"{DIR}/{self.name}"
        os.makedirs(self.data, exist_ok=True)
        self.process = cluster.start(self.name, f"{HOME}/kassa", "start", env={
            **os.environ, "KASSA_PORT": str(self.port), "KASSA_MANAGEMENT_PORT": str(self.management),
            "KASSA_DATA_DIR": self.data, "KASSA_MODE": mode, "KASSA_PUBLIC_URL": "https://pay.example", "KASSA_DATABASE_URL": url, "KASSA_DATABASE_USER": user,
            "KASSA_MASTER_KEY": key, "KASSA_SESSION_TTL": "2m", "KASSA_JAVA_OPTS": f"-Xmx384m -XX:TieredStopAtLevel=1 -Djava.io.tmpdir={self.data}"})

    def ready(self):
        if self.process.poll() is not None:
            return True
        with urllib.request.urlopen(f"http://127.0.0.1:{self.management}/actuator/health/readiness", timeout=5) as answer:
            return answer.status == 200

    def await_ready(self):
        await_true(f"{self.name} is ready", self.ready, 90)
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended: {self.said()}")

    def said(self):
        with open(f"{DIR}/{self.name}.log") as log:
            return log.read()

    def env(self):
        with open(f"{self.data}/playground.env") as file:
            return dict(line.strip().split("=", 1) for line in file if "=" in line and not line.startswith("#"))

    def dump(self, name):
        subprocess.run([f"{os.environ['JAVA_HOME']}/bin/jcmd", str(self.process.pid), "Thread.dump_to_file", "-overwrite",
                        f"{DIR}/{name}.threads"], capture_output=True, timeout=30, check=False)

    def stop(self):
        cluster.stop(self.process)


class Road:
    """Two nodes on a road, with their load."""

    def __init__(self, name, url, addresses, database):
        self.name, self.database = name, database
        self.reported = set()  # faults of before, which a later check would find again
        self.nodes = [Kassa(name, 1, url)]
        self.nodes[0].await_ready()
        self.nodes.append(Kassa(name, 2, url))
        self.nodes[1].await_ready()
        env = self.nodes[0].env()
        authorization = base64.b64encode(f"{env['KASSA_API_USERNAME']}:{env['KASSA_API_KEY']}".encode()).decode()
        with open(f"{HOME}/bench/cart.json") as file:
            cart = json.loads(file.read().replace("%s", ""))
        self.load = Load([node.port for node in self.nodes], f"Basic {authorization}", cart,
                         f"{DIR}/acknowledged-{name}.jsonl", RATE)
        self.load.devices(DEVICES)
        self.writes = Writes(addresses)
        self.readiness = [Readiness(node.management) for node in self.nodes]

    def stop(self):
        self.writes.over = True
        for readiness in self.readiness:
            readiness.over = True
        for node in self.nodes:
            node.stop()


class Fault:
    """What is done to the primary, and undone."""

    def __init__(self, kind, database, seconds):
        self.kind, self.database, self.seconds = kind, database, seconds
        self.primary = database.primary()

    def begin(self):
        node, database = self.primary, self.database
        match self.kind:
            case "switchover": database.switchover()
            case "kill": database.kill(node)
            case "freeze": database.signal(node, signal.SIGSTOP)
            case "partition": database.cut(node)
            case "disk": database.fill(node)
            case "standbys": self.lose_standbys()

    def lose_standbys(self):
        others = set(NODES) - {self.primary}
        for node in others:
            self.database.signal(node, signal.SIGSTOP)
        time.sleep(15)
        self.database.kill(self.primary)
        for node in others:
            self.database.signal(node, signal.SIGCONT)

    def lasts(self):
        return self.kind in ("freeze", "partition", "disk")

    def end(self):
        match self.kind:
            case "freeze": self.database.signal(self.primary, signal.SIGCONT)
            case "partition": self.database.join(self.primary)
            case "disk": self.database.empty(self.primary)


def meet(road, fault, short, row):
    """One fault under load: puts the figures of it into the row."""
    load, name = road.load, f"{road.name}-{fault.kind}"
    load.errors.clear(), load.stale.clear(), load.under_way.clear()
    load.paid, load.longest, load.given_up, load.turned_away = [], 0.0, 0, 0
    load.begin()
    time.sleep(5 if short else 10)
    await_true("payments at both nodes", lambda: len({node for _, node in load.paid}) == 2, 60)
    load.longest = 0.0
    print(f"{name}: {fault.kind} of {fault.primary} after {len(load.paid)} payments", file=sys.stderr)
    began = time.monotonic()
    fault.begin()
    dumped = set()
    ended = undo(road, fault, began, dumped, name)
    back = recovered(road, began, ended, dumped, name)
    time.sleep(5 if short else 15)
    stuck = load.end()
    row.update(measure(road, began, back))
    row["given up"] = load.given_up + stuck
    row["faults"] = settle_and_check(road)


def undo(road, fault, began, dumped, name):
    if not fault.lasts():
        return began
    while time.monotonic() < began + fault.seconds:
        time.sleep(0.5)
        _, back = road.writes.outage(began)
        if back is not None and road.writes.well():
            dump_the_late(road, back, dumped, name)
    ended = time.monotonic()
    fault.end()
    return ended


def paid_after(road, node, moment):
    return next((at for at, n in list(road.load.paid) if n == node and at >= moment), None)


def dump_the_late(road, back, dumped, name):
    for n, node in enumerate(road.nodes):
        if time.monotonic() > back + PAYMENT_SECONDS and paid_after(road, n, back) is None and n not in dumped:
            dumped.add(n)
            node.dump(f"{name}-{n + 1}")


def recovered(road, began, ended, dumped, name):
    """When the database was back, once every node has taken a payment since, or has been waited for in vain."""
    time.sleep(5)
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        lost, back = road.writes.outage(began)
        if lost is None and time.monotonic() > ended + 10:
            return None
        if back is not None and road.writes.well():
            dump_the_late(road, back, dumped, name)
            if all(paid_after(road, n, back) for n in (0, 1)) and \
                    all(readiness.first(200, back) for readiness in road.readiness):
                return back
        time.sleep(0.2)
    return road.writes.outage(began)[1]


def measure(road, began, back):
    lost, _ = road.writes.outage(began)
    row = {"outage": None, "paid": [None, None], "no": [None, None],
           "yes": [None, None], "untrue": [0.0, 0.0], "payments": len(road.load.paid),
           "slowest": [r.slowest(began) for r in road.readiness], "longest": road.load.longest,
           "errors": dict(road.load.errors), "stale": len(set(road.load.stale)),
           "under way": max((busy - (back or began) for _, busy in road.load.under_way), default=0.0),
           "ended": [n + 1 for n, node in enumerate(road.nodes) if node.process.poll() is not None]}
    if lost is None or back is None:
        return row
    row["outage"] = back - lost
    for n, readiness in enumerate(road.readiness):
        paid = paid_after(road, n, back)
        row["paid"][n] = None if paid is None else paid - back
        no = readiness.first(503, lost)
        row["no"][n] = None if no is None or no > back + 1 else no - lost
        yes = readiness.first(200, back)
        row["yes"][n] = None if yes is None else yes - back
        row["untrue"][n] = readiness.untrue(lost, back)
    return row


def settle_and_check(road):
    """Waits until nothing is open, then compares the database with what was acknowledged."""
    open_ones = ("select (select count(*) from session where status in ('CREATED', 'ACTIVE'))"
                 " + (select count(*) from refund where status = 'PENDING')")
    address = lambda: NODES[road.database.primary()]
    faults = []
    try:
        await_true("nothing is open", lambda: sql(address(), open_ones)[0][0] == 0, 240)
    except RuntimeError as e:
        faults.append(str(e))
    faults += [line for line, in sql(address(), UNEVEN + " union all " + ASTRAY)]
    kept = dict(sql(address(), "select session_id::text, status from session"))
    for session, told in road.load.acknowledged.items():
        if session not in kept:
            faults.append(f"session {session} is lost; {told} was acknowledged")
        elif told not in ("CREATED", "ACTIVE") and kept[session] != told:
            faults.append(f"session {session} is {kept[session]}; {told} was acknowledged")
    new = [fault for fault in faults if fault not in road.reported]
    road.reported.update(new)
    for fault in new[:10]:
        print(f"  {fault}", file=sys.stderr)
    return new


def broken(row):
    """The criteria that a row does not meet, in words."""
    why = [row["error"]] if "error" in row else []
    if "outage" not in row:
        return why
    if row["faults"]:
        why.append(f"{len(row['faults'])} lost, doubled or stuck")
    if row["outage"] is not None:
        for n in (0, 1):
            if row["paid"][n] is None or row["paid"][n] > PAYMENT_SECONDS:
                why.append(f"node {n + 1} pays late")
            if row["outage"] > READY_SECONDS and (row["no"][n] is None or row["no"][n] > READY_SECONDS):
                why.append(f"node {n + 1} says ready while it is not")
            if row["yes"][n] is None or row["yes"][n] > READY_SECONDS:
                why.append(f"node {n + 1} is ready late")
    if max(row["slowest"]) > ANSWER_SECONDS:
        why.append("readiness answers slowly")
    if row["stale"]:
        why.append(f"{row['stale']} kept answers are stale")
    if any(kind.startswith(("500", "client", *("FINALIZED", "CANCELLED"))) for kind, _ in row["errors"]):
        why.append("500, or an answer that nobody foresaw")
    if row["ended"]:
        why.append(f"node {row['ended']} ended")
    if row["under way"] > PAYMENT_SECONDS:
        why.append(f"under way until {row['under way']:.0f} s after the return")
    return why


def seconds(values):
    return " ".join("-" if value is None else f"{value:.1f}" for value in values)


def table(rows):
    print("\nSeconds, of node 1 and node 2. down: no write came through; paid: from the database's return to the first payment;\n"
          "no: from the outage until readiness said 503; yes: from the return until it said 200; untrue: 200 meanwhile;\n"
          "slowest: answer of readiness; longest: wait of a client for one answer; busy: from the return until the last 409 \"under way\"\n")
    form = "{:<11} {:<10} {:>5} {:>8} {:>11} {:>11} {:>11} {:>11} {:>11} {:>7} {:>5}  {}"
    print(form.format("road", "fault", "paid", "down", "paid", "no", "yes", "untrue", "slowest", "longest", "busy", "verdict"))
    for row in rows:
        if "outage" not in row:
            print(form.format(row["road"], row["fault"], *9 * "-", row.get("error", "")))
            continue
        print(form.format(row["road"], row["fault"], row["payments"], seconds([row["outage"]]), seconds(row["paid"]),
                          seconds(row["no"]), seconds(row["yes"]), seconds(row["untrue"]), seconds(row["slowest"]),
                          seconds([row["longest"]]), seconds([row["under way"]]), "; ".join(broken(row)) or "good"))
    print("\nErrors that clients were told, by node")
    for row in (row for row in rows if "errors" in row):
        kinds = {}
        for (kind, node), count in sorted(row["errors"].items()):
            kinds.setdefault(kind, [0, 0])[node] += count
        told = "; ".join(f"{counts[0]}+{counts[1]} {kind}" for kind, counts in kinds.items()) or "none"
        print(f"  {row['road']} {row['fault']}: {told}; {row['given up']} given up")


def try_road(name, faults, database, short, rows):
    """The faults in turn, on nodes that live on; only such as do not come back are started anew."""
    reset(database)
    proxy = cluster.haproxy(f"haproxy-{name}", 5001 if name == "S" else 5002, name == "S") if name != "L" else None
    road = None
    try:
        # HAProxy takes every server for a primary until it has asked.
        await_true(f"the road {name}", lambda: all(road_open(ROADS[name][1]) for _ in range(20)), 60)
        for kind in faults:
            road = road or Road(name, *ROADS[name], database)
            row = {"road": name, "fault": kind}
            rows.append(row)
            try:
                meet(road, Fault(kind, database, 40 if short else 60), short, row)
                database.mend()
                await_true("the nodes are ready", lambda: all(node.ready() for node in road.nodes), 60)
                await_true("both take payments", lambda: None not in row["paid"] or row["outage"] is None, 1)
            except (RuntimeError, OSError, cluster.psycopg2.Error) as e:
                row["error"] = str(e).strip()
                road.stop()
                road = None
                reset(database)
            print(f"  {'; '.join(broken(row)) or 'good'}", file=sys.stderr)
    finally:
        if road:
            road.stop()
        if proxy:
            cluster.stop(proxy)


def road_open(addresses):
    done = threading.Event()
    for address in addresses:
        Writes.write(address, done)
    return done.is_set()


def reset(database):
    """An empty database for the next road."""
    database.mend()
    address = NODES[database.primary()]
    sql(address, "drop database if exists kassa with (force)", database="postgres", rows=False)
    sql(address, "create database kassa owner kassa", database="postgres", rows=False)


def main():
    parser = argparse.ArgumentParser(prog="scripts/failover/run")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--keep")
    parser.add_argument("road", nargs="?", choices=[*ROADS, "pgbouncer", "starts"])
    parser.add_argument("fault", nargs="?", choices=FAULTS)
    chosen = parser.parse_args()
    database = Cluster()
    rows, good = [], True
    try:
        wanted = [chosen.road] if chosen.road in ROADS else [] if chosen.road else list(ROADS)
        for name in wanted:
            try_road(name, [chosen.fault] if chosen.fault else FAULTS, database, chosen.short, rows)
        if chosen.road in (None, "starts"):
            good = starts.run(database, Kassa) and good
        if chosen.road in (None, "pgbouncer"):
            good = poolers.run(database, Kassa, Road, settle_and_check, reset) and good
    finally:
        if rows:
            table(rows)
        if chosen.keep:
            shutil.copytree(DIR, chosen.keep, dirs_exist_ok=True,
                            ignore=lambda _, names: [n for n in names if n in ("a", "b", "c", "etcd")])
    sys.exit(0 if good and not any(broken(row) for row in rows) else 1)


if __name__ == "__main__":
    main()
