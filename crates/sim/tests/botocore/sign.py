"""Signs random requests with AWS's own Python library.

    python3 sign.py SEED COUNT > requests.json

Equal seeds make equal requests, signatures included. Everything that a request may hold is drawn:
paths with characters that must be encoded, parameters without a value and twice, headers twice and
with spaces in them, bodies of any bytes, session tokens.
"""

import base64
import datetime
import json
import random
import sys
from urllib.parse import urlsplit

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.utils import percent_encode, percent_encode_sequence

ODD = "aZ09-._~ %/+:=&?#@!$'()*,;[]|\\\"<>^`{}éß次のページ🦀"
HOSTS = [
    "https://profile.ap-northeast-1.amazonaws.com",
    "https://connect.ap-northeast-1.amazonaws.com",
    "http://127.0.0.1:4566",
    "http://localhost:9402",
]
HEADERS = [
    "Accept",
    "Content-Type",
    "X-Amz-Target",
    "X-Amz-User-Agent",
    "Cache-Control",
    # Proxies rewrite these two: they are not signed.
    "User-Agent",
    "X-Amzn-Trace-Id",
]


def text(draw, longest):
    return "".join(draw.choice(ODD) for _ in range(draw.randint(0, longest)))


def path(draw):
    parts = [percent_encode(text(draw, 12)) for _ in range(draw.randint(0, 5))]
    if draw.random() < 0.2:
        parts.insert(draw.randint(0, len(parts)), draw.choice(["", ".", ".."]))
    return "/" + "/".join(parts)


def query(draw):
    pairs = [(text(draw, 6) or "k", text(draw, 10)) for _ in range(draw.randint(0, 4))]
    if pairs and draw.random() < 0.3:
        pairs.append((pairs[0][0], text(draw, 4)))
    encoded = percent_encode_sequence(pairs)
    # A parameter without its equals sign is one without a value, and botocore never writes it.
    return encoded


def headers(draw):
    names = draw.sample(HEADERS, draw.randint(0, len(HEADERS)))
    found = []
    for name in names:
        for _ in range(2 if draw.random() < 0.2 and name != "Content-Type" else 1):
            words = [draw.choice(["a", "b=1", "c;d", '"e f"', "g,h"]) for _ in range(draw.randint(1, 4))]
            found.append((name, (" " * draw.randint(1, 3)).join(words)))
    return found


def request(draw):
    host = draw.choice(HOSTS)
    service = draw.choice(["profile", "connect"])
    with_token = draw.random() < 0.4
    instant = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    instant += datetime.timedelta(seconds=draw.randint(0, 31_536_000))
    botocore.auth.get_current_datetime = lambda: instant
    found = query(draw)
    signed = AWSRequest(
        method=draw.choice(["GET", "POST", "PUT", "DELETE"]),
        url=host + path(draw) + ("?" + found if found else ""),
        data=draw.randbytes(draw.randint(1, 400)) if draw.random() < 0.7 else b"",
    )
    for name, value in headers(draw):
        signed.headers.add_header(name, value)
    keys = Credentials(
        "ASIAIOSFODNN7EXAMPLE" if with_token else "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "local-session-token-EXAMPLE" if with_token else None,
    )
    botocore.auth.SigV4Auth(keys, service, "ap-northeast-1").add_auth(signed)
    address = urlsplit(signed.url)
    return {
        "service": service,
        "now": instant.isoformat(),
        "method": signed.method,
        "path": address.path,
        "query": address.query,
        "headers": [["Host", address.netloc], *([name, value] for name, value in signed.headers.items())],
        "body": base64.b64encode(signed.data).decode(),
    }


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    draw = random.Random(seed)
    json.dump([request(draw) for _ in range(count)], sys.stdout)


main()
