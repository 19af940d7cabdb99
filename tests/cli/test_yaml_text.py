"""YAML without its traps."""

from __future__ import annotations

import click
import pytest

from partnercenter.cli import yaml_text


def _refusal(text: bytes) -> str:
    with pytest.raises(click.UsageError) as refused:
        yaml_text.read(text, "The file")
    return refused.value.message


def test_a_value_is_what_yaml_says() -> None:
    text = b'{a: 1, b: 1.5, c: yes, d: ~, e: "yes", f: [x, {g: 0x10}]}'
    assert yaml_text.read(text, "The file") == {
        "a": 1,
        "b": 1.5,
        "c": True,
        "d": None,
        "e": "yes",
        "f": ["x", {"g": 16}],
    }


def test_json_is_yaml() -> None:
    assert yaml_text.read(b'{"a": ["\\u00e4", -1.5, true, null]}', "The file") == {"a": ["ä", -1.5, True, None]}


def test_each_value_has_its_line() -> None:
    node = yaml_text.tree(b"a: 1\nb:\n  - x\n  - y\n", "The file")
    assert isinstance(node, yaml_text.Mapping)
    inner = node.members["b"]
    assert isinstance(inner, yaml_text.Sequence)
    assert [item.line for item in inner.items] == [3, 4]
    assert node.name_lines == {"a": 1, "b": 2}


REFUSALS = {
    b"a: &x [1]\nb: *x": "has an alias (*name) in line 2",
    b"a: 1\na: 2": "has 'a' twice in one object, again in line 2",
    b"1: x": "has a member name that is no text: '1', in line 1",
    b"? [x]\n: y": "has a member name that is no text",
    b"a: 1\n---\na: 2": "has two documents",
    b"a: 2026-01-01": "has a value that JSON cannot carry",
    b"a: .inf": "JSON cannot carry",
    b"a: !!python/object:os.system x": "not what YAML takes it for",
    b"[" * 100_000: "nested deeper than 32 levels",
    b"a: [": "is not YAML",
    b"\xff\xfe\xfa": "is not YAML",
}


@pytest.mark.parametrize(("text", "said"), REFUSALS.items(), ids=[str(text[:20]) for text in REFUSALS])
def test_a_trap_is_refused_in_one_line(text: bytes, said: str) -> None:
    refusal = _refusal(text)
    assert refusal.startswith("The file ")
    assert said in refusal
    assert "\n" not in refusal


@pytest.mark.parametrize("text", [b"", b"# later", b"---"])
def test_a_text_that_says_nothing_is_nothing(text: bytes) -> None:
    assert yaml_text.read(text, "The file") is None
