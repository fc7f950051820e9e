"""A server that speaks OpenAI's chat completions and answers after a fixed time.

python bench/generation/server.py --latency-ms 20

It prints its port and counts what it answers: GET /counts. It does as little as it can, on one
core, so that what is measured is the client. A share of requests may be refused once, and the
length of replies may vary, both by a seed.
"""

import argparse
import asyncio
import json
import math
import random
import sys
import time

from items import answered, number_in

HEAD = (
    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n"
    "connection: keep-alive\r\n{more}\r\n"
)
WORDS = "and so it stands in the list that is read aloud once a year "


class Bench:
    """What the server was told, and what it has counted."""

    def __init__(self, latency_s: float, refuse: float, spread: float, seed: int) -> None:
        self.latency_s = latency_s
        self.refuse = refuse
        self.spread = spread
        self.seed = seed
        self.answered: dict[int, int] = {}
        self.served = 0
        self.refused: set[int] = set()
        self.under_way = 0
        self.most_at_once = 0
        self.first = self.last = 0.0

    def reply(self, body: str) -> tuple[str, bytes]:
        """The status and the body of the answer to one request."""
        number = number_in(body)
        chance = random.Random(f"{self.seed} {number}")
        if number not in self.refused and chance.random() < self.refuse:
            self.refused.add(number)
            return "503 Service Unavailable", b'{"error": {"message": "try again"}}'
        self.served += 1
        self.answered[number] = self.answered.get(number, 0) + 1
        item = answered(number)
        if self.spread:
            length = 60 * math.exp(chance.gauss(0, self.spread))
            item["answer"] += " " + (WORDS * (int(length) // len(WORDS) + 1))[: int(length)]
        text = json.dumps(item)
        whole = {
            "id": f"chatcmpl-{number}",
            "object": "chat.completion",
            "created": 1,
            "model": "bench",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {"role": "assistant", "content": text},
                }
            ],
            "usage": {
                "prompt_tokens": len(body) // 4,
                "completion_tokens": len(text) // 4,
                "total_tokens": len(body) // 4 + len(text) // 4,
            },
        }
        return "200 OK", json.dumps(whole).encode()

    def counts(self) -> dict[str, float]:
        """What was answered since the start."""
        return {
            "served": self.served,
            "numbers": len(self.answered),
            "refused": len(self.refused),
            "most_at_once": self.most_at_once,
            "span_s": self.last - self.first,
        }


class Connection(asyncio.Protocol):
    """One client connection; requests come one after the other."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer as soon as a request is whole."""
        self._data += data
        while True:
            head, found, rest = self._data.partition(b"\r\n\r\n")
            if not found:
                return
            lower = head.lower()
            length = 0
            if b"content-length:" in lower:
                length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(rest) < length:
                return
            self._data = rest[length:]
            self._request(head.split(b" ", 2), rest[:length])

    def _request(self, line: list[bytes], body: bytes) -> None:
        bench = self._bench
        if line[0] == b"GET" and line[1] == b"/counts":
            self._write("200 OK", json.dumps(bench.counts()).encode())
            return
        if line[0] == b"GET":
            models = {"object": "list", "data": [{"id": "bench", "object": "model"}]}
            self._write("200 OK", json.dumps(models).encode())
            return
        bench.first = bench.first or time.monotonic()
        bench.under_way += 1
        bench.most_at_once = max(bench.most_at_once, bench.under_way)
        asyncio.get_running_loop().call_later(bench.latency_s, self._answer, body)

    def _answer(self, body: bytes) -> None:
        self._bench.under_way -= 1
        try:
            status, reply = self._bench.reply(json.dumps(json.loads(body)["messages"]))
        except (KeyError, ValueError) as error:
            status, reply = (
                "400 Bad Request",
                json.dumps({"error": {"message": str(error)}}).encode(),
            )
        self._bench.last = time.monotonic()
        self._write(status, reply)

    def _write(self, status: str, body: bytes) -> None:
        if not self._transport.is_closing():
            head = HEAD.format(status=status, length=len(body), more="")
            self._transport.write(head.encode() + body)


async def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency-ms", type=float, default=20)
    parser.add_argument("--refuse", type=float, default=0)
    parser.add_argument("--spread", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    bench = Bench(told.latency_ms / 1000, told.refuse, told.spread, told.seed)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(bench), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
