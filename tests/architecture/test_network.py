"""No test can reach beyond this machine by accident."""

import contextlib
import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_an_address_elsewhere_cannot_be_reached(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.socket(family) as client,
        pytest.raises(pytest.fail.Exception, match="network"),
    ):
        client.connect((host, 9))


def test_a_name_elsewhere_is_not_even_looked_up() -> None:
    with pytest.raises(pytest.fail.Exception, match="network"):
        socket.getaddrinfo("host.invalid", 9)


def test_this_machine_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        contextlib.closing(socket.create_connection(server.getsockname())) as client,
    ):
        client.sendall(b"here")
        taken, _ = server.accept()
        with taken:
            assert taken.recv(4) == b"here"
