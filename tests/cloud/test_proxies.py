"""Proxies and CA files from environment variables."""

from __future__ import annotations

import os

import pytest
import trustme

from pulumi_tcimages.cloud.proxies import NetworkEnvironment
from pulumi_tcimages.errors import ConfigurationError

PROXY = "http://proxy.example.com:3128"
TIONE = "https://tione.tencentcloudapi.com"


def choose_proxies(url: str = TIONE, **environ: str) -> dict[str, str]:
    return NetworkEnvironment(environ).choose_proxies(url)


def test_no_variable_is_no_proxy():
    assert choose_proxies() == {}


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_variables_in_either_case_and_all_proxy_are_read(variable):
    assert choose_proxies(**{variable: PROXY}) == {"https": PROXY}


def test_http_proxy_is_not_used_for_https():
    assert choose_proxies(HTTP_PROXY=PROXY) == {}
    assert choose_proxies("http://10.0.0.9:80", HTTP_PROXY=PROXY) == {"http": PROXY}


def test_proxy_without_a_scheme_uses_http():
    assert choose_proxies(HTTPS_PROXY="proxy:3128") == {"https": "http://proxy:3128"}


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:80",
        "http://dev.localhost:80",
        "http://127.0.0.1:8000",
        "https://127.8.9.1",
        "http://[::1]:9",
        "http://metadata.tencentyun.com/latest/meta-data",
        "http://169.254.0.23/latest/meta-data",
        "http://[fe80::1]:80",
    ],
)
def test_this_machine_and_its_metadata_never_use_a_proxy(url):
    assert choose_proxies(url, HTTP_PROXY=PROXY, HTTPS_PROXY=PROXY) == {}


@pytest.mark.parametrize(
    "no_proxy",
    [
        "*",
        "tione.tencentcloudapi.com",
        "TIONE.TencentCloudAPI.com",
        "tencentcloudapi.com",
        ".tencentcloudapi.com",
        "*.tencentcloudapi.com",
        "tencentcloudapi.com:443",
        "example.com, tencentcloudapi.com ,",
    ],
)
def test_no_proxy_matches_the_host(no_proxy):
    assert choose_proxies(HTTPS_PROXY=PROXY, NO_PROXY=no_proxy) == {}


@pytest.mark.parametrize(
    "no_proxy",
    [
        "",
        ",",
        ".",
        "cloudapi.com",
        "api.tione.tencentcloudapi.com",
        "tencentcloudapi.com:80",
        "tione",
    ],
)
def test_no_proxy_for_other_hosts_is_ignored(no_proxy):
    assert choose_proxies(HTTPS_PROXY=PROXY, NO_PROXY=no_proxy) == {"https": PROXY}


@pytest.mark.parametrize(
    ("no_proxy", "is_direct"),
    [("10.1.2.3", True), ("10.0.0.0/8", True), ("10.1.2.4", False), ("192.168.0.0/16", False)],
)
def test_no_proxy_may_be_an_address_or_a_network(no_proxy, is_direct):
    chosen = choose_proxies("http://10.1.2.3:80", HTTP_PROXY=PROXY, NO_PROXY=no_proxy)

    assert chosen == ({} if is_direct else {"http": PROXY})


