"""Attacks the server at KASSA_URL, one way after the other, while another client is served. See run."""

import collections
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

SECONDS, CONNECTIONS, BROKEN = (int(argument) for argument in sys.argv[1:4])
FOLDER = sys.argv[4]
URL = os.environ["KASSA_URL"]
HOST, PORT = urllib.parse.urlsplit(URL).hostname, urllib.parse.urlsplit(URL).port
HEADERS = {"Authorization": "Basic " + os.environ["KASSA_API_KEY"], "Content-Type": "application/json"}
PATIENCE = 2.0

ATTACKS = {
    "slow headers": ["-H", "-u", URL + "/ipp/v1/sessions"],
    "slow bodies": ["-B", "-s", "100000", "-f", "application/json", "-u", URL + "/pos/v1/devices"],
    "slow readers": ["-X", "-w", "1", "-y", "64", "-k", "3", "-u", URL + "/docs/"],
    "range headers": ["-R", "-u", URL + "/openapi/ipp.yaml"],
}


def call(method, path, body=None):
    connection = http.client.HTTPConnection(HOST, PORT, timeout=30)
    try:
        connection.request(method, path, body and json.dumps(body), HEADERS)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def cart(device):
    return {
        "device_id": device, "order_amount": 100, "order_tax_amount": 20, "purchase_currency": "SEK",
        "purchase_started_at": "2024-01-15T10:30:00Z",
        "order_items": [{
            "type": "physical", "name": "Pen", "quantity": 1, "unit_price": 100, "total_amount": 100, "tax_rate": 2500,
            "total_tax_amount": 20, "total_discount_amount": 0,
        }],
    }


class Customer:
    """Another client, which makes a session and cancels it, twice a second."""

    def __init__(self, device):
        self.device, self.took, self.faults, self.stopped = device, [], [], threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.stopped.wait(0.5):
            begun = time.monotonic()
            try:
                status, body = call("POST", "/ipp/v1/sessions", cart(self.device))
                self.took.append(time.monotonic() - begun)
                if status == 200:
                    status, _ = call("PUT", "/ipp/v1/sessions/" + json.loads(body)["session_id"] + "/cancel")
                if status != 200:
                    self.faults.append(str(status))
            except OSError as broken:
                self.took.append(time.monotonic() - begun)
                self.faults.append(str(broken))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *ignored):
        self.stopped.set()
        self.thread.join()


def slow(options):
    command = ["slowhttptest", "-c", str(CONNECTIONS), "-r", "200", "-l", str(SECONDS), "-i", "1", "-v", "0", *options]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return {}


def broken(device):
    body = json.dumps(cart(device))
    lines = [f"{name}: {value}" for name, value in HEADERS.items()]
    head = "\r\n".join(["POST /ipp/v1/sessions HTTP/1.1", f"Host: {HOST}:{PORT}", "Connection: close", *lines])
    whole = f"{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    file = os.path.join(FOLDER, "request")
    with open(file, "wb") as out:
        out.write(whole)
    statuses = collections.Counter()
    for seed in range(BROKEN):
        bits = 0.0005 * (1 + seed % 20)
        sent = subprocess.run(
            ["zzuf", "-s", str(seed), "-r", str(bits), "cat", file], capture_output=True, check=True).stdout
        try:
            with socket.create_connection((HOST, PORT), timeout=30) as connection:
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
                answer = b""
                while more := connection.recv(65536):
                    answer += more
        except OSError:
            statuses["connection ended"] += 1
            continue
        # What has lost its version is answered as HTTP/0.9 would be: the body alone.
        told = answer[9:12].decode() if answer.startswith(b"HTTP/1.1 ") else "body alone" if answer else "connection ended"
        statuses[told] += 1
    return statuses


def main():
    device = json.loads(call("POST", "/ipp/v1/dev/devices", {"name": "Till"})[1])["id"]
    other = json.loads(call("POST", "/ipp/v1/dev/devices", {"name": "Other"})[1])["id"]
    for _ in range(20):
        status, body = call("POST", "/ipp/v1/sessions", cart(device))
        call("PUT", "/ipp/v1/sessions/" + json.loads(body)["session_id"] + "/cancel")
    good = True
    print(f"{'attack':<16}{'sessions':>9}{'slowest (s)':>13}  faults of the other client; answers to the attack")
    for name in ["nothing", *ATTACKS, "turned bits"]:
        with Customer(device) as customer:
            if name in ATTACKS:
                statuses = slow(ATTACKS[name])
            elif name == "nothing":
                statuses = {}
                time.sleep(min(10, SECONDS))
            else:
                statuses = broken(other)
        slowest = max(customer.took)
        told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
        print(f"{name:<16}{len(customer.took):>9}{slowest:>13.2f}  {customer.faults or 'none'}; {told}", flush=True)
        unfit = [status for status in statuses if status.startswith("5") and status not in ("501", "505")]
        good = good and not customer.faults and slowest <= PATIENCE and not unfit
    good = good and call("GET", "/ipp/v1/devices")[0] == 200
    print("good" if good else "NOT GOOD")
    return 0 if good else 1


sys.exit(main())
