"""Payments by clients who repeat with their keys, and what was acknowledged to them, written down as it comes."""

import asyncio
import collections
import json
import random
import threading
import time
import uuid

ANSWER_SECONDS = 15  # as long as a till waits before it tries again
GIVE_UP_SECONDS = 60
FINAL = {"FINALIZED", "CANCELLED", "EXPIRED", "FAILED"}


class Load:
    """Payments at a fixed rate, half of them begun at each node; a repetition goes to either."""

    def __init__(self, nodes, authorization, cart, log, rate):
        self.nodes, self.authorization, self.cart, self.rate = nodes, authorization, cart, rate
        self.log = open(log, "a", buffering=1)
        self.acknowledged = {}  # session to the last status that a client was told
        self.paid = []  # (moment, node) of each payment acknowledged
        self.errors = collections.Counter()  # (what, node)
        self.stale = []  # a key's answer of before, when the session had become final
        self.under_way = []  # (first try, last 409) of requests that were told "under way"
        self.longest = 0.0
        self.given_up = self.turned_away = self.in_flight = 0
        self.free = []
        self.going = False
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def devices(self, count):
        async def one(n):
            status, _, body = await self.request(0, "POST", "/ipp/v1/dev/devices", {"name": f"Till {n}"}, None)
            if status not in (200, 201):
                raise RuntimeError(f"no device: {status} {body}")
            return json.loads(body)["id"]

        async def all_of_them():
            for n in range(count):
                self.free.append(await one(n))

        self.call(all_of_them()).result(120)

    def begin(self):
        self.going = self.arriving = True
        self.call(self.arrivals())

    def end(self):
        """No new payments; waits for those under way."""
        self.going = False
        end = time.monotonic() + 2 * GIVE_UP_SECONDS + 60
        while (self.arriving or self.in_flight) and time.monotonic() < end:
            time.sleep(0.2)
        return self.in_flight

    async def arrivals(self):
        due, n, tasks = time.monotonic(), 0, set()
        while self.going:
            due += 1 / self.rate
            await asyncio.sleep(max(0, due - time.monotonic()))
            if not self.going:
                break  # its end has come during the pause
            if not self.free:
                self.turned_away += 1
                continue
            n += 1
            self.in_flight += 1
            task = asyncio.create_task(self.payment(self.free.pop(random.randrange(len(self.free))), n))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        self.arriving = False

    async def payment(self, device, n):
        try:
            if await self.pay(device, n):
                self.free.append(device)  # one that is stuck is left alone: its next session would only wait
        except GaveUp:
            self.given_up += 1
        except Exception as e:  # a fault of this program, or an answer that nobody foresaw
            self.errors[f"client: {e!r}"[:160], n % 2] += 1
        finally:
            self.in_flight -= 1

    async def pay(self, device, n):
        node = n % 2
        created = await self.final(node, "POST", "/ipp/v1/sessions", {**self.cart, "device_id": device})
        session = json.loads(created.body)["session_id"]
        self.acknowledge(session, "CREATED", created)
        tap = f"/ipp/v1/dev/sessions/{session}/simulate-tap?outcome="
        if n % 20 == 7:
            declined = await self.final(node, "POST", tap + "INSUFFICIENT_FUNDS", None)
            self.acknowledge(session, status(declined), declined)
        if n % 20 == 13:
            ended = await self.final(node, "PUT", f"/ipp/v1/sessions/{session}/cancel", None)
        else:
            ended = await self.final(node, "POST", tap + "SUCCESS", None)
        for _ in range(60):
            if ended.code >= 400:  # 409 when an earlier try had done it, 400 while its outcome is unknown
                ended = await self.final(node, "GET", f"/ipp/v1/sessions/{session}", None)
            told = status(ended)
            self.acknowledge(session, told, ended)
            if told in FINAL:
                return True
            await asyncio.sleep(1)
            await self.look_again(session, ended)
            ended = await self.final(node, "POST", tap + "SUCCESS", None)
        raise GaveUp

    async def look_again(self, session, before):
        """The answer that a key gives again may not be older than what the session has become."""
        now = await self.final(before.node, "GET", f"/ipp/v1/sessions/{session}", None)
        if before.key is None or status(now) not in FINAL:
            return
        again = await self.final(before.node, before.method, before.path, None, before.key)
        if again.code == 200 and status(again) not in FINAL:
            self.stale.append(session)

    async def final(self, node, method, path, body, key=None):
        """Repeats until there is an answer that a repetition would not change."""
        key = key or (None if method == "GET" else str(uuid.uuid4()))
        first, busy = time.monotonic(), None
        while True:
            asked = time.monotonic()
            try:
                code, headers, text = await asyncio.wait_for(
                    self.request(node, method, path, body, key), ANSWER_SECONDS)
                wait = float(headers.get("retry-after", 1))
            except (OSError, EOFError, asyncio.TimeoutError) as e:
                code, wait, text = 0, 1, ""
                self.errors[f"no answer: {type(e).__name__}", node] += 1
            self.longest = max(self.longest, time.monotonic() - asked)
            under_way = code == 409 and "under way" in text
            if under_way:
                busy = time.monotonic()
            elif code >= 500 or code == 429:
                self.errors[f"{code} {detail(text)}", node] += 1
            elif code:
                if busy:
                    self.under_way.append((first, busy))
                return Answer(node, method, path, key, code, text)
            if time.monotonic() - first > GIVE_UP_SECONDS:
                raise GaveUp
            await asyncio.sleep(min(wait, 5) + random.random() / 2)
            node = random.randrange(2)

    async def request(self, node, method, path, body, key):
        data = b"" if body is None else json.dumps(body).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.nodes[node])
        try:
            head = (f"{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: {self.authorization}\r\n"
                    f"Content-Length: {len(data)}\r\n")
            if data:
                head += "Content-Type: application/json\r\n"
            if key:
                head += f"Idempotency-Key: {key}\r\n"
            writer.write(head.encode() + b"\r\n" + data)
            answer = await reader.read()
        finally:
            writer.close()
        if b"\r\n\r\n" not in answer:
            raise EOFError
        head, text = answer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
        return int(lines[0].split(" ")[1]), headers, text.decode()

    def acknowledge(self, session, told, answer):
        at = time.time()
        self.log.write(json.dumps({"at": at, "session": session, "status": told, "node": answer.node + 1,
                                   "method": answer.method, "path": answer.path, "key": answer.key}) + "\n")
        before = self.acknowledged.get(session)
        if before in FINAL and told != before:
            self.errors[f"{before} became {told}", answer.node] += 1
        self.acknowledged[session] = told
        if told == "FINALIZED" and answer.method == "POST":
            self.paid.append((time.monotonic(), answer.node))


class Answer:
    def __init__(self, node, method, path, key, code, body):
        self.node, self.method, self.path, self.key, self.code, self.body = node, method, path, key, code, body


class GaveUp(Exception):
    pass


def status(answer):
    try:
        return json.loads(answer.body)["status"]
    except (ValueError, KeyError):
        raise RuntimeError(f"{answer.method} {answer.path.split('?')[0][-20:]}: {answer.code} {answer.body[:200]}") from None


def detail(text):
    try:
        return str(json.loads(text).get("detail", ""))[:60]
    except (ValueError, AttributeError):
        return text[:60]
