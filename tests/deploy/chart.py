"""Holds what the chart renders against what it promises (DEP-3, MESH-10).

  chart.py HELM CHART            prints how many facts held
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

helm, chart = sys.argv[1], pathlib.Path(sys.argv[2])
mesh = yaml.safe_load((chart / "files/mesh.yaml").read_text())
wrong, held = [], 0


def expect(fact, told):
    global held
    held += 1
    if not fact:
        wrong.append(told)


def render(*args, of=chart):
    run = subprocess.run([helm, "template", "sv", str(of), "-n", "tv", *args], capture_output=True, text=True)
    objects = [one for one in yaml.safe_load_all(run.stdout) if one] if run.returncode == 0 else []
    return objects, run.stdout, run.stderr


def variables(container):
    return {one["name"]: one.get("value") for one in container["env"]}


def pods(objects):
    for one in objects:
        if one["kind"] in ("Deployment", "Job"):
            yield one, one["spec"]["template"]


def check(name, objects):
    """What has to hold of every release, whatever its values."""
    by_kind = {}
    for one in objects:
        by_kind.setdefault(one["kind"], []).append(one)
        expect(len(one["metadata"]["name"]) <= 63, f"{name}: the name {one['metadata']['name']} is too long")
    keys = [(one["kind"], one["metadata"]["name"]) for one in objects]
    expect(len(keys) == len(set(keys)), f"{name}: an object is there twice")
    expect("Secret" not in by_kind, f"{name}: the chart makes a Secret")
    deployments = {one["metadata"]["name"]: one for one in by_kind["Deployment"]}

    for owner, pod in pods(objects):
        at, spec = f"{name}: {owner['kind']} {owner['metadata']['name']}", pod["spec"]
        expect(spec["automountServiceAccountToken"] is False, f"{at} mounts a token")
        expect(spec["enableServiceLinks"] is False, f"{at} takes Kubernetes' variables for settings")
        expect(spec["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault", f"{at}: seccomp")
        for container in spec["containers"] + spec.get("initContainers", []):
            of = container["securityContext"]
            expect(of["runAsNonRoot"] and of["readOnlyRootFilesystem"] and not of["allowPrivilegeEscalation"], f"{at} is not confined")
            expect(of["capabilities"]["drop"] == ["ALL"], f"{at} keeps capabilities")
            expect(container["resources"]["requests"]["cpu"] and container["resources"]["limits"]["memory"], f"{at}: resources")
            expect("cpu" not in container["resources"]["limits"], f"{at} is throttled")
            volumes = {volume["name"] for volume in spec["volumes"]}
            expect({mount["name"] for mount in container["volumeMounts"]} <= volumes, f"{at} mounts what is not there")
            mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
            expect({"/data", "/tmp"} <= mounted, f"{at} has nowhere to write")

    homes, ports = {}, {}
    for title, one in deployments.items():
        pod, at = one["spec"]["template"], f"{name}: {title}"
        expect(set(one["spec"]["selector"]["matchLabels"]) == {f"app.kubernetes.io/{part}" for part in ("name", "instance", "component")}, f"{at}: its selector may change")
        container = pod["spec"]["containers"][0]
        told = variables(container)
        services = container["args"][2].split(",")
        component = one["metadata"]["labels"]["app.kubernetes.io/component"]
        for service in services:
            expect(service not in homes, f"{at}: {service} is somewhere else, too")
            homes[service] = component
        ports[component] = {port["name"] for port in container["ports"]}
        expect("REDIS_URL" not in told or "edge" in services, f"{at} is told of Redis, which only edges use")
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            expect(probe in container, f"{at} has no {probe}")
        expect(container["livenessProbe"]["httpGet"]["path"] == "/health", f"{at} is restarted when its database is away")
        ending = int(told["STREAMVERSE_SERVER__ANNOUNCE_SECONDS"]) + int(told["STREAMVERSE_SERVER__DRAIN_SECONDS"])
        expect(pod["spec"]["terminationGracePeriodSeconds"] >= ending + 5, f"{at} is killed while it drains")
        budgets = [b for b in by_kind["PodDisruptionBudget"] if b["spec"]["selector"]["matchLabels"] == one["spec"]["selector"]["matchLabels"]]
        expect(len(budgets) == 1, f"{at} has {len(budgets)} disruption budgets")
    expect(set(homes) == {*mesh["services"], "edge"}, f"{name}: runs {sorted(homes)}")

    scaled = [one["spec"]["scaleTargetRef"]["name"] for kind in ("HorizontalPodAutoscaler", "ScaledObject") for one in by_kind.get(kind, [])]
    for title, one in deployments.items():
        expect(("replicas" in one["spec"]) != (title in scaled), f"{name}: {title}: replicas and autoscaler")

    services = {one["metadata"]["name"]: one for one in by_kind["Service"]}
    for title, one in services.items():
        component = one["spec"]["selector"]["app.kubernetes.io/component"]
        for port in one["spec"]["ports"]:
            expect(port["targetPort"] in ports[component], f"{name}: Service {title}: nothing listens on {port['targetPort']}")
            expect("appProtocol" in port, f"{name}: Service {title}: {port['name']} says no protocol")

    # Each process is told of exactly those whom it calls, and the network lets it through to exactly those.
    def calls(component):
        mine = [service for service, home in homes.items() if home == component]
        called = {callee for service in mine for callee in (mesh["edge"] if service == "edge" else mesh["services"][service])["calls"]}
        return {callee for callee in called if homes[callee] != component}

    policies = {one["metadata"]["labels"].get("app.kubernetes.io/component"): one["spec"] for one in by_kind.get("NetworkPolicy", [])}
    peers = lambda rule, side: {peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"] for peer in rule[side]}
    for title, one in deployments.items():
        component = one["metadata"]["labels"]["app.kubernetes.io/component"]
        told = variables(one["spec"]["template"]["spec"]["containers"][0])
        named = {variable[: -len("_SERVICE_URL")].lower(): url for variable, url in told.items() if variable.endswith("_SERVICE_URL")}
        expect(set(named) == calls(component), f"{name}: {title} is told of {sorted(named)}, and calls {sorted(calls(component))}")
        for callee, url in named.items():
            scheme = "https" if "STREAMVERSE_MESH__TLS__CERTIFICATE" in told else "http"
            host = re.fullmatch(rf"{scheme}://([\w-]+)\.tv\.svc:9090", url)[1]
            expect(services[host]["spec"]["selector"]["app.kubernetes.io/component"] == homes[callee], f"{name}: {url} is not {callee}")
        if component in policies:
            # Beside them who runs webhooks reaches the public internet, and nobody else does.
            outside = [rule for rule in policies[component]["egress"] if any("ipBlock" in peer for peer in rule["to"])]
            expect(bool(outside) == (homes["webhooks"] == component), f"{name}: {component} reaches {outside}")
            spared = {network for rule in outside for peer in rule["to"] for network in peer["ipBlock"]["except"]}
            expect(not outside or {"10.0.0.0/8", "169.254.0.0/16", "fc00::/7"} <= spared, f"{name}: {component} reaches all but {spared}")
            out = [peers(rule, "to") for rule in policies[component]["egress"] if rule not in outside]
            expect(set().union(*out) == {homes[callee] for callee in calls(component)}, f"{name}: {component} may call {out}")
            into = [peers(rule, "from") for rule in policies[component]["ingress"] if rule["ports"][0]["port"] == 9090]
            callers = {other for other in homes.values() if any(homes[callee] == component for callee in calls(other))}
            expect(set().union(*into) == callers, f"{name}: {component} may be called by {into}, and is by {callers}")


cases = {path.name.removesuffix("-values.yaml"): ["-f", str(path)] for path in sorted((chart / "ci").glob("*.yaml"))}
for name, args in cases.items():
    objects, text, complaint = render(*args)
    expect(objects, f"{name} does not render: {complaint}")
    if objects:
        check(name, objects)
        expect(render(*args)[1] == text, f"{name} renders differently the second time")
        monitors = [one for one in objects if one["kind"] == "ServiceMonitor"]
        if monitors:
            wanted = monitors[0]["spec"]["selector"]["matchLabels"].items()
            found = [one for one in objects if one["kind"] == "Service" and wanted <= one["metadata"]["labels"].items()]
            expect(len(found) == len([one for one in objects if one["kind"] == "Deployment"]), f"{name}: {len(found)} Services are scraped")

# What is refused, and with which words.
MICRO = ["--set", "topology=microservices,behind=mesh,database.url=postgres://a@b/c,kafka.brokers=k:9092,opensearch.url=http://o:9200"]
REFUSED = [
    (["--set", "topologie=monolith"], "topologie"),
    (["--set", "topology=both"], "topology"),
    (["--set", "image.tag=1"], "image"),
    (["--set", "defaults.replicas=-1"], "replicas"),
    (["--set", "monolith.replicaz=2"], "replicaz"),
    (["--set-json", 'components={"edge":{"services":["edgy"]}}'], "components"),
    (["--set", "networkPolicy.enabled=perhaps"], "networkPolicy"),
    (["--set", "migrate.mode=sometimes"], "mode"),
    (["--set", "monitoring.serviceMonitor.labels.a=1"], "labels"),
    (["--set", "behind=nothing"], "production does not listen"),
    (["--set", "monolith.replicas=2"], "a data folder has one process"),
    (["--set", "monolith.autoscaling.enabled=true"], "autoscaling, keda: a data folder has one process"),
    (["--set", "defaults.keda.enabled=true"], "autoscaling, keda: a data folder has one process"),
    (["--set", "topology=microservices,behind=mesh"], "processes share nothing else"),
    ([*MICRO, "--set", "behind=proxy"], "certificates between them (tls.mesh)"),
    ([*MICRO, "--set-json", "components.data=null"], "no component runs search"),
    ([*MICRO, "--set-json", "components.data.services=[]"], "no component runs search"),
    ([*MICRO, "--set-json", 'components.more={"services":["search"]}'], "every service is in one"),
    ([*MICRO, "--set-json", "components.edge=null"], "the edge has to be in one component"),
    ([*MICRO, "--set-json", 'components.edge={"services":["edge","search"]},components.data=null'], "beside the edge"),
    ([*MICRO, "--set", "components.core.autoscaling.enabled=true,components.core.keda.enabled=true"], "both count"),
    ([*MICRO, "--set", "kafka.user=sv"], "the password of kafka.user"),
    (["--set", "database.url=postgres://a@b/c,monolith.replicas=2"], "beside the database"),
]
for args, words in REFUSED:
    objects, _, complaint = render(*args)
    expect(not objects and words in complaint, f"{args} should be refused with {words!r}: {complaint or 'rendered'}")

# Any grouping: each service alone was rendered above; the edge beside what nobody calls is taken, too.
objects, _, complaint = render(*MICRO, "--set-json", 'components.edge={"services":["edge"]},components.core={"services":["core","media","data","support"]},components.media=null,components.data=null,components.support=null')
expect(objects, f"two components: {complaint}")
if objects:
    check("two components", objects)

# Certificates between components: one for the names by which they call each other, in the place of a mesh.
objects, _, complaint = render(*MICRO, "--set", "behind=proxy,tls.mesh.issuerRef.name=internal,tls.mesh.issuerRef.kind=Issuer")
expect(objects, f"TLS between components: {complaint}")
if objects:
    check("TLS between components", objects)
    certificate = next(one["spec"] for one in objects if one["kind"] == "Certificate")
    called = {url.removeprefix("https://").removesuffix(":9090") for _, pod in pods(objects)
              for variable, url in variables(pod["spec"]["containers"][0]).items() if variable.endswith("_SERVICE_URL")}
    expect(called and called <= set(certificate["dnsNames"]), f"the certificate is for {certificate['dnsNames']}, and called are {called}")
    for owner, pod in pods(objects):
        mounted = [volume["secret"] for volume in pod["spec"]["volumes"] if "secret" in volume]
        expect([one["secretName"] for one in mounted] == [certificate["secretName"]], f"{owner['metadata']['name']} has {mounted}")
        expect(all(one["defaultMode"] == 0o440 for one in mounted), f"{owner['metadata']['name']}: everybody may read keys")

# Who vouches for them may be told apart from the certificate, so that an issuer may change its authority.
objects, _, complaint = render(*MICRO, "--set", "behind=proxy,tls.mesh.issuerRef.name=internal,tls.mesh.authorities.configMap=trust,tls.mesh.authorities.key=all.pem")
expect(objects, f"authorities of their own: {complaint}")
if objects:
    check("authorities of their own", objects)
for owner, pod in pods(objects):
    container, at = pod["spec"]["containers"][0], owner["metadata"]["name"]
    believed = variables(container)["STREAMVERSE_MESH__TLS__CA"]
    named = [mount["name"] for mount in container["volumeMounts"] if believed == f"{mount['mountPath']}/ca.crt"]
    maps = [volume["configMap"] for volume in pod["spec"]["volumes"] if [volume["name"]] == named]
    expect(maps == [{"name": "trust", "items": [{"key": "all.pem", "path": "ca.crt"}]}], f"{at} believes {believed}, which is {maps}")

# The page that goes from a clone to a release shows what is rendered.
page = (chart / "../../docs/operations/kubernetes.md").read_text()
objects, _, _ = render(*cases["ha"])
counts = set(re.findall(r"^\d+$", page, re.M))
expect(counts == {str(len(objects))}, f"kubernetes.md counts {counts} objects, and there are {len(objects)}")
for kind, told in (("Deployment", "deployment.apps"), ("HorizontalPodAutoscaler", "horizontalpodautoscaler.autoscaling"), ("PersistentVolumeClaim", "persistentvolumeclaim")):
    made = {one["metadata"]["name"] for one in objects if one["kind"] == kind}
    shown = set(re.findall(rf"^{re.escape(told)}/(\S+)", page, re.M))
    expect(made == shown, f"kubernetes.md shows of {told} {sorted(shown)}, and there are {sorted(made)}")

# As a part of another chart.
with tempfile.TemporaryDirectory() as folder:
    parent = pathlib.Path(folder) / "parent"
    shutil.copytree(chart, parent / "charts/streamverse")
    (parent / "Chart.yaml").write_text("apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n- {name: streamverse, version: 0.1.0, condition: streamverse.enabled}\n")
    (parent / "values.yaml").write_text("global: {anything: true}\nstreamverse: {enabled: true}\n")
    objects, _, complaint = render(of=parent)
    expect(len(objects) >= 8, f"as a subchart: {complaint}")
    objects, _, complaint = render("--set", "streamverse.enabled=false", of=parent)
    expect(not objects and not complaint, f"a subchart that is off: {len(objects)} objects {complaint}")
objects, _, complaint = render("--set", "enabled=false")
expect(not objects and not complaint, f"switched off: {len(objects)} objects {complaint}")

for told in wrong:
    print(f"helm/streamverse: {told}", file=sys.stderr)
if wrong:
    sys.exit(1)
print(f"{held} facts of {len(cases)} releases, {len(REFUSED)} refusals")
