import pytest

from rebalancing.data.fetch.address import Address, AddressError

DEFAULT = "https://api.example.org/v2"


def find(text: str | None) -> Address:
    return Address.find("UNSD", DEFAULT, {} if text is None else {"REBALANCING_UNSD_URL": text})


@pytest.mark.parametrize("text", [None, ""])
def test_the_publishers_own_by_default(text: str | None) -> None:
    assert find(text) == Address(DEFAULT, "REBALANCING_UNSD_URL")


def test_a_mirror_with_or_without_a_slash() -> None:
    assert find("http://127.0.0.1:8000/v2/").url == "http://127.0.0.1:8000/v2"


def test_credentials_are_kept_apart_and_not_shown() -> None:
    address = find("https://reader:s3cret@mirror.example.org/data")
    assert address.url == "https://mirror.example.org/data"
    assert address.credentials == ("reader", "s3cret")
    assert address.secrets == ("s3cret",)
    assert "s3cret" not in repr(address)


@pytest.mark.parametrize(
    ("part", "credentials"),
    [
        (":s3cret", ("", "s3cret")),
        ("s3cret", ("s3cret", "")),
        ("reader:p%40s3cret", ("reader", "p@s3cret")),
    ],
)
def test_a_password_or_a_token_alone_is_not_shown_either(
    part: str, credentials: tuple[str, str]
) -> None:
    address = find(f"https://{part}@mirror.example.org/data")
    assert address.url == "https://mirror.example.org/data"
    assert address.credentials == credentials
    assert address.secrets == (credentials[1] or credentials[0],)


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:8000/v2",
        "ftp://mirror.example.org",
        "http://",
        "http://mirror.example.org/?key=1",
        "http://mirror.example.org:port/",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(AddressError, match="REBALANCING_UNSD_URL must be an address such as"):
        find(text)
