"""What may be asked for, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.crawl.safety import file_name, ip_of, refused_address, refused_host

REPLICA = ("127.0.0.0/8", "::1", "localhost")
OPEN = [
    "http://www.linyi.example/zwgk/",
    "https://www.linyi.example:8443/a?b=c#d",
    "http://www.linyi.example./",
    "HTTP://WWW.LINYI.EXAMPLE",
    "http://8.8.8.8/a",
    "http://8.8.8.8:81/",
    "http://[2400:3200::1]/",
    "http://10.linyi.example/",
    "http://0x7f.linyi.example/",
    "http://政务.example/",
]
REFUSED = [
    ("ftp://www.linyi.example/a", "neither http"),
    ("file:///etc/passwd", "neither http"),
    ("javascript:alert(1)", "neither http"),
    ("//www.linyi.example/a", "neither http"),
    ("http:///a", "no host"),
    ("http://user@www.linyi.example/", "user"),
    ("http://8.8.8.8@127.0.0.1/", "user"),
    ("http://www.linyi.example\\@127.0.0.1/", "backslash"),
    ("http://www.linyi.example/a b", "space"),
    ("http://www.linyi.example/\r\nhost: x", "space"),
    ("http://www.linyi.\u200bexample/", "control"),
    ("http://www.linyi.example:22/", "port 22"),
    ("http://www.linyi.example:0/", "port 0"),
    ("http://www.linyi.example:99999/", "not an address"),
    ("http://[::1/", "not an address"),
    ("http://www.linyi.example/" + "a" * 2000, "longer"),
    ("http://127.0.0.1/", "not public"),
    ("http://127.1/", "not public"),
    ("http://2130706433/", "not public"),
    ("http://0x7f000001/", "not public"),
    ("http://0x7f.0.0.1/", "not public"),
    ("http://0177.0.0.1/", "not public"),
    ("http://017700000001/", "not public"),
    ("http://127.0.0.1./", "not public"),
    ("http://１２７．０．０．１/", "not public"),
    ("http://127。0。0。1/", "not public"),
    ("http://0/", "not public"),
    ("http://0.0.0.0/", "not public"),
    ("http://10.1.2.3/", "not public"),
    ("http://172.16.0.1/", "not public"),
    ("http://192.168.1.1/", "not public"),
    ("http://169.254.169.254/latest/meta-data", "not public"),
    ("http://100.64.0.1/", "not public"),
    ("http://192.0.2.1/", "not public"),
    ("http://198.18.0.1/", "not public"),
    ("http://224.0.0.1/", "not public"),
    ("http://240.0.0.1/", "not public"),
    ("http://255.255.255.255/", "not public"),
    ("http://[::1]/", "not public"),
    ("http://[::]/", "not public"),
    ("http://[::ffff:127.0.0.1]/", "not public"),
    ("http://[::ffff:7f00:1]/", "not public"),
    ("http://[::ffff:10.0.0.1]/", "not public"),
    ("http://[::127.0.0.1]/", "not public"),
    ("http://[64:ff9b::7f00:1]/", "not public"),
    ("http://[64:ff9b::10.0.0.1]/", "not public"),
    ("http://[2002:7f00:1::]/", "not public"),
    ("http://[fe80::1]/", "not public"),
    ("http://[fc00::1]/", "not public"),
    ("http://[fec0::1]/", "not public"),
    ("http://[ff02::1]/", "not public"),
    ("http://[2001:db8::1]/", "not public"),
    ("http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "not public"),
    ("http://256.1.1.1/", "no host"),
    ("http://1.2.3.4.5/", "no host"),
    ("http://08.0.0.1/", "no host"),
    ("http://99999999999/", "no host"),
    ("http://www..example/", "no host"),
    ("http://www.linyi_!.example/", "no host"),
    ("http://localhost/", "private network"),
    ("http://intranet/", "private network"),
    ("http://printer.local/", "private network"),
    ("http://metadata.google.internal/", "private network"),
]


@pytest.mark.parametrize("address", OPEN)
def test_open_addresses_pass(address: str) -> None:
    assert refused_address(address) is None


@pytest.mark.parametrize(("address", "reason"), REFUSED)
def test_all_others_are_refused_with_the_reason(address: str, reason: str) -> None:
    assert reason in str(refused_address(address))


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9001/", "http://127.3.2.1/", "http://[::1]/", "http://localhost:9001/",
     "http://2130706433/"],
)  # fmt: skip
def test_a_source_can_allow_hosts(address: str) -> None:
    assert refused_address(address) is not None
    assert refused_address(address, REPLICA) is None


@pytest.mark.parametrize("address", ["http://10.0.0.1/", "http://192.168.0.1/", "http://intranet/"])
def test_it_allows_no_others(address: str) -> None:
    assert refused_address(address, REPLICA) is not None


@pytest.mark.parametrize(
    ("resolved", "reason"),
    [
        ([], "nothing"),
        (["8.8.8.8", "127.0.0.1"], "127.0.0.1"),
        (["::ffff:192.168.0.1"], "not public"),
        (["fe80::1%eth0"], "not public"),
        (["169.254.169.254"], "not public"),
        (["nonsense"], "no address"),
    ],
)
def test_every_address_that_a_name_resolves_to_counts(resolved: list[str], reason: str) -> None:
    assert reason in str(refused_host("www.linyi.example", resolved))


def test_a_name_at_public_addresses_passes() -> None:
    assert refused_host("www.linyi.example", ["8.8.8.8", "2400:3200::1"]) is None


def test_a_name_that_leads_to_an_allowed_network_passes() -> None:
    assert refused_host("www.linyi.example", ["127.0.0.9"], REPLICA) is None
    assert refused_host("www.linyi.example", ["10.0.0.9"], REPLICA) is not None
    assert refused_host("town.example", ["10.0.0.9"], ["town.example"]) is None


@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_all_forms_of_a_number_are_one_address(value: int) -> None:
    dotted = ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))
    octal = ".".join(f"0{value >> shift & 255:o}" for shift in (24, 16, 8, 0))
    forms = [dotted, octal, str(value), hex(value), f"0{value:o}"]
    assert {str(ip_of(form)) for form in forms} == {dotted}
    assert len({refused_address(f"http://{form}/") is None for form in forms}) == 1


@given(st.text(max_size=80))
def test_no_text_breaks_the_judgement(text: str) -> None:
    for address in (text, f"http://{text}/", f"http://{text}.example/", f"http://[{text}]/"):
        reason = refused_address(address)
        assert reason is None or "\n" not in reason.replace(text, "")


@given(st.text(max_size=300))
def test_names_of_files_hold_nothing_of_the_address(address: str) -> None:
    name = file_name(address)
    assert len(name) == 64
    assert set(name) <= set("0123456789abcdef")
