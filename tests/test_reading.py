from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rebalancing.errors import DataError
from rebalancing.reading import UnreadableError, read_json, read_table, read_yaml


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def refusal(read: Any, file: Path, content: str | bytes, *arguments: Any) -> str:
    """Return the message with which a content is refused: one short line, at once."""
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    start = time.process_time()
    with pytest.raises(UnreadableError) as caught:
        read(file, "study.yml", *arguments)
    assert time.process_time() - start < 2
    message = str(caught.value)
    assert message.startswith("study.yml: ")
    assert "\n" not in message
    assert len(message) < 300
    return message


class TestYaml:
    def test_plain_values_are_read(self, file: Path) -> None:
        file.write_text(
            "\ufeffa: 1\nb: -2.5\nc: 1.5e+3\nd: true\ne: ~\nf: 2024-07-01\ng: '010'\n"
            "h: [x, {y: z}]\ni: >-\n  folded\n  text\n5: 10.01.2\n"
        )
        assert read_yaml(file, "x") == {
            "a": 1,
            "b": -2.5,
            "c": 1500.0,
            "d": True,
            "e": None,
            "f": date(2024, 7, 1),
            "g": "010",
            "h": ["x", {"y": "z"}],
            "i": "folded text",
            5: "10.01.2",
        }

    def test_nothing_is_none(self, file: Path) -> None:
        file.write_text("# only a comment\n")
        assert read_yaml(file, "x") is None

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("a: 1\nb: 2\na: 3\n", "line 3, column 1: the key 'a' stands twice"),
            ("b: {a: 1, 'a': 2}\n", "line 1, column 11: the key 'a' stands twice"),
            ("a: 1\nb: 2024-02-30\n", "line 2, column 4: 2024-02-30 is not a day that exists"),
            ("a: [2024-13-01]\n", "2024-13-01 is not a day that exists"),
            ("a: 2024-02-01 10:00:00\n", "is a time; write a day"),
            ("a: 1_\n", "line 1, column 4: 1_ is not a plain number"),
            ("a: 190:20:30\n", "190:20:30 is not a plain number"),
            ("a: 190:20:30.5\n", "is not a plain number"),
            ("a: 010\n", "010 is not a plain number"),
            ("a: 0x1f\n", "is not a plain number"),
            ("a: 0b1\n", "is not a plain number"),
            ("a: .inf\n", "is not a plain number"),
            ("a: .NaN\n", "is not a plain number"),
            ("a: 1.0e+999\n", "is not a plain number"),
            (f"a: {'1' * 5000}\n", "is a number of 5000 characters"),
            ("010: a\n", "line 1, column 1: 010 is not a plain number"),
            ("economy: NO\n", "line 1, column 10: NO is a truth value in YAML"),
            ("a: [on]\n", "on is a truth value in YAML"),
            ("a: &x [1]\nb: *x\n", "line 1, column 4: anchors and aliases are not allowed"),
            ("a: !!str 1\n", "tags are not allowed"),
            ("a: !!python/name:os.system x\n", "tags are not allowed"),
            ("a: !own [1]\n", "tags are not allowed"),
            ("a: 1\n---\nb: 2\n", "line 2, column 1: a second document begins"),
            ("<<: {a: 1}\n", "merges mappings"),
            ("? [a]\n: 1\n", "a list or mapping is where a name should be"),
            ("{{ x }}\n", "a list or mapping is where a name should be"),
            ("a: " + "[" * 5000, "nested more than 50 deep"),
            ("- " * 2000, "nested more than 50 deep"),
            ("a: [1\n", "not valid YAML"),
            ("a: 1\n\tb: 2\n", "line 2, column 1: not valid YAML"),
            ('a: "\\ud800"\n', "not valid YAML"),
            (f"{'k' * 900}: 1\n{'k' * 900}: 2\n", "stands twice"),
            (f"a: {'x' * 300_000}", "more than 250,000 bytes"),
        ],
    )
    def test_what_is_refused(self, file: Path, content: str, said: str) -> None:
        assert said in refusal(read_yaml, file, content)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("a: é".encode("utf-16"), "UTF-16; save it as UTF-8"),
            ("a: 1\nb: é".encode("latin-1"), "line 2: not UTF-8 (byte 0xe9)"),
            ("a: 1\nb: 2".encode("utf-16-le"), "a control character (0x00)"),
            (b"a: 1\nb: \x1b", "line 2: a control character (0x1b)"),
            (b"a: \xef\xbf\xbf", "not valid YAML"),
        ],
    )
    def test_what_is_not_text(self, file: Path, content: bytes, said: str) -> None:
        assert said in refusal(read_yaml, file, content)

    def test_aliases_that_blow_up_cost_nothing(self, file: Path) -> None:
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
        assert "aliases are not allowed" in refusal(read_yaml, file, "\n".join(lines))

    def test_a_folder_and_nothing_at_all(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableError, match="a folder is where a file should be"):
            read_yaml(tmp_path, "x")
        with pytest.raises(FileNotFoundError):
            read_yaml(tmp_path / "x", "x")

    def test_the_error_is_the_reader_s(self, file: Path) -> None:
        file.write_text("a: [")
        with pytest.raises(DataError, match=r"x: line 2, column 1: not valid YAML"):
            read_yaml(file, "x", DataError)


