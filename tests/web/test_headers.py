"""The policy of pages: this host alone, and the base map's hosts for images."""

import pytest

from server.web import headers


def test_without_a_base_map_no_other_host_is_named() -> None:
    assert "http" not in headers.policy("")


@pytest.mark.parametrize(
    ("template", "hosts"),
    [
        ("https://tiles.example/{z}/{x}/{y}.png", ["https://tiles.example"]),
        ("https://t{0-2}.example/{z}", ["https://t0.example", "https://t1.example", "https://t2.example"]),
        ("https://a.example/1 https://b.example:8443/2", ["https://a.example", "https://b.example:8443"]),
        ("/tiles/{z}/{x}/{y}.png", []),
        ("javascript:alert(1)", []),
    ],
)
def test_the_base_maps_hosts_are_read_from_its_addresses(template: str, hosts: list[str]) -> None:
    assert headers.tile_hosts(template) == hosts


def test_images_alone_may_come_from_the_base_maps_host() -> None:
    parts = headers.policy("https://tiles.example/{z}/{x}/{y}").split("; ")
    assert [part for part in parts if "tiles.example" in part] == [
        "img-src 'self' data: blob: https://tiles.example"
    ]
