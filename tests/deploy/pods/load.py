"""Clients of every kind, all the while, and what became of each call."""
import collections
import http.client
import itertools
import json
import struct
import threading
import time

import grpc

PLANS = "/streamverse.rights.v1.RightsService/ListPlans"
TITLES = "/streamverse.content.v1.ContentService/ListMovies"


class Load:
    """Calls the balancer: REST and grpc-web over HTTP/1.1, gRPC over HTTP/2, a stream that is taken up where it broke."""

    def __init__(self, http_at, grpc_at, viewer, editor):
        self.http_at, self.grpc_at, self.viewer, self.editor = http_at, grpc_at, viewer, editor
        self.over = threading.Event()
        self.answered, self.failed = collections.Counter(), collections.Counter()
        self.longest, self.films, self.reconnects = 0.0, [], 0
        self.lock = threading.Lock()

    def __enter__(self):
        kinds = [self.read, self.read, self.write, self.web, self.calls, self.stream]
        self.threads = [threading.Thread(target=kind, args=(n,), daemon=True) for n, kind in enumerate(kinds)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join(40)

    def note(self, kind, begun, fine, told=""):
        with self.lock:
            self.longest = max(self.longest, time.monotonic() - begun)
            (self.answered if fine else self.failed)[kind if fine else f"{kind}: {told}"] += 1

    def until(self, answers):
        """Waits until so many more calls are answered."""
        wanted = sum(self.answered.values()) + answers
        end = time.monotonic() + 60
        while sum(self.answered.values()) < wanted:
            if time.monotonic() > end:
                raise SystemExit(f"nothing is answered: {dict(self.failed)}")
            time.sleep(0.05)

    def http(self, kind, calls):
        """One connection, taken anew where the balancer closes it."""
        connection = http.client.HTTPConnection(*self.http_at, timeout=15)
        for method, path, body, headers, sound in calls:
            if self.over.is_set():
                return
            begun = time.monotonic()
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                text = answer.read()
                self.note(kind, begun, sound(answer, text), f"{path} {answer.status} {answer.getheader('grpc-message') or ''}{text[:80]!r}")
                yield answer.status, text
            except (OSError, http.client.HTTPException) as cause:
                self.note(kind, begun, False, repr(cause))
                connection.close()
                yield 0, b""
            time.sleep(0.02)

    def read(self, n):
        paths = ["/ondemand/movies?pageSize=3", "/users/me", "/search/global?q=film", "/subscriptions", "/content/home"]
        calls = (("GET", path, None, {"authorization": f"Bearer {self.viewer}"}, lambda a, _: a.status == 200) for path in itertools.cycle(paths[n:] + paths[:n]))
        for _ in self.http("REST reads", calls):
            pass

    def write(self, _):
        def calls():
            for number in itertools.count():
                title = f"Film {id(self)} {number}"
                headers = {"authorization": f"Bearer {self.editor}", "content-type": "application/json", "idempotency-key": title}
                self.title = title
                yield "POST", "/admin/ondemand/movies", json.dumps({"title": title, "status": "published"}), headers, lambda a, _: a.status == 201

        for status, text in self.http("REST writes", calls()):
            if status == 201:
                self.films.append((self.title, json.loads(text)["data"]["id"]))
            time.sleep(0.1)

    def web(self, _):
        def calls():
            while True:
                headers = {"content-type": "application/grpc-web+proto", "x-grpc-web": "1", "authorization": f"Bearer {self.viewer}"}
                yield "POST", PLANS, struct.pack(">BI", 0, 0), headers, sound

        sound = lambda answer, text: answer.status == 200 and b"grpc-status:0" in text.replace(b"grpc-status: 0", b"grpc-status:0")
        for _ in self.http("grpc-web", calls()):
            pass

    def calls(self, _):
        with grpc.insecure_channel("%s:%d" % self.grpc_at) as channel:
            while not self.over.is_set():
                for path in (PLANS, TITLES):
                    begun = time.monotonic()
                    try:
                        channel.unary_unary(path)(b"", metadata=[("authorization", f"Bearer {self.viewer}")], timeout=15)
                        self.note("gRPC", begun, True)
                    except grpc.RpcError as refused:
                        self.note("gRPC", begun, False, f"{refused.code()} {refused.details()}")
                    time.sleep(0.02)

    def stream(self, _):
        """Server-sent events: each end is followed by the next beginning; only a refusal is a failure."""
        while not self.over.is_set():
            begun, connection = time.monotonic(), http.client.HTTPConnection(*self.http_at, timeout=40)
            try:
                connection.request("GET", "/admin/ondemand/changes", None, {"authorization": f"Bearer {self.editor}", "accept": "text/event-stream"})
                answer = connection.getresponse()
                self.note("streams", begun, answer.status == 200, f"{answer.status} {answer.read(160) if answer.status != 200 else ''}")
                while not self.over.is_set() and answer.status == 200 and answer.readline():
                    pass
            except (OSError, http.client.HTTPException) as cause:
                if time.monotonic() - begun < 0.5:
                    self.note("streams", begun, False, repr(cause))
            finally:
                connection.close()
            self.reconnects += 1

    def told(self):
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.answered.items()))
        return f"{sum(self.answered.values())} answered ({kinds}), {sum(self.failed.values())} failed, longest {self.longest:.1f} s, {self.reconnects} reconnects of a stream"
