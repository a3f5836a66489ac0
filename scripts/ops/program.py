"""A running streamverse for scripts that try one: started, asked, stopped, killed."""

import json
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import time
import urllib.error
import urllib.request

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
BINARY = os.environ.get("STREAMVERSE", os.path.join(ROOT, "target/debug/streamverse"))


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def ask(url, data=None, token=None, method=None):
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    body = json.dumps(data).encode() if data is not None else None
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        # Certificates are made for the occasion.
        with urllib.request.urlopen(request, timeout=20, context=ssl._create_unverified_context()) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()
    except (urllib.error.URLError, OSError) as gone:
        return 0, str(gone).encode()


class Program:
    """A streamverse process on a data folder of its own."""

    def __init__(self, home, name, demo=False, env=None, services=None, folder=None):
        self.name, self.demo, self.services = name, demo, services
        self.data = os.path.join(home, folder or name)
        servers = ("DATABASE_URL", "KAFKA_BROKERS", "OPENSEARCH_URL", "REDIS_URL")
        self.env = {**{name: value for name, value in os.environ.items() if name not in servers}, **(env or {})}
        self.port, self.ops = free_port(), free_port()
        scheme = "https" if "STREAMVERSE_EDGE__TLS__CERTIFICATE" in self.env else "http"
        self.url, self.log = f"{scheme}://127.0.0.1:{self.port}", open(os.path.join(home, name + ".log"), "ab")
        self.start()

    def start(self, wait=True):
        command = [BINARY, "run", "--data-dir", self.data, "--listen", f"127.0.0.1:{self.port}"]
        command += ["--ops-listen", f"127.0.0.1:{self.ops}", *(["--demo"] if self.demo else [])]
        command += ["--services", self.services] if self.services else []
        self.child = subprocess.Popen(command, env=self.env, stdout=self.log, stderr=self.log)
        end = time.time() + 120
        while wait and ask(f"http://127.0.0.1:{self.ops}/ready")[0] != 200:
            if self.child.poll() is not None or time.time() > end:
                raise SystemExit(f"{self.name} does not become ready, see {self.log.name}")
            time.sleep(0.2)

    def stop(self, how=signal.SIGTERM):
        if self.child.poll() is None:
            self.child.send_signal(how)
            self.child.wait(60)

    def sql(self, service, *statements):
        """Changes a database as no program would."""
        with sqlite3.connect(os.path.join(self.data, service + ".db"), timeout=20) as tables:
            for statement in statements:
                tables.execute(statement)

    def register(self, email):
        status, body = ask(f"{self.url}/auth/register", {"email": email, "password": "correct horse battery", "name": "Ana"})
        data = json.loads(body).get("data", {})
        token = data.get("accessToken") or data.get("token")
        if not token:
            raise SystemExit(f"{self.name}: {status} {body[:300]}")
        return token
