"""Prints the check-ins a manager may see, over restarts and expired tokens.

pip install websockets; python3 live_client.py http://127.0.0.1:8080 manager1@ekenko.test ekenko-demo
"""
import json, random, sys, time, urllib.error, urllib.request
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

SERVER, EMAIL, PASSWORD = sys.argv[1:]
ACCOUNT = {"email": EMAIL, "password": PASSWORD}

def api(path, body=None, token=None):
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(urllib.request.Request(f"{SERVER}/api/v1{path}", data, headers)) as answer:
        return json.load(answer)

def fresh(tokens):
    try:
        return api("/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    except urllib.error.HTTPError:
        return api("/auth/login", ACCOUNT)

def snapshot():
    board = api("/board", token=tokens["access_token"])
    print(sum(rep["visits"] for rep in board["reps"]), "check-ins so far", flush=True)
    return board["streams"]                     # the offsets it is true at

tokens = api("/auth/login", ACCOUNT)
seen, code, wait = snapshot(), None, 1          # seen: the last offset of each stream
while True:
    try:
        if code == 4401:
            tokens = fresh(tokens)
        code = None                             # stays so when the connection just breaks
        with connect(SERVER.replace("http", "ws", 1) + "/api/v1/live") as socket:
            socket.send(json.dumps({"hello": {"token": tokens["access_token"], "resume": seen}}))
            while True:
                [(name, frame)] = json.loads(socket.recv()).items()
                if name == "welcome":
                    wait = 1
                    print("live", flush=True)
                    for stream, head in frame["streams"].items():
                        seen.setdefault(stream, head)   # new to us: only what happens from now on
                elif name == "event" and frame["offset"] > seen.get(frame["stream"], 0):
                    seen[frame["stream"]] = frame["offset"]
                    if frame["kind"] == "visit.checked_in" and frame["stream"].startswith("team:"):
                        visit = frame["data"]
                        print(visit["employee"]["name"], visit["location"]["name"], visit["verdict"], flush=True)
                elif name == "resync":          # too much was missed: load afresh and go on from there
                    seen = snapshot()
    except ConnectionClosed as closed:
        code = closed.rcvd.code if closed.rcvd else None
    except (OSError, InvalidHandshake) as error:
        print("cannot connect:", error, file=sys.stderr)
    if code in (4400, 1002, 1007, 1009):
        sys.exit("this client does not speak the protocol")
    time.sleep({4002: 9, 4003: 9}.get(code, 0) + wait * random.random())   # not everybody at once
    wait = min(wait * 2, 30)
