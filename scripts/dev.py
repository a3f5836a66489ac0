"""The loop of scripts/dev: build, run, wait for a change, build, and only then start anew."""

import os
import signal
import subprocess
import sys
import time

from watchfiles import DefaultFilter, watch

SOURCES = ["proto", "gen", "platform", "rules", "services", "edge", "server", "Cargo.toml", "Cargo.lock"]
ENDINGS = (".rs", ".proto", ".toml", ".lock", ".ftl", ".sql", ".html", ".js", ".css", ".json")
PROGRAM = os.path.join(os.environ.get("CARGO_TARGET_DIR", "target"), "debug/streamverse")


class Sources(DefaultFilter):
    def __call__(self, change, path):
        return path.endswith(ENDINGS) and super().__call__(change, path)


def say(text):
    print(f"\033[1m[dev]\033[0m {text}" if sys.stderr.isatty() else f"[dev] {text}", file=sys.stderr, flush=True)


def run(*command):
    return subprocess.run(command).returncode == 0


def build(changed):
    """Compiles; what changed in the protos is generated first."""
    begin = time.time()
    if any(path.endswith(".proto") for path in changed):
        say("make gen")
        if not run("make", "--no-print-directory", "gen"):
            return False
    if not run("cargo", "build", "--workspace", "--bin", "streamverse"):
        return False
    say(f"built in {time.time() - begin:.0f} s")
    return True


def stop(child):
    """Ends the program in order; what does not end by itself is killed."""
    if child and child.poll() is None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(25)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def main():
    arguments = sys.argv[1:] or ["--demo"]
    root = os.getcwd()
    child = None
    if build([]):
        child = subprocess.Popen([PROGRAM, "run", *arguments])
    else:
        say("it does not compile; waiting for a change")
    try:
        for changes in watch(*SOURCES, watch_filter=Sources(), debounce=800, raise_interrupt=False):
            paths = sorted(os.path.relpath(path, root) for _, path in changes)
            say(f"changed: {', '.join(paths[:3])}{' …' if len(paths) > 3 else ''}")
            if not build(paths):
                say("it does not compile; the last one that did goes on")
                continue
            stop(child)
            child = subprocess.Popen([PROGRAM, "run", *arguments])
    finally:
        stop(child)


main()
