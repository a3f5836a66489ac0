"""What neither compose-go nor the schema of compose files looks at: names that nothing answers to.

  compose.py COMPOSE.yaml      prints how many facts held
"""
import pathlib
import re
import sys

import yaml

path = pathlib.Path(sys.argv[1])
root = path.resolve().parent
document = yaml.safe_load(path.read_text())
services, volumes = document["services"], document["volumes"]
wrong, held = [], 0


def expect(fact, told):
    global held
    held += 1
    if not fact:
        wrong.append(told)


# Images without a shell or any client of their own: nothing can ask them how they do.
WITHOUT_CHECK = {"otel-collector"}
ONCE = {name for name, of in services.items() if name in ("migrate", "media")}
ports, used = {}, set()
for name, of in services.items():
    expect(of.get("profiles"), f"{name} is in no profile")
    image = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", of["image"])
    expect(re.search(r":[^:/]*\d", image) and not image.endswith(":latest"), f"{name}: the image {image} names no version")
    own = "build" in of
    checked = "healthcheck" in of or (own and name not in ONCE)
    expect(checked or name in WITHOUT_CHECK | ONCE, f"{name} has no health check")
    expect("logging" in of, f"{name}: logs grow without bound")
    if name not in ONCE:
        expect(of.get("restart") == "unless-stopped", f"{name} does not come back")
    for other, how in of.get("depends_on", {}).items():
        expect(other in services, f"{name} depends on {other}, which is not there")
        if other in services:
            shared = set(of["profiles"]) & set(services[other]["profiles"])
            expect(shared == set(of["profiles"]), f"{name} depends on {other}, which another profile has")
            wanted = "service_completed_successfully" if other in ONCE else "service_healthy"
            expect(how["condition"] == wanted, f"{name} waits for {other} to be {how['condition']}, not {wanted}")
    for published in of.get("ports", []):
        published = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", published)
        host = published.rsplit(":", 1)[0]
        for profile in of["profiles"]:
            expect((profile, host) not in ports, f"{name} and {ports.get((profile, host))} publish {host}")
            ports[profile, host] = name
        expect(host.startswith("127.0.0.1:") or host == "80", f"{name}: {host} is open to everybody")
    for mounted in of.get("volumes", []):
        source = mounted.split(":")[0]
        if source.startswith("."):
            expect((root / source).exists(), f"{name}: {source} is not there")
        else:
            used.add(source)
            expect(source in volumes, f"{name}: there is no volume {source}")
    # Addresses in variables are names of this file.
    for variable, value in (of.get("environment") or {}).items():
        for host in re.findall(r"(?://|@)([a-z][\w-]*):\d+", str(value)):
            expect(host in {*services, "localhost"}, f"{name}: {variable} names {host}, which is not there")
for volume in volumes:
    expect(volume in used, f"nothing uses the volume {volume}")

# One process per service, each told where every other one is, at the port where it runs alone.
mesh = yaml.safe_load((root / "helm/streamverse/files/mesh.yaml").read_text())["services"]
for service, entry in mesh.items():
    expect(service in services, f"no container runs {service}")
    variable, address = f"{service.upper()}_SERVICE_URL", f"http://{service}:{entry['port']}"
    for name in [*mesh, "edge"]:
        told = services.get(name, {}).get("environment", {}).get(variable)
        expect(told == address, f"{name}: {variable} is {told}, not {address}")
scraped = yaml.safe_load((root / "deploy/prometheus/prometheus.yaml").read_text())
names = scraped["scrape_configs"][0]["dns_sd_configs"][0]["names"]
expect(set(names) == {*mesh, "edge"}, f"Prometheus scrapes {sorted(names)}")

for told in wrong:
    print(f"compose.yaml: {told}", file=sys.stderr)
if wrong:
    sys.exit(1)
print(held)
