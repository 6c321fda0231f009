"""PostgreSQL under Patroni, each node in a network namespace of its own; etcd, HAProxy and PgBouncer beside them."""

import json
import os
import random
import shutil
import signal
import subprocess
import time
import urllib.request

import psycopg2  # Patroni needs it, so it is there

DIR = os.environ["FAILOVER_DIR"]
HUB = "10.77.0.1"
NODES = {"a": "10.77.0.11", "b": "10.77.0.12", "c": "10.77.0.13"}
DISK = "700m"

# The least that Patroni allows for ttl, so that a round does not take longer than it must.
PATRONI = {"ttl": 20, "loop_wait": 5, "retry_timeout": 5}


def run(*command, check=True):
    done = subprocess.run(command, capture_output=True, text=True)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done


def start(name, *command, env=None):
    with open(f"{DIR}/{name}.log", "ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=env)


def stop(process, how=signal.SIGTERM):
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_true(what, condition, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            result = condition()
            if result:
                return result
        except Exception:  # not up yet
            pass
        time.sleep(0.2)
    raise RuntimeError(f"not within {seconds} s: {what}")


def sql(host, statement, database="kassa", user="postgres", rows=True):
    connection = psycopg2.connect(
        host=host, port=5432, dbname=database, user=user, connect_timeout=3,
        options="-c statement_timeout=60000")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if rows else None
    finally:
        connection.close()


class Cluster:
    def __init__(self):
        self.patroni = {}
        self.network()
        # Patroni 3.0.2, Debian 12's, speaks the older API: by the newer one (`etcd3`) a primary that was frozen takes
        # the lock back from its successor, and what that had acknowledged is lost.
        self.etcd = start(
            "etcd", "etcd", "--data-dir", f"{DIR}/etcd", "--enable-v2=true",
            "--listen-client-urls", f"http://{HUB}:2379", "--advertise-client-urls", f"http://{HUB}:2379",
            "--listen-peer-urls", f"http://{HUB}:2380")
        await_true("etcd", lambda: urllib.request.urlopen(f"http://{HUB}:2379/health", timeout=1).status == 200, 20)
        for node in NODES:
            self.disk(node)
            self.up(node)
            if node == "a":  # so that it is the first primary
                await_true("the first primary", lambda: self.primary() == "a", 60)
        await_true("two standbys", self.whole, 60)
        sql(NODES["a"], "create role kassa login", database="postgres", rows=False)
        sql(NODES["a"], "create database kassa owner kassa", database="postgres", rows=False)
        sql(NODES["a"], "create database probe", database="postgres", rows=False)
        sql(NODES["a"], "create table probe (at timestamptz, filler text)", database="probe", rows=False)
        # Each write takes a page of its own: on a full disk one that found room in an old page would prove nothing.
        sql(NODES["a"], "alter table probe alter filler set storage external", database="probe", rows=False)

    # Neighbours are written down once: a lost one would be asked for, not be found, and be refused with "no
    # route to host", where a network that swallows packets says nothing.
    @staticmethod
    def network():
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "hub", "address", "02:00:00:00:00:01", "type", "bridge")
        run("ip", "addr", "add", f"{HUB}/24", "dev", "hub")
        run("ip", "link", "set", "hub", "up")
        hardware = {address: f"02:00:00:00:00:{address.split('.')[-1]}" for address in NODES.values()}
        hardware[HUB] = "02:00:00:00:00:01"
        for node, address in NODES.items():
            run("ip", "netns", "add", node)
            run("ip", "link", "add", f"to-{node}", "type", "veth", "peer", "name", "eth0", "netns", node)
            run("ip", "link", "set", f"to-{node}", "master", "hub", "up")
            run("ip", "-n", node, "link", "set", "eth0", "address", hardware[address])
            run("ip", "-n", node, "link", "set", "lo", "up")
            run("ip", "-n", node, "addr", "add", f"{address}/24", "dev", "eth0")
            run("ip", "-n", node, "link", "set", "eth0", "up")
            for other, mac in hardware.items():
                if other != address:
                    run("ip", "-n", node, "neigh", "replace", other, "lladdr", mac, "nud", "permanent", "dev", "eth0")
            run("ip", "neigh", "replace", address, "lladdr", hardware[address], "nud", "permanent", "dev", "hub")

    @staticmethod
    def disk(node):
        os.makedirs(f"{DIR}/{node}")
        run("mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", f"{DIR}/{node}")
        shutil.chown(f"{DIR}/{node}", "postgres", "postgres")

    def up(self, node):
        address = NODES[node]
        config = {
            "scope": "kassa", "name": node,
            "restapi": {"listen": f"{address}:8008", "connect_address": f"{address}:8008"},
            "etcd": {"host": f"{HUB}:2379"},
            "bootstrap": {
                "dcs": {
                    **PATRONI, "synchronous_mode": True, "synchronous_mode_strict": True,
                    "postgresql": {
                        "use_pg_rewind": True,
                        "parameters": {
                            "shared_buffers": "32MB", "max_connections": 120, "max_wal_size": "128MB",
                            "min_wal_size": "64MB", "wal_keep_size": "96MB", "max_slot_wal_keep_size": "128MB"}}},
                "initdb": ["data-checksums", {"encoding": "UTF8"}, {"locale": "C"}, {"auth": "trust"}]},
            "postgresql": {
                "listen": f"{address}:5432", "connect_address": f"{address}:5432",
                "data_dir": f"{DIR}/{node}/data", "bin_dir": binaries(), "pgpass": f"{DIR}/{node}/pgpass",
                "authentication": {"superuser": {"username": "postgres"}, "replication": {"username": "postgres"}},
                "parameters": {"unix_socket_directories": ""},
                "pg_hba": ["host all all 10.77.0.0/24 trust", "host replication all 10.77.0.0/24 trust",
                           "host all all 127.0.0.1/32 trust"]}}
        path = f"{DIR}/patroni-{node}.yml"
        with open(path, "w") as file:
            json.dump(config, file)  # JSON is YAML
        self.patroni[node] = start(
            f"patroni-{node}", "ip", "netns", "exec", node, "setpriv", "--reuid", "postgres", "--regid", "postgres",
            "--init-groups", "patroni", path,
            env={**os.environ, "HOME": f"{DIR}/{node}", "LANG": "C.UTF-8"})

    @staticmethod
    def members():
        for address in random.sample(list(NODES.values()), 3):
            try:
                with urllib.request.urlopen(f"http://{address}:8008/cluster", timeout=2) as answer:
                    return json.load(answer)["members"]
            except OSError:
                continue
        return []

    def role(self, role):
        return next((m["name"] for m in self.members() if m["role"] == role), None)

    @staticmethod
    def primary():
        """The node that takes writes, asked itself."""
        for node, address in NODES.items():
            try:
                if not sql(address, "select pg_is_in_recovery()", database="postgres")[0][0]:
                    return node
            except psycopg2.Error:
                continue
        return None

    def whole(self):
        """Whether there are a primary and two standbys that follow it, one of them synchronous."""
        node = self.primary()
        if node is None:
            return False
        rows = sql(NODES[node], "select sync_state from pg_stat_replication where state = 'streaming'",
                   database="postgres")
        return len(rows) == 2 and any(row[0] == "sync" for row in rows) and self.role("sync_standby") is not None

    @staticmethod
    def processes(node):
        """PostgreSQL's and Patroni's, all of them."""
        space = os.stat(f"/run/netns/{node}").st_ino
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.stat(f"/proc/{pid}/ns/net").st_ino == space:
                    found.append(int(pid))
            except OSError:
                continue
        return found

    def signal(self, node, how):
        for pid in self.processes(node):
            try:
                os.kill(pid, how)
            except ProcessLookupError:
                continue

    def kill(self, node):
        for _ in range(3):  # whoever was started meanwhile
            self.signal(node, signal.SIGKILL)
            time.sleep(0.05)
        self.patroni[node].wait()

    @staticmethod
    def cut(node):
        run("ip", "link", "set", f"to-{node}", "nomaster")

    @staticmethod
    def join(node):
        run("ip", "link", "set", f"to-{node}", "master", "hub")

    @staticmethod
    def fill(node):
        # Unbuffered: closing must not write what is left over, for which there is no room.
        with open(f"{DIR}/{node}/filler", "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(65536))
            except OSError:
                pass

    @staticmethod
    def empty(node):
        os.unlink(f"{DIR}/{node}/filler")

    def switchover(self):
        leader, candidate = self.role("leader"), self.role("sync_standby")
        return run("patronictl", "-c", f"{DIR}/patroni-{leader}.yml", "switchover", "--leader", leader,
                   "--candidate", candidate, "--force", check=False)

    def mend(self):
        """Brings every node back; one that cannot follow is made anew."""
        for node in NODES:
            if self.patroni[node].poll() is not None:
                self.up(node)
        try:
            await_true("a whole cluster", self.whole, 60)
        except RuntimeError:
            following = {m["name"] for m in self.members() if m["state"] in ("running", "streaming")}
            for node in set(NODES) - following:
                self.kill(node)
                run("umount", "-l", f"{DIR}/{node}")
                shutil.rmtree(f"{DIR}/{node}")
                self.disk(node)
                self.up(node)
            await_true("a whole cluster", self.whole, 90)


def binaries():
    homes = [f"/usr/lib/postgresql/{version}/bin" for version in os.listdir("/usr/lib/postgresql")]
    return max((home for home in homes if os.path.exists(f"{home}/initdb")), key=lambda home: int(home.split("/")[-2]))


def haproxy(name, port, shutdown):
    """As Patroni's own template; what a health check asks is the primary's Patroni."""
    servers = "\n".join(
        f"  server {node} {address}:5432 maxconn 100 check port 8008" for node, address in NODES.items())
    with open(f"{DIR}/{name}.cfg", "w") as file:
        file.write(f"""global
  maxconn 400
defaults
  mode tcp
  retries 2
  timeout client 30m
  timeout connect 4s
  timeout server 30m
  timeout check 5s
listen primary
  bind {HUB}:{port}
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 3s fall 3 rise 2{" on-marked-down shutdown-sessions" if shutdown else ""}
{servers}
""")
    return start(name, "haproxy", "-db", "-f", f"{DIR}/{name}.cfg")


def pgbouncer(name, port, mode, primary):
    with open(f"{DIR}/{name}.ini", "w") as file:
        file.write(f"""[databases]
kassa = user=kassa host={primary} port=5432
[pgbouncer]
listen_addr = {HUB}
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {10 if mode == "transaction" else 45}
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
""")
    return start(name, "setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", "pgbouncer",
                 f"{DIR}/{name}.ini")
