"""What holds for every test: nothing reaches beyond this machine."""

import ipaddress
import os
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes is not what is tested, and another process may use the same core.
# Where a change is judged the examples are the same for every change; elsewhere they are new ones.
settings.register_profile(
    "here",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("here")

NAMES_OF_THIS_MACHINE = {"", "localhost"}


def _refuse_the_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Stop this process from asking for a name or an address that is not its own machine's.

    An audit hook sees what the socket module does for any library. It does not see other
    processes: a test that starts one answers for it.
    """
    match event, arguments:
        case "socket.getaddrinfo", (str(host), *_):
            pass
        case "socket.connect" | "socket.sendto" | "socket.sendmsg", (_, (str(host), *_), *_):
            pass
        case _:  # no name, or a UNIX socket
            return
    if not _is_this_machine(host):
        pytest.fail(f"a test reached for the network: {event} {host}")


def _is_this_machine(host: str) -> bool:
    if host in NAMES_OF_THIS_MACHINE:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


sys.addaudithook(_refuse_the_network)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give tests out by files, the slow files first, when several processes share them.

    What takes long to make for a session is made in one process: files whose tests need it
    stay together.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    if config.pluginmanager.hasplugin("xdist"):
        need_story = {item.path for item in items if "story_once" in _fixtures(item)}
        for item in items:
            shared = item.path.parent if item.path.parent.name == "train" else item.path
            group = "story" if item.path in need_story else str(shared)
            item.add_marker(pytest.mark.xdist_group(group))


def _fixtures(item: pytest.Item) -> list[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else []
