"""What neither compose-go nor the schema of compose files looks at: names that nothing answers to, ports that nobody
listens on, folders that are not kept, and what our own containers may do.

  compose.py COMPOSE.yaml      prints how many facts held, and how many broken files were refused
"""
import copy
import pathlib
import re
import sys

import yaml

root = pathlib.Path(__file__).parents[2]
# Images without a shell or any client of their own: nothing can ask them how they do.
WITHOUT_CHECK = {"otel-collector"}
# Where servers listen, and where what they keep lies.
LISTENS = {"postgres": {5432}, "kafka": {9092, 9093}, "opensearch": {9200}, "redis": {6379}, "nats": {4222}, "otel-collector": {4317}, "prometheus": {9090}, "grafana": {3000}}
KEEPS = {"postgres": "/var/lib/postgresql/data", "kafka": "/var/lib/kafka/data", "opensearch": "/usr/share/opensearch/data", "prometheus": "/prometheus", "grafana": "/var/lib/grafana"}
PUBLIC, OPERATORS = 3000, 9464
DRAIN = 20  # server.drain_seconds, where nobody says otherwise
mesh = yaml.safe_load((root / "helm/streamverse/files/mesh.yaml").read_text())["services"]
scraped = yaml.safe_load((root / "deploy/prometheus/prometheus.yaml").read_text())
settings = set(re.findall(r"`([\w.]+)`", "".join(re.findall(r"^\| ([^|]*)\|", (root / "docs/settings.md").read_text(), re.M))))


