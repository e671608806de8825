"""What `make run` starts: the database made ready, then the server and the worker, which stop together."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

HOST = "127.0.0.1"
PREPARE = [sys.executable, "-m", "flask", "--app", "wsgi", "prepare"]
WORKER = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
SERVER = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4"]
SERVER += ["--workers-kill-timeout", "3", "--respawn-failed-workers", "--log-level", "warning", "--host", HOST]
PATIENCE = 10  # seconds that children may take to stop once asked
FALLS, A_MINUTE = 5, 60  # how often a child may end by itself within a minute before all of it stops

Children = dict[str, subprocess.Popen[bytes]]


def free_port(text: str) -> int:
    """Read the port to serve on; leave in one sentence when it is no port, or not to be had."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        sys.exit(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the last run's closing connections do no harm
        try:
            probe.bind((HOST, int(text)))
        except OSError as error:
            sys.exit(f"Port {text} cannot be used: {error.strerror}. Choose another with make run PORT=...")
    return int(text)


def answers(port: int) -> bool:
    """Whether a request gets an answer, whatever it says: the port is open some time before that."""
    with suppress(OSError, HTTPException), closing(HTTPConnection(HOST, port, timeout=1)) as line:
        line.request("GET", "/healthz")
        return line.getresponse().status > 0
    return False


def start(words: list[str]) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C reaches this process alone."""
    return subprocess.Popen(words, start_new_session=True)


def watch(children: Children, commands: dict[str, list[str]], port: int) -> str:
    """Say when the server answers; start a child again that ends by itself. Return when one does so again and again."""
    ready = False
    falls: list[float] = []
    while True:
        for name, child in children.items():
            if child.poll() is None:
                continue
            falls = [fall for fall in falls if fall > time.monotonic() - A_MINUTE] + [time.monotonic()]
            told = f"The {name} stopped by itself (exit code {child.returncode})"
            if len(falls) >= FALLS or not ready:
                return f"{told}, so all of Plenary stops."
            print(f"{told} and is started again.", flush=True)
            end_rest(child)
            time.sleep(1)
            children[name] = start(commands[name])
        if not ready and (ready := answers(port)):
            print(f"Plenary is ready on http://{HOST}:{port}. Ctrl-C stops it.", flush=True)
        time.sleep(0.1)


def end_rest(child: subprocess.Popen[bytes]) -> None:
    """End whatever is left of a child's session; nothing is, as a rule."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def stop(children: Children) -> None:
    """Ask the children to finish, wait PATIENCE seconds in all, then end whatever is left of each one's session."""
    for child in children.values():
        child.terminate()
    deadline = time.monotonic() + PATIENCE
    for child in children.values():
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0, deadline - time.monotonic()))
        end_rest(child)
        child.wait()


def main() -> None:
    port = free_port(os.environ.get("PORT", "8000"))
    os.environ.setdefault("PLENARY_BASE_URL", f"http://{HOST}:{port}")
    os.chdir(Path(__file__).parent)
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell lets what it starts in the background ignore the first
        signal.signal(number, signal.default_int_handler)
    children: Children = {}
    fault: str | int = 0
    try:
        children["preparation"] = start(PREPARE)
        if not (fault := children["preparation"].wait()):
            del children["preparation"]
            commands = {"server": [*SERVER, "--port", str(port), "wsgi:application"], "worker": WORKER}
            children |= {name: start(words) for name, words in commands.items()}
            fault = watch(children, commands, port)
    except KeyboardInterrupt:
        print("\nPlenary stops.", flush=True)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        stop(children)
    sys.exit(fault)


if __name__ == "__main__":
    main()
