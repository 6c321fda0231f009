"""Looks on from outside: whether the database takes a write on a road, and what each Kassa node says of itself."""

import http.client
import select
import threading
import time

import psycopg2

PROBE_SECONDS = 3
FILLER = "x" * 8000


class Writes:
    """A plain client that opens a connection and writes, again and again, on every address of a road."""

    def __init__(self, addresses):
        self.addresses = addresses
        self.lock = threading.Lock()
        self.tried = []  # (began, ended, done)
        self.over = False
        threading.Thread(target=self.go_on, daemon=True).start()

    def go_on(self):
        while not self.over:
            threading.Thread(target=self.one, daemon=True).start()
            time.sleep(0.25)

    def one(self):
        began = time.monotonic()
        done = threading.Event()
        threads = [threading.Thread(target=self.write, args=(address, done), daemon=True) for address in self.addresses]
        for thread in threads:
            thread.start()
        done.wait(PROBE_SECONDS + 0.5)
        with self.lock:
            self.tried.append((began, time.monotonic(), done.is_set()))

    @staticmethod
    def write(address, done):
        host, port = address
        end = time.monotonic() + PROBE_SECONDS
        connection = None
        try:
            connection = psycopg2.connect(host=host, port=port, dbname="probe", user="postgres", async_=True)
            finish(connection, end)
            cursor = connection.cursor()
            cursor.execute("insert into probe values (now(), %s)", (FILLER,))
            finish(connection, end)
            done.set()
        except (psycopg2.Error, TimeoutError):
            pass
        finally:
            if connection is not None:
                connection.close()

    def outage(self, since):
        """When the first write began that failed, and when the first ended that came through after the last failure
        of the outage; either may be None."""
        with self.lock:
            tried = sorted(t for t in self.tried if t[0] >= since)
        failed = [began for began, _, done in tried if not done]
        if not failed:
            return None, None
        last = max(failed)
        back = [ended for began, ended, done in tried if done and began > failed[0]]
        first = min(back, default=None)
        # On a road with two servers that call themselves up, some come through while others do not: the database is
        # back when all do for two seconds.
        if first is not None and last > first:
            back = [ended for began, ended, done in tried if done and began > last]
            first = min(back, default=None)
        return failed[0], first

    def well(self):
        """Whether all writes of the last two seconds came through."""
        now = time.monotonic()
        with self.lock:
            recent = [t for t in self.tried if t[1] > now - 2]
        return len(recent) >= 4 and all(done for _, _, done in recent)


def finish(connection, end):
    while True:
        state = connection.poll()
        if state == psycopg2.extensions.POLL_OK:
            return
        left = end - time.monotonic()
        reading = [connection.fileno()] if state == psycopg2.extensions.POLL_READ else []
        writing = [connection.fileno()] if state == psycopg2.extensions.POLL_WRITE else []
        if left <= 0 or select.select(reading, writing, [], left) == ([], [], []):
            raise TimeoutError


class Readiness:
    """What a load balancer hears that asks five times a second."""

    def __init__(self, port):
        self.port = port
        self.heard = []  # (asked, answered, code); 0 when nothing came
        self.over = False
        threading.Thread(target=self.go_on, daemon=True).start()

    def go_on(self):
        while not self.over:
            asked = time.monotonic()
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                connection.request("GET", "/actuator/health/readiness")
                code = connection.getresponse().status
                connection.close()
            except OSError:
                code = 0
            self.heard.append((asked, time.monotonic(), code))
            time.sleep(max(0.0, asked + 0.2 - time.monotonic()))

    def first(self, code, since):
        """When it first answered that to a question asked after this moment; None if it never did."""
        return next((answered for asked, answered, heard in list(self.heard) if asked >= since and heard == code), None)

    def ready_at(self, moment):
        """The last code heard up to this moment."""
        return next((code for _, answered, code in reversed(list(self.heard)) if answered <= moment), 0)

    def slowest(self, since):
        return max((answered - asked for asked, answered, _ in list(self.heard) if answered >= since), default=0)

    def untrue(self, lost, back):
        """Seconds for which it said 200 while no write came through."""
        total, previous = 0.0, None
        for _, answered, code in list(self.heard):
            if previous is not None and previous[1] == 200:
                total += max(0.0, min(answered, back) - max(previous[0], lost))
            previous = (answered, code)
        return total
