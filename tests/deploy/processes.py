"""Processes in place of pods: what the chart renders, started as it is rendered (DEP-3, DEP-7, TST-7).

Every pod is a process in a network, a file system and a user of its own, with the arguments, variables, mounts, probes
and grace period of its manifest; only the cluster around it is this script.

  processes.py HELM KUBECTL CHART PROGRAM [PART...]    needs root, and PostgreSQL, Kafka and OpenSearch on the bridge
                                                       (tests/deploy/processes); parts: services, load, rotation,
                                                       and upgrade: from the program and the chart of STREAMVERSE_OLD and
                                                       STREAMVERSE_OLD_CHART, which have to be of the release before
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pods import image, network, rotation
from pods.load import Load
from pods.pod import Cluster

helm, kubectl, chart, program, *parts = sys.argv[1:]
here = pathlib.Path(__file__).parent
mesh = yaml.safe_load((pathlib.Path(chart) / "files/mesh.yaml").read_text())
PASSWORD = "correct horse battery"
# A role of its own that may do nothing but own one database.
ADMIN_URL = f"postgres://streamverse:streamverse@{network.GATEWAY}:5432"
SECRETS = {"streamverse-database": {"url": "postgres://tv:first@postgres:5432/tv"}}
SERVERS = ["postgres", "kafka", "opensearch", "otel-collector"]


def tell(text):
    print(f"   {text}", flush=True)


def render(*values, chart=chart):
    made = subprocess.run([helm, "template", "sv", chart, "-n", "tv", *values], capture_output=True, text=True, check=True)
    return [one for one in yaml.safe_load_all(made.stdout) if one]


def call(base, method, path, body=None, token=None, expect=200):
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(base + path, json.dumps(body).encode() if body is not None else None, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        status, text = refused.code, refused.read()
    if status not in (expect if isinstance(expect, tuple) else (expect,)):
        raise SystemExit(f"{method} {path}: {status} {text.decode()[:300]}")
    return json.loads(text).get("data")


def sql(database, *statements):
    words = [word for one in statements for word in ("-c", one)]
    return subprocess.run(["psql", f"{ADMIN_URL}/{database}", "-XAtqv", "ON_ERROR_STOP=1", *words], capture_output=True, text=True, check=True).stdout.strip()


def migrations():
    """How many the tables of all services have had."""
    schemas = sql("tv", "SELECT table_schema FROM information_schema.tables WHERE table_name = 'migrations'").split()
    return sum(int(sql("tv", f'SELECT count(*) FROM "{schema}".migrations')) for schema in schemas)


def sign_in(base, email):
    return call(base, "POST", "/auth/login", {"email": email, "password": PASSWORD})["accessToken"]


def migrate(objects, work, image="image"):
    """The migration's Job, to its end."""
    # A folder of its own, so that it reads its own release's configuration.
    folder = pathlib.Path(tempfile.mkdtemp(dir=work, prefix="migrate-"))
    folder.chmod(0o755)
    cluster = Cluster(folder, work / image, objects, SECRETS, SERVERS)
    pod = cluster.run(next(one for one in objects if one["kind"] == "Job"))
    status = pod.process.wait(300)
    network.leave(pod.netns)
    if status != 0:
        raise SystemExit(f"the migration failed: {pod.log.read_text()}")


