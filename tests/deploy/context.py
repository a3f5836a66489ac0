"""Holds .dockerignore against what the build reads: members of the workspace, and files that the code takes in.

  context.py        in the repository's root; prints how many files were looked for
"""
import fnmatch
import pathlib
import re
import subprocess
import sys

root = pathlib.Path.cwd()
rules = [line for line in (root / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]


def covers(rule, path):
    """A rule covers a path, or a folder above it; `**/` is any number of folders."""
    parts = path.split("/")
    heads = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    if rule.startswith("**/"):
        return any(fnmatch.fnmatch(part, rule[3:]) for part in parts)
    # `*` does not go over a slash.
    return any(head.count("/") == rule.count("/") and fnmatch.fnmatch(head, rule) for head in heads)


def sent(path):
    """The last rule that covers a path decides."""
    told = [not rule.startswith("!") for rule in rules if covers(rule.removeprefix("!"), path)]
    return not told or not told[-1]


tracked = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True, check=True).stdout.splitlines()
needed = {path for path in tracked if path.endswith(("Cargo.toml", "Cargo.lock")) and not path.startswith("clients/")}
for path in tracked:
    crate = not path.startswith(("tests/", "clients/")) and path.endswith(".rs")
    if crate:
        needed.add(path)
        text = (root / path).read_text()
        for name in re.findall(r'include(?:_str|_bytes)?!\(\s*"([^"]+)"', text):
            needed.add(str((root / path).parent.joinpath(name).resolve().relative_to(root)))
        for name in re.findall(r'#\[folder = "([^"]+)"\]', text):
            # Relative to the crate, which is the folder above src.
            folder = (root / path.split("/src/")[0] / name).resolve().relative_to(root)
            needed.update(file for file in tracked if file.startswith(f"{folder}/"))
# Benches and tests of a crate may take in what only they need.
needed = {path for path in needed if "/benches/" not in path and "/tests/" not in path}
missing = sorted(path for path in needed if not sent(path))
for path in missing:
    print(f".dockerignore keeps {path} from the build", file=sys.stderr)
if missing:
    sys.exit(1)
print(len(needed))
