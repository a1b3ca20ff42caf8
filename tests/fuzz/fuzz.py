"""Asks the API what its own description allows, and more, of a shop of its own.

    SOUK_BIN   the shop to start
    FUZZ_SEED  the seed of what is asked (4004 by default); it is printed
    FUZZ_CASES how many requests are made up for an operation (40 by default)

Two callers: an account, and somebody whose session is none. Nothing may end in a 5xx, and no answer may
have a status, a type, a header or a body that the description does not know. Run by `cargo xtask test`
and by `cargo xtask fuzz` in an environment of its own, see requirements.txt.
"""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).parent
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
# What ends the caller's own session is asked by the caller who has none to lose.
ENDS_A_SESSION = r"^/api/v1/(sessions/current|me/sessions|me/password|me)(/|$)"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def call(method, address, body=None, token=None):
    headers = {"content-type": "application/json"} if body is not None else {}
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(address, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def open_shop(binary, data):
    port = free_port()
    env = dict(
        os.environ,
        SOUK_LISTEN=f"127.0.0.1:{port}",
        SOUK_SANDBOX_LISTEN=f"127.0.0.1:{free_port()}",
        SOUK_DATA=data,
        SOUK_DEMO="shelf",
        SOUK_CARRIER_SPEED="0",
        SOUK_RATE_LIMITS="off",
    )
    shop = subprocess.Popen([binary], cwd=data, env=env, stdout=subprocess.DEVNULL)
    api = f"http://127.0.0.1:{port}/api"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if call("GET", f"{api}/v1/search?in_stock=true")["hits"]:
                return shop, api
        except (urllib.error.URLError, OSError, KeyError):
            pass
        time.sleep(0.2)
    shop.kill()
    raise SystemExit("the shop did not open")


def account(api):
    guest = call("POST", f"{api}/v1/guests")["token"]
    who = {"email": "fuzz@example.com", "name": "Fuzz", "password": "correct horse battery"}
    return call("POST", f"{api}/v1/accounts", who, guest)["token"]


def ask(api, who, token, more, known):
    print(f"--- as {who}", flush=True)
    command = [
        str(pathlib.Path(sys.executable).with_name("st")),
        "run",
        f"{api}/openapi.json",
        "--seed", os.environ.get("FUZZ_SEED", "4004"),
        "--max-examples", os.environ.get("FUZZ_CASES", "40"),
        "--phases", "examples,coverage,fuzzing,stateful",
        "--checks", ",".join(CHECKS),
        "--request-timeout", "10",
        "--generation-database", "none",
        "--no-color",
        "--continue-on-failure",
        "-H", f"Authorization: Bearer {token}",
        *more,
    ]
    env = dict(os.environ, PYTHONPATH=str(HERE), SCHEMATHESIS_HOOKS="hooks", FUZZ_KNOWN=json.dumps(known))
    return subprocess.run(command, env=env, cwd=tempfile.gettempdir(), check=False).returncode


def main():
    with tempfile.TemporaryDirectory(prefix="souk-fuzz-") as data:
        shop, api = open_shop(os.environ["SOUK_BIN"], data)
        try:
            hits = call("GET", f"{api}/v1/search?in_stock=true")["hits"]
            known = {
                "product": [hit["product_id"] for hit in hits[:5]],
                "offer": [hit["offer_id"] for hit in hits[:5]],
            }
            kept = ask(api, "an account", account(api), ["--exclude-path-regex", ENDS_A_SESSION], known)
            lost = ask(api, "nobody", "0" * 32, [], known)
            # It still sells, and it still stands.
            assert shop.poll() is None, "the shop ended"
            call("GET", f"{api}/v1/search?in_stock=true")
        finally:
            shop.send_signal(signal.SIGTERM)
            shop.wait(30)
    sys.exit(kept or lost)


if __name__ == "__main__":
    main()