def every_service_by_itself(work):
    objects = render("-f", f"{chart}/ci/ha-values.yaml", "--set", "otlp.endpoint=,redis.url=")
    for _ in range(2):
        migrate(objects, work)
    tell("the migration's Job ended well, and once more")
    cluster = Cluster(work / "ha", work / "image", objects, SECRETS, SERVERS)
    try:
        for deployment in cluster.of("Deployment"):
            cluster.run(deployment)
        cluster.admit(*cluster.pods)
        slowest = max(cluster.pods, key=lambda pod: pod.took)
        tell(f"{len(cluster.pods)} components started as they are rendered and are ready, the slowest ({slowest.component}) after {slowest.took:.1f} s")
        by_name = {pod.component: pod for pod in cluster.pods}
        commands = [
            ("auth", ["admin", "create", "--email", "root@example.org", "--password-file", "-"]),
            ("edge", ["health"]),
            ("edge", ["config", "check"]),
            ("search", ["search", "rebuild"]),
            ("content", ["dead-letters", "list"]),
        ]
        for component, args in commands:
            # A busy machine may take too long for a hash; every one of them may be repeated.
            for _ in range(3):
                done = by_name[component].exec(args, PASSWORD + "\n")
                if done.returncode == 0:
                    break
            if done.returncode != 0 or "\nREFUSED " in done.stdout:
                raise SystemExit(f"{component}: {args}: {done.stdout} {done.stderr}")
        tell(f"`kubectl exec` of {len(commands)} commands in their pods, the image's health check among them")
        base = f"http://{by_name['edge'].address}:3000"
        call(base, "POST", "/auth/register", {"email": "ana@example.org", "password": PASSWORD, "name": "Ana"}, expect=201)
        viewer, editor = sign_in(base, "ana@example.org"), sign_in(base, "root@example.org")
        film = call(base, "POST", "/admin/ondemand/movies", {"title": "Low Water", "status": "published"}, editor, 201)["id"]
        asked = [("/users/me", viewer), (f"/ondemand/movies/{film}", viewer), ("/livetv/channels", viewer), ("/subscriptions", viewer), ("/admin/audit", editor), ("/admin/payments", editor), ("/admin/jobs", editor), ("/content/home", viewer), ("/users/history", viewer)]
        for path, token in asked:
            call(base, "GET", path, None, token)
        end = time.monotonic() + 60
        while not any(item["id"] == film for item in call(base, "GET", "/search/global?q=low%20water", None, viewer)["items"]):
            if time.monotonic() > end:
                raise SystemExit("the film is never found")
            time.sleep(0.2)
        tell(f"{len(asked) + 5} calls through the edge reach every service; a film is found after it went through Kafka into OpenSearch")
        strangers = {}
        for pod in cluster.pods:
            allowed = mesh["edge"]["calls"] if pod.component == "edge" else mesh["services"][pod.component]["calls"]
            if pod.peers() - set(allowed):
                strangers[pod.component] = pod.peers() - set(allowed)
        if strangers:
            raise SystemExit(f"called, but not in the mesh's table: {strangers}")
        tell(f"{sum(len(pod.peers()) for pod in cluster.pods)} ways to peers were asked, each of them in the mesh's table")
        ends = [cluster.dismiss(pod) for pod in list(cluster.pods)]
        if any(status for status, _ in ends):
            raise SystemExit(f"ended with {ends}")
        tell(f"SIGTERM ended all of them in order, the slowest after {max(took for _, took in ends):.1f} s")
    finally:
        for pod in cluster.pods:
            pod.kill()


def balance(work):
    """HAProxy over every address that an edge may get."""
    text = (here / "pods/balancer.cfg").read_text()
    for mark, more in (("  # SERVERS\n", ""), ("  # TRACKED\n", " track rest/e{n}")):
        text = text.replace(mark, "".join(f"  server e{n} {network.PREFIX}{n}:3000{more.format(n=n)}\n" for n in range(1, 61)))
    config = work / "balancer.cfg"
    config.write_text(text)
    return subprocess.Popen(["haproxy", "-db", "-f", str(config)], stdout=(work / "balancer.log").open("w"), stderr=subprocess.STDOUT)