def default(text):
    """What stands there where nobody sets a variable."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(text))


class Facts:
    def __init__(self, document):
        self.services, self.volumes = document["services"], document["volumes"]
        self.wrong, self.held = [], 0
        self.own = {name for name, of in self.services.items() if "build" in of}
        self.once = {"migrate", "media"} & set(self.services)
        self.used, self.published = set(), {}
        for of in self.services.values():
            of.setdefault("profiles", [])
        for name, of in self.services.items():
            self.container(name, of)
            self.order(name, of)
            self.ports(name, of)
            self.mounts(name, of)
            (self.process if name in self.own else self.server)(name, of)
        for volume in self.volumes:
            self.expect(volume in self.used, f"nothing uses the volume {volume}")
        self.one_per_service()

    def expect(self, fact, told):
        self.held += 1
        if not fact:
            self.wrong.append(told)

    def container(self, name, of):
        self.expect(of["profiles"], f"{name} is in no profile")
        image = default(of["image"])
        self.expect(re.search(r":v?\d+\.\d+[^:/]*$|@sha256:[0-9a-f]{64}$", image), f"{name}: the image {image} names no version, as 1.2")
        checked = "healthcheck" in of or (name in self.own and name not in self.once)
        self.expect(checked or name in WITHOUT_CHECK | self.once, f"{name} has no health check")
        self.expect("logging" in of, f"{name}: logs grow without bound")
        if name not in self.once:
            self.expect(of.get("restart") == "unless-stopped", f"{name} does not come back")
        for word in ("privileged", "pid", "ipc", "devices", "userns_mode"):
            self.expect(not of.get(word), f"{name}: {word} lets it out of its container")

    def before(self, name, seen=()):
        """Everything that is started before a container."""
        for other in self.services.get(name, {}).get("depends_on", {}):
            if other not in seen:
                seen = self.before(other, (*seen, other))
        return seen

    def order(self, name, of):
        self.expect(name not in self.before(name), f"{name} waits for itself")
        for other, how in of.get("depends_on", {}).items():
            self.expect(other in self.services, f"{name} depends on {other}, which is not there")
            if other in self.services:
                self.expect(set(of["profiles"]) <= set(self.services[other]["profiles"]), f"{name} depends on {other}, which another profile has")
                wanted = "service_completed_successfully" if other in self.once else "service_healthy"
                self.expect(how["condition"] == wanted, f"{name} waits for {other} to be {how['condition']}, not {wanted}")

    def listens(self, name):
        if name in mesh:
            return {mesh[name]["port"], OPERATORS}
        return LISTENS.get(name, {PUBLIC, OPERATORS} if name in self.own else set())

    def ports(self, name, of):
        for text in of.get("ports", []):
            host, port = default(text).rsplit(":", 1)
            for profile in of["profiles"]:
                self.expect((profile, host) not in self.published, f"{name} and {self.published.get((profile, host))} publish {host}")
                self.published[profile, host] = name
            self.expect(host.startswith("127.0.0.1:") or host == "80", f"{name}: {host} is open to everybody")
            self.expect(int(port) in self.listens(name), f"{name} does not listen on {port}, which is published")

    def mounts(self, name, of):
        at = set()
        for mounted in of.get("volumes", []):
            source, path = mounted.split(":")[:2]
            self.expect(path not in at, f"{name}: two things are mounted at {path}")
            at.add(path)
            if source.startswith("."):
                self.expect((root / source).exists(), f"{name}: {source} is not there")
                self.expect(mounted.endswith(":ro"), f"{name}: {source} can be written")
            else:
                self.used.add(source)
                self.expect(source in self.volumes, f"{name}: there is no volume {source}")
        if name in KEEPS:
            self.expect(KEEPS[name] in at, f"{name}: what is in {KEEPS[name]} is lost with the container")
            told = f"{(of.get('environment') or {}).get('KAFKA_LOG_DIRS', '')} {of.get('command', '')}"
            for path in re.findall(r"KAFKA_LOG_DIRS|tsdb\.path=([^,\]']+)", told):
                self.expect(path == KEEPS[name], f"{name} writes to {path}")
        if name in self.own:
            writable = {path.split(":")[0] for path in of.get("tmpfs", [])} | at
            for path in ("/data", "/tmp"):
                self.expect(path in writable, f"{name} cannot write to {path}")

    def process(self, name, of):
        """A container of ours."""
        self.expect(of.get("read_only") is True, f"{name}: its root can be written")
        self.expect(of.get("cap_drop") == ["ALL"] and not of.get("cap_add"), f"{name} has capabilities")
        self.expect("no-new-privileges:true" in of.get("security_opt", []), f"{name} may gain privileges")
        environment = {variable: default(value) for variable, value in of["environment"].items()}
        grace = int(str(of["stop_grace_period"]).removesuffix("s"))
        ends = int(environment.get("STREAMVERSE_SERVER__ANNOUNCE_SECONDS", 0)) + int(environment.get("STREAMVERSE_SERVER__DRAIN_SECONDS", DRAIN))
        self.expect(grace > ends, f"{name} is killed after {grace} s and may take {ends}")
        for variable, value in environment.items():
            setting = variable.removeprefix("STREAMVERSE_").lower().replace("__", ".") if variable.startswith("STREAMVERSE_") else variable
            peer = variable.removesuffix("_SERVICE_URL").lower()
            self.expect(setting in settings or peer in mesh, f"{name}: {variable} is no setting")
            self.addresses(name, variable, value)

    def server(self, name, of):
        for variable, value in (of.get("environment") or {}).items():
            if "LISTENER" not in variable:
                self.addresses(name, variable, default(value))

    def addresses(self, name, variable, value):
        """Hosts and ports in variables are those of this file; servers are waited for."""
        for host, port in re.findall(r"(?:^|//|@|,)([a-z][\w-]*):(\d+)", value):
            self.expect(host in {*self.services, "localhost"}, f"{name}: {variable} names {host}, which is not there")
            self.expect(host not in self.services or int(port) in self.listens(host), f"{name}: {variable} names port {port} of {host}, which listens on {self.listens(host)}")
            if host in KEEPS and name in self.own - self.once:
                self.expect(host in self.before(name), f"{name} does not wait for {host}")

    def one_per_service(self):
        """One process per service, each told where every other one is, at the port where it runs alone."""
        for service, entry in mesh.items():
            self.expect(service in self.services, f"no container runs {service}")
            variable, address = f"{service.upper()}_SERVICE_URL", f"http://{service}:{entry['port']}"
            for name in [*mesh, "edge"]:
                told = self.services.get(name, {}).get("environment", {}).get(variable)
                self.expect(told == address, f"{name}: {variable} is {told}, not {address}")
        for name in [*mesh, "edge"]:
            wanted = ["run", "--services", name, "--ops-listen", f"0.0.0.0:{OPERATORS}"]
            self.expect(self.services.get(name, {}).get("command") == wanted, f"{name} does not run {' '.join(wanted)}")
        self.expect("postgres" in self.before("migrate"), "migrate does not wait for postgres")
        full = [of["environment"] for name, of in self.services.items() if name in self.own - self.once and "full" in of["profiles"]]
        taken = sum(int(default(one.get("STREAMVERSE_STORE__MAX_CONNECTIONS", 16))) for one in full)
        there = int(re.search(r"max_connections=(\d+)", str(self.services["postgres"].get("command", "max_connections=100")))[1])
        self.expect(there >= taken + 10, f"postgres takes {there} connections, and processes may open {taken}")
        names = scraped["scrape_configs"][0]["dns_sd_configs"][0]
        self.expect(set(names["names"]) == {*mesh, "edge"}, f"Prometheus scrapes {sorted(names['names'])}")
        self.expect(names["port"] == OPERATORS, f"Prometheus scrapes port {names['port']}")


# What breaks a file: a container, its key, and what is put there (None takes it away).
BROKEN = [
    ("auth", "depends_on", {"nobody": {"condition": "service_healthy"}}),
    ("auth", "depends_on", {"migrate": {"condition": "service_completed_successfully"}}),
    ("migrate", "depends_on", {}),
    ("postgres", "depends_on", {"auth": {"condition": "service_healthy"}}),
    ("edge", "depends_on", {"auth": {"condition": "service_started"}}),
    ("kafka", "ports", ["127.0.0.1:5432:9092"]),
    ("postgres", "ports", ["5432:5432"]),
    ("postgres", "ports", ["127.0.0.1:5432:5433"]),
    ("edge", "ports", ["80:3001"]),
    ("prometheus", "volumes", ["./deploy/nothing:/etc/prometheus:ro", "prometheus:/prometheus"]),
    ("prometheus", "volumes", ["/var/run/docker.sock:/var/run/docker.sock:ro", "prometheus:/prometheus"]),
    ("postgres", "volumes", ["other:/var/lib/postgresql/data"]),
    ("kafka", "volumes", ["kafka:/elsewhere"]),
    ("postgres", "image", "postgres"),
    ("postgres", "image", "postgres:latest"),
    ("postgres", "image", "postgres:17"),
    ("kafka", "healthcheck", None),
    ("kafka", "logging", None),
    ("kafka", "restart", None),
    ("kafka", "profiles", None),
    ("auth", "privileged", True),
    ("auth", "cap_drop", None),
    ("auth", "cap_add", ["NET_ADMIN"]),
    ("auth", "read_only", False),
    ("auth", "security_opt", None),
    ("auth", "tmpfs", ["/tmp"]),
    ("auth", "stop_grace_period", "25s"),
    ("auth", "command", ["run", "--services", "users", "--ops-listen", "0.0.0.0:9464"]),
    ("auth", "command", ["run", "--services", "auth"]),
    ("auth", "environment.STREAMVERSE_STORE__MAX_CONECTIONS", "8"),
    ("auth", "environment.KAFKA_BROKERS", "kafke:9092"),
    ("auth", "environment.OPENSEARCH_URL", "http://opensearch:9201"),
    ("auth", "environment.USERS_SERVICE_URL", "http://users:9999"),
    ("auth", "environment.USERS_SERVICE_URL", None),
    ("postgres", "command", ["postgres", "-c", "max_connections=60"]),
]


def broken(document):
    for name, key, value in BROKEN:
        made = copy.deepcopy(document)
        at, (*way, last) = made["services"][name], key.split(".")
        for step in way:
            # Anchors share their maps; only this container is to have another one.
            at[step] = dict(at[step])
            at = at[step]
        if value is None:
            at.pop(last)
        else:
            at[last] = value
        yield f"{name}: {key} {value}", made


document = yaml.safe_load(pathlib.Path(sys.argv[1]).read_text())
facts = Facts(document)
for told in facts.wrong:
    print(f"compose.yaml: {told}", file=sys.stderr)
passes = [told for told, made in broken(document) if not Facts(made).wrong]
for told in passes:
    print(f"a file passes with {told}", file=sys.stderr)
if facts.wrong or passes:
    sys.exit(1)
print(f"{facts.held} facts, {len(BROKEN)} broken files are refused")