@pytest.mark.parametrize(
    ("proxy", "problem", "fix"),
    [
        (
            "socks5://canary:canary@proxy:1",
            "has the scheme socks5, but only HTTP proxies",
            "give the address of an HTTP proxy in ",
        ),
        (
            "canary://proxy",
            "only HTTP proxies are supported (proxy proxy).",
            "give the address of an HTTP proxy in ",
        ),
        (
            "ftp://proxy",
            "the scheme ftp, but only HTTP proxies",
            "give the address of an HTTP proxy in ",
        ),
        ("http://", "has no host", "host and port"),
        ("http://:3128", "has no host", "host and port"),
        ("http://[canary", "not the address of a proxy", "brackets"),
        ("http://canary/canary@proxy:1", "has the character /", "write %2F for it"),
        ("canary:1#canary@proxy:1", "has the character #", "write %23 for it"),
        ("http://canary:ca?nary@proxy:1", "has the character ?", "write %3F for it"),
        ("http://canary:%E5%AF%86@proxy:1", "outside Latin-1", "another password"),
        ("http://canary:canary@proxy:99999", "not a number from 1 to 65535", "correct the port"),
        ("http://proxy:0", "not a number from 1 to 65535", "correct the port"),
        ("http://proxy:port", "not a number from 1 to 65535", "correct the port"),
    ],
)
def test_invalid_proxy_is_rejected_without_showing_it(proxy, problem, fix):
    with pytest.raises(ConfigurationError) as caught:
        choose_proxies(HTTPS_PROXY=proxy)

    assert caught.value.source == "environment HTTPS_PROXY"
    assert problem in caught.value.problem
    assert fix in str(caught.value.fix)
    assert "and run: export HTTPS_PROXY=http://" in str(caught.value.fix)
    assert str(caught.value.fix).endswith("run: unset HTTPS_PROXY")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("proxy", "address"),
    [
        ("http://canary:canary@proxy.example.com:3128", "proxy.example.com:3128"),
        ("canary:ca@nary@proxy:3128", "proxy:3128"),
        ("https://canary@[2001:db8::1]:3128/", "[2001:db8::1]:3128"),
        ("proxy:8080", "proxy:8080"),
    ],
)
def test_proxy_is_named_with_its_variable_and_without_its_user(proxy, address):
    network_environment = NetworkEnvironment({"all_proxy": proxy})

    proxy_in_use = network_environment.find_proxy(TIONE)
    assert proxy_in_use
    assert proxy_in_use.name == f"the proxy {address} (all_proxy)"
    assert str(proxy_in_use.advise_test(TIONE)) == (
        f"To test the proxy, run: curl --head --max-time 10 {TIONE}\nIf no "
        "proxy is needed, run: unset all_proxy"
    )
    assert network_environment.find_proxy("http://localhost:80") is None


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_ca_file_is_used(variable, tmp_path):
    path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))

    assert NetworkEnvironment({variable: str(path)}).choose_ca() == str(path)
    assert NetworkEnvironment({}).choose_ca() == ""


@pytest.mark.parametrize(
    ("name", "problem", "fix"),
    [
        ("none.pem", "there is no file", "correct the path in SSL_CERT_FILE. To trust"),
        ("x" * 300, "the value is too long for a path", "run: unset SSL_CERT_FILE"),
        ("empty.pem", "is empty", "replace the file, or set SSL_CERT_FILE to another file. To"),
        ("key.pem", "has no PEM certificates", "run: unset SSL_CERT_FILE"),
        ("damaged.pem", "is damaged", "run: unset SSL_CERT_FILE"),
        ("empty", "the folder", "put files with one PEM certificate each there"),
        ("folder", "no certificates under names that OpenSSL reads", "run: openssl rehash "),
        ("pipe", "neither a file nor a folder", "run: unset SSL_CERT_FILE"),
        ("loop", "cannot be read: too many levels of symbolic links", "run: unset SSL_CERT_FILE"),
    ],
)
def test_unreadable_ca_file_is_an_error_with_the_reason(tmp_path, name, problem, fix):
    (tmp_path / "empty.pem").touch()
    (tmp_path / "key.pem").write_text("-----BEGIN PRIVATE KEY-----")
    (tmp_path / "damaged.pem").write_text("-----BEGIN CERTIFICATE-----\nMIIB\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "folder" / "ca.pem").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")

    with pytest.raises(ConfigurationError) as caught:
        NetworkEnvironment({"SSL_CERT_FILE": str(tmp_path / name)}).choose_ca()

    assert caught.value.source == "environment SSL_CERT_FILE"
    assert problem in caught.value.problem
    assert fix in str(caught.value.fix)


def test_ca_folder_with_hashed_names_is_used(tmp_path):
    (tmp_path / "9f52ab3c.0").touch()

    assert NetworkEnvironment({"SSL_CERT_FILE": str(tmp_path)}).choose_ca() == str(tmp_path)


def test_proxy_host_is_quoted_in_a_command():
    proxy = NetworkEnvironment({"HTTPS_PROXY": "http://$(touch pwned):3128"}).find_proxy(TIONE)

    assert proxy
    assert (
        str(proxy.advise_address("run:")) == "run: export HTTPS_PROXY='http://$(touch pwned):3128'"
    )