class Groups:
    """The installation as the chart's groups, two processes of each, behind HAProxy."""

    def __init__(self, work, chart=chart, image="image"):
        objects = render("-f", str(here / "pods/values.yaml"), chart=chart)
        migrate(objects, work, image)
        self.cluster = Cluster(work / "groups", work / image, objects, SECRETS, SERVERS)
        # Addresses that the balancer knows, and that nobody has had.
        self.cluster.number = 0
        self.base = f"http://{network.GATEWAY}:8080"
        self.balancer = balance(work)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.balancer.kill()
        for pod in self.cluster.pods:
            pod.kill()

    def start(self):
        cluster = self.cluster
        for deployment in cluster.of("Deployment"):
            for _ in range(deployment["spec"]["replicas"]):
                cluster.run(deployment)
        cluster.admit(*cluster.pods)
        tell(f"the same installation as {len(cluster.pods)} processes of {len(cluster.of('Deployment'))} groups, two of each, behind HAProxy")
        pod = next(pod for pod in cluster.pods if pod.component == "core")
        # An account that is there keeps its password, which is the same.
        made = pod.exec(["admin", "create", "--email", "root@example.org", "--password-file", "-"], PASSWORD + "\n")
        if made.returncode != 0:
            raise SystemExit(f"no administrator: {made.stdout} {made.stderr}")
        end = time.monotonic() + 30
        while True:
            try:
                call(self.base, "POST", "/auth/register", {"email": "ana@example.org", "password": PASSWORD, "name": "Ana"}, expect=(201, 409))
                self.sign_in()
                self.signed_in = time.monotonic()
                return
            except (SystemExit, OSError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)

    def sign_in(self):
        self.viewer, self.editor = sign_in(self.base, "ana@example.org"), sign_in(self.base, "root@example.org")

    def load(self):
        return Load((network.GATEWAY, 8080), (network.GATEWAY, 8081), self.viewer, self.editor)

    def roll(self, load):
        """Replaces every process; returns how the old ones ended."""
        ends = []
        for old in list(self.cluster.pods):
            deployment = next(one for one in self.cluster.of("Deployment") if one["metadata"]["labels"]["app.kubernetes.io/component"] == old.component)
            # maxSurge 1, maxUnavailable 0: the next one is ready before this one is told to end.
            self.cluster.admit(self.cluster.run(deployment))
            ends.append(self.cluster.dismiss(old))
            load.until(20)
        tell(f"rolling restart of {len(ends)} processes: {sum(1 for status, _ in ends if status == 0)} ended in order, the slowest after {max(took for _, took in ends):.1f} s")
        if any(status for status, _ in ends):
            raise SystemExit(f"ended with {ends}")

    def judge(self, load):
        """Nothing failed, and everything that was acknowledged is there once."""
        tell(load.told())
        titles, token = {}, ""
        while True:
            page = call(self.base, "GET", f"/admin/ondemand/movies?pageSize=100&pageToken={token}", None, self.editor)
            for film in page["items"]:
                titles.setdefault(film["title"], []).append(film["id"])
            token = page.get("nextPageToken") or ""
            if not token:
                break
        lost = [title for title, film in load.films if titles.get(title) != [film]]
        tell(f"{len(load.films)} films acknowledged, {len(lost)} lost or doubled")
        if lost or load.failed:
            raise SystemExit(f"failed: {dict(load.failed)}, lost {lost[:3]}")


def under_load(groups):
    cluster = groups.cluster
    with groups.load() as load:
        load.until(100)
        groups.roll(load)
        grown = next(one for one in cluster.of("Deployment") if one["metadata"]["name"].endswith("-core"))
        pod = cluster.run(grown)
        cluster.admit(pod)
        begun = time.monotonic()
        while pod.calls() < 5:
            if time.monotonic() > begun + 15:
                raise SystemExit("a third replica gets no calls within 15 s")
            time.sleep(0.1)
        tell(f"a third replica of core answers calls {time.monotonic() - begun:.1f} s after it was ready")
        load.until(50)
        cluster.dismiss(pod)
    groups.judge(load)


def upgraded(work):
    """A release beside the one before it: its tables first, then process by process, while everybody calls."""
    image.build(os.environ["STREAMVERSE_OLD"], work / "image-old")
    with Groups(work, os.environ.get("STREAMVERSE_OLD_CHART", chart), "image-old") as groups:
        with groups.load() as load:
            load.until(100)
            objects = render("-f", str(here / "pods/values.yaml"))
            before = migrations()
            migrate(objects, work)
            load.until(200)
            tell(f"{migrations() - before} migrations of the next release ran under the one before, which went on: {sum(load.failed.values())} calls failed")
            groups.cluster.upgrade(work / "image", objects)
            groups.roll(load)
            load.until(200)
        groups.judge(load)


def main():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        work = pathlib.Path(folder)
        work.chmod(0o755)
        for part in ("image", "image-old", "ha", "groups"):
            (work / part).mkdir()
        libraries = image.build(program, work / "image")
        tell(f"the program runs on {', '.join(libraries)} and nothing else of a system")
        made = subprocess.run([program, "keys", "generate", "--dir", str(work / "secrets")], capture_output=True, text=True, check=True)
        secret = yaml.safe_load(made.stdout)
        SECRETS[secret["metadata"]["name"]] = secret["stringData"]
        sql("postgres", "CREATE ROLE tv LOGIN PASSWORD 'first'", "CREATE DATABASE tv OWNER tv")
        if "services" in parts:
            every_service_by_itself(work)
        if "upgrade" in parts:
            upgraded(work)
            return
        with Groups(work) as groups:
            if "load" in parts:
                under_load(groups)
            if "rotation" in parts:
                rotation.Rotation(groups, sql, tell, work, kubectl).all()


main()
