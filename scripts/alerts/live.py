"""Running installations before a Prometheus: all is well, then each fault is made that an alert is for."""

import concurrent.futures
import contextlib
import glob
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request

import faults
from disk import Disk
from program import Program, ask, free_port
from prometheus import FILES, Prometheus, problems, say, wrong

NO_RATES = {"STREAMVERSE_EDGE__RATES__ENABLED": "false"}
# Little of everything that has a bound.
TIGHT = {
    **NO_RATES,
    "STREAMVERSE_EDGE__CONNECTIONS__IN_ALL": "20",
    "STREAMVERSE_EDGE__CONNECTIONS__REQUESTS": "4",
    "STREAMVERSE_AUTH__HASH_THREADS": "1",
    "STREAMVERSE_AUTH__HASH_QUEUE": "1",
    "STREAMVERSE_AUTH__BCRYPT_COST": "12",
}
CALM = {**NO_RATES, "STREAMVERSE_HEALTH__TOLERANCE_SECONDS": "1"}
# Tables on PostgreSQL, few connections to them, and an index that is not there.
SERVERS = {**NO_RATES, "STREAMVERSE_STORE__MAX_CONNECTIONS": "8", "OPENSEARCH_URL": "http://127.0.0.1:9"}


def dashboards():
    """Lists (dashboard, panel, query) of all dashboards."""
    for path in sorted(glob.glob(os.path.join(FILES, "dashboards/*.json"))):
        board = json.load(open(path))
        for panel in board["panels"]:
            for target in panel.get("targets", []):
                yield os.path.basename(path), panel["title"], target["expr"]


def traffic(program, token):
    """A little of everything, so that there is something to see."""
    for path in ("/ondemand/movies", "/search/global?q=bars", "/content/home", "/health"):
        ask(program.url + path, token=token)


def check_dashboards(prom):
    empty = []
    for board, panel, query in dashboards():
        asked = query.replace("$__rate_interval", "20s").replace('namespace=~"$namespace"', 'namespace=~".*"')
        result = prom.query(asked)
        if result is None:
            wrong(f"{board}, {panel}: Prometheus refuses {query}")
        elif not result:
            empty.append(f"{board}, {panel}: {query}")
    return empty


class OtherVersion:
    """Tells of a program's build what it tells itself, and later that it is another one."""

    def __init__(self, program):
        self.port, self.differs = free_port(), False
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                with contextlib.suppress(OSError):  # the program is gone, or the scrape has waited long enough
                    self.tell()

            def tell(self):
                with urllib.request.urlopen(f"http://127.0.0.1:{program.ops}/metrics", timeout=5) as answer:
                    lines = [line for line in answer.read().decode().splitlines() if "streamverse_build_info" in line]
                told = "\n".join(lines) + "\n"
                if outer.differs:
                    told = re.sub(r'version="[^"]*"', 'version="0.0.0"', told)
                self.send_response(200)
                self.send_header("content-type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(told.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self, _how=None):
        self.server.shutdown()


class Postgres:
    """A PostgreSQL of its own (tests/stack)."""

    def __init__(self):
        self.env = {**os.environ, "STREAMVERSE_STACK_INSTANCE": "alerts", "STREAMVERSE_STACK_HOST": "127.0.0.4"}
        ended = subprocess.run(["tests/stack/up", "postgres"], env=self.env, stdout=subprocess.PIPE, text=True, check=True)
        self.url = re.search(r"^DATABASE_URL=(.*)$", ended.stdout, re.M)[1].strip("'\"")

    def hold(self, table, seconds):
        """Keeps everybody from a table for a while."""
        sql = f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({seconds}); COMMIT"
        return subprocess.Popen(["psql", "-qX", self.url, "-c", sql], stdout=subprocess.DEVNULL)

    def stop(self, _how=None):
        subprocess.run(["tests/stack/down", "--wipe"], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def live(alerts):
    home, running = tempfile.mkdtemp(prefix="streamverse-alerts-"), []
    keep = lambda one: running.append(one) or one
    try:
        begin = time.time()
        database = keep(Postgres())
        disk = keep(Disk(os.path.join(home, "small")))
        rest = ",".join(sorted(set(os.listdir("services")) - {"users"}) + ["edge"])
        ways = {
            "well": dict(demo=True, env=CALM),
            "tight": dict(env=TIGHT),
            # An installation in two processes, one of which will go.
            "users": dict(services="users", folder="split"),
            "servers": dict(env={**SERVERS, "DATABASE_URL": database.url}),
            "small": dict(env=disk.env),
        }
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            started = pool.map(lambda way: keep(Program(home, way[0], **way[1])), ways.items())
            well, tight, users, servers, small = started
        rest = keep(Program(home, "rest", env=CALM, services=rest, folder="split"))
        other = keep(OtherVersion(well))
        programs = [well, tight, users, rest, servers, small]
        ports = [(os.path.basename(program.data), program.ops) for program in programs]
        prom = Prometheus(home, [*ports, ("well", other.port)])
        running.append(prom)
        say(f"{len(programs)} processes and Prometheus run after {time.time() - begin:.0f} s")
        all_is_well(prom, well, servers)
        other.differs = True
        prom.fires("StreamverseVersionsDiffer", "a process of another version")
        other.differs = False
        faults.crowded(prom, tight)
        faults.stuck(prom, well)
        faults.late(prom, well)
        faults.held_up(prom, well)
        faults.behind(prom, well)
        faults.away(prom, servers, database)
        disk.faults(prom, small)
        faults.lost(prom, well)
        faults.come_and_go(prom, tight)
        faults.unlike(prom, tight)
        faults.gone(prom, users, rest)
        for program in programs:
            program.stop(signal.SIGKILL)
        other.stop()
        prom.fires("StreamverseAbsent", "the end of all processes")
        for alert in sorted(set(alerts) - prom.fired):
            wrong(f"no fault fires {alert}")
        say(f"{len(prom.fired)} of {len(alerts)} alerts were fired by their fault in a running system")
    finally:
        for one in reversed(running):
            one.stop(signal.SIGKILL)
        if problems:
            say(f"logs are kept in {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)


def all_is_well(prom, well, servers):
    """Every query of the dashboards has data, and nothing fires but that one installation works without its index."""
    begin, empty, token = time.time(), ["…"], well.register("ana@example.org")
    while empty and time.time() < begin + 60:
        traffic(well, token)
        time.sleep(1)
        empty = check_dashboards(prom)
    for query in empty:
        wrong(f"no data: {query}")
    say(f"{len(list(dashboards()))} queries of dashboards asked, {len(empty)} without data ({time.time() - begin:.0f} s)")
    # Six processes that start at once are busy for a while. The disk of this machine is its own affair.
    named = lambda one: re.sub("^Quick", "", one["metric"]["alertname"])
    of_others = lambda one: one["metric"].get("instance") != f"127.0.0.1:{servers.ops}"
    firing = lambda: {named(one) for one in prom.query('ALERTS{alertstate="firing"}') or [] if of_others(one)} - {"StreamverseDiskFillsUp"}
    end = time.time() + 60
    while (found := firing()) and time.time() < end:
        time.sleep(1)
    if found:
        wrong(f"alerts fire though all is well: {sorted(found)}")
