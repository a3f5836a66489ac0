"""Makes kubeconform's schemas of Kubernetes' own OpenAPI document and of CRDs, so that none has to be fetched.

  schemas.py TARGET SWAGGER.json CRD.yaml...
"""
import json
import pathlib
import sys

import yaml

target = pathlib.Path(sys.argv[1])
target.mkdir(parents=True, exist_ok=True)
swagger = json.loads(pathlib.Path(sys.argv[2]).read_text())


def strict(schema):
    """Refuses fields that are not declared, and takes numbers where Kubernetes does."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items() if key not in ("description", "properties")}
    if "properties" in schema:
        # Names of fields, among which may be `description` and `$ref`.
        made["properties"] = {name: strict(of) for name, of in schema["properties"].items()}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = made["$ref"].replace("#/definitions/", "_definitions.json#/definitions/")
    if "properties" in made and "additionalProperties" not in made and not made.get("x-kubernetes-preserve-unknown-fields"):
        made["additionalProperties"] = False
    if made.pop("x-kubernetes-int-or-string", None) or made.get("format") == "int-or-string":
        made = {"type": ["string", "integer"]}
    return made


definitions = strict(swagger["definitions"])
definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] = {"type": ["string", "number"]}
definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] = {"type": ["string", "integer"]}
(target / "_definitions.json").write_text(json.dumps({"definitions": definitions}))
kinds = 0


def write(group, version, kind, schema):
    global kinds
    kinds += 1
    # kubeconform's name: kind, the first part of the group, version.
    parts = [kind, group.split(".")[0], version] if group else [kind, version]
    (target / ("-".join(parts).lower() + ".json")).write_text(json.dumps(schema))


for name, definition in swagger["definitions"].items():
    for of in definition.get("x-kubernetes-group-version-kind", []):
        write(of["group"], of["version"], of["kind"], {"$ref": f"_definitions.json#/definitions/{name}"})

for path in sys.argv[3:]:
    for crd in yaml.safe_load_all(pathlib.Path(path).read_text()):
        for version in crd["spec"]["versions"]:
            schema = strict(version["schema"]["openAPIV3Schema"])
            # CRDs leave an object's head to the server.
            for head in ("apiVersion", "kind"):
                schema["properties"][head] = {"type": "string"}
            schema["properties"]["metadata"] = {"$ref": "_definitions.json#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
            write(crd["spec"]["group"], version["name"], crd["spec"]["names"]["kind"], schema)
print(kinds)