class TestJson:
    def test_plain_values_are_read(self, file: Path) -> None:
        file.write_text('{"a": [1, -2.5, null, true, "\\ud83d\\ude00 é"]}')
        assert read_json(file, "x") == {"a": [1, -2.5, None, True, "😀 é"]}

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ('{"a": 1, "b": {"c": 1, "c": 2}}', "the key 'c' stands twice"),
            ('{"a": NaN}', "NaN is not a number in JSON"),
            ("[-Infinity]", "-Infinity is not a number in JSON"),
            ("[1e999]", "1e999 is too large a number"),
            (f"[{'1' * 5000}]", "a number of 5000 characters"),
            ("[" * 100_000, "nested more than 50 deep"),
            ("[" * 60 + "]" * 60, "nested more than 50 deep"),
            ('{"a":' * 300 + "1" + "}" * 300, "nested more than 50 deep"),
            ('{"a": ["\\ud800"]}', "half a character"),
            ('{"\\udc00": 1}', "half a character"),
            ('"\\ud800"', "half a character"),
            ('{"a": 1,\n "b" 2}', "line 2, column 6: not valid JSON"),
            ("", "line 1, column 1: not valid JSON"),
            ('["\0"]', "a control character (0x00)"),
            (" " * 5_000_001, "more than 5,000,000 bytes"),
        ],
    )
    def test_what_is_refused(self, file: Path, content: str, said: str) -> None:
        assert said in refusal(read_json, file, content)


class TestTable:
    def test_rows_are_read_by_column(self, file: Path) -> None:
        file.write_text('\ufeffa,b\r\n1,"x, ""y""\u2028z"\r\n\r\n2,\r\n', newline="")
        assert read_table(file, "x", ["a", "b"]) == [
            {"a": "1", "b": 'x, "y"\u2028z'},
            {"a": "2", "b": ""},
        ]

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("", "line 1: the heading must be a,b"),
            ("b,a\n", "line 1: the heading must be a,b"),
            ("a,b\n1,2\n1\n", "line 3: 1 cells instead of 2"),
            ("a,b\n1,2,3\n", "line 2: 3 cells instead of 2"),
            ('a,b\n1,"2\n', "line 2: unexpected end of data"),
            ('a,b\n1,"2"3\n', "line 2: "),
        ],
    )
    def test_what_is_refused(self, file: Path, content: str, said: str) -> None:
        assert said in refusal(read_table, file, content, ["a", "b"])
