"""One who sends batches: what the processes of `bench/gateway.py` do. Prints how many answers came in how many seconds."""

from __future__ import annotations

import http.client
import json
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit


def main(address: str, key: str, file: str, seconds: str) -> None:
    """Send the same batch again and again."""
    body = Path(file).read_bytes()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
    answers, begun = 0, time.monotonic()
    while time.monotonic() - begun < float(seconds):
        connection.request("POST", "/api/v1/verifications/batch", body, headers)
        answer = connection.getresponse()
        if answer.status == 503:
            answer.read()
            time.sleep(0.2)
            continue
        assert answer.status == 200, answer.read()[:300]
        while part := answer.read(65_536):
            assert b'"error"' not in part
            answers += part.count(b"\n")
    print(json.dumps({"answers": answers, "seconds": time.monotonic() - begun}))


if __name__ == "__main__":
    main(*sys.argv[1:])
