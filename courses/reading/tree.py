"""A strict reader of plain YAML that remembers the line of every value and notes every fault."""

import re
from collections.abc import Collection, Sequence

import yaml

from courses.reading.faults import Faults

_TAG = "tag:yaml.org,2002:"
_DEPTH_LIMIT = 12
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,8})")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Table:
    """One mapping of a YAML file, read key by key.

    Each reading method notes a fault and gives an empty value when the key is missing or wrong, so that
    reading goes on; nobody sees those empty values, because the faults are raised at the end.
    `close()` notes the keys that nobody asked for.
    """

    def __init__(self, node: yaml.MappingNode, path: str, first_line: int, faults: Faults) -> None:
        self.path = path
        self.faults = faults
        self._first_line = first_line
        self.line = self._line(node)
        self._values: dict[str, yaml.Node] = {}
        self._key_lines: dict[str, int] = {}
        self._asked: list[str] = []
        for key, value in node.value:
            line = self._line(key)
            if not isinstance(key, yaml.ScalarNode) or key.tag != _TAG + "str":
                self.note(line, "Tên mục phải là một từ.", "A key must be a plain word.")
            elif key.value in self._values:
                self.note(line, f"Mục “{key.value}” viết hai lần.", f"The key “{key.value}” is written twice.")
            else:
                self._values[key.value] = value
                self._key_lines[key.value] = line

    def _line(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + self._first_line

    def note(self, line: int, message_vi: str, message_en: str) -> None:
        self.faults.add(self.path, line, message_vi, message_en)

    def line_of(self, key: str) -> int:
        """Give the line of a key, or where the table begins when the key is missing."""
        return self._key_lines.get(key, self.line)

    def has(self, key: str) -> bool:
        """Tell whether the key is there and is not null."""
        self._asked.append(key)
        value = self._values.get(key)
        return value is not None and value.tag != _TAG + "null"

    def keys(self) -> list[str]:
        return list(self._values)

    def _find(self, key: str) -> yaml.Node | None:
        self._asked.append(key)
        node = self._values.get(key)
        if node is None:
            self.note(self.line, f"Thiếu mục “{key}”.", f"The key “{key}” is missing.")
        return node

    def text(self, key: str, *, max_characters: int = 200) -> str:
        node = self._find(key)
        return "" if node is None else self._text(node, f"“{key}”", max_characters)

    def _text(self, node: yaml.Node, what: str, max_characters: int) -> str:
        line = self._line(node)
        if not isinstance(node, yaml.ScalarNode) or node.tag != _TAG + "str":
            if isinstance(node, yaml.ScalarNode) and node.tag == _TAG + "null":
                self.note(line, f"{what} đang để trống.", f"{what} is empty.")
            else:
                self.note(
                    line,
                    f"{what} phải là chữ; nếu là số hoặc true/false, hãy đặt trong ngoặc kép.",
                    f"{what} must be text; put a number or true/false in quotes.",
                )
            return ""
        text: str = node.value.strip()
        if not text:
            self.note(line, f"{what} đang để trống.", f"{what} is empty.")
        elif len(text) > max_characters:
            self.note(
                line,
                f"{what} dài quá: {len(text)} ký tự, tối đa {max_characters}.",
                f"{what} is too long: {len(text)} characters, at most {max_characters}.",
            )
        return text

    def slug(self, key: str) -> str:
        """Read a name made of small Latin letters, digits and hyphens."""
        before = self.faults.count
        text = self.text(key, max_characters=80)
        if self.faults.count == before and not _SLUG.fullmatch(text):
            self.note(
                self.line_of(key),
                f"“{key}” chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối.",
                f"“{key}” may hold only small letters without marks, digits and hyphens.",
            )
        return text

    def whole(self, key: str, *, minimum: int, maximum: int) -> int:
        node = self._find(key)
        if node is None:
            return minimum
        if not isinstance(node, yaml.ScalarNode) or node.tag != _TAG + "int" or not _WHOLE.fullmatch(node.value):
            self.note(self._line(node), f"“{key}” phải là một số nguyên.", f"“{key}” must be a whole number.")
            return minimum
        value = int(node.value)
        if not minimum <= value <= maximum:
            self.note(
                self._line(node),
                f"“{key}” phải từ {minimum} đến {maximum}.",
                f"“{key}” must be from {minimum} to {maximum}.",
            )
        return value

    def flag(self, key: str) -> bool:
        node = self._find(key)
        if node is None:
            return False
        if not isinstance(node, yaml.ScalarNode) or node.tag != _TAG + "bool" or node.value not in {"true", "false"}:
            self.note(self._line(node), f"“{key}” phải là true hoặc false.", f"“{key}” must be true or false.")
            return False
        return bool(node.value == "true")

    def one_of(self, key: str, allowed: Sequence[str]) -> str:
        before = self.faults.count
        text = self.text(key)
        if self.faults.count == before and text not in allowed:
            choices = ", ".join(allowed)
            self.note(
                self.line_of(key),
                f"“{key}” phải là một trong: {choices}.",
                f"“{key}” must be one of: {choices}.",
            )
        return text

    def texts(self, key: str, *, minimum: int = 1, max_characters: int = 500) -> tuple[str, ...]:
        """Read a list of texts, none of them twice."""
        found: list[str] = []
        for node in self._list(key, minimum):
            before = self.faults.count
            text = self._text(node, f"Mỗi dòng của “{key}”", max_characters)
            if self.faults.count == before and text in found:
                self.note(self._line(node), f"“{text}” viết hai lần.", f"“{text}” is written twice.")
            found.append(text)
        return tuple(found)

    def tables(self, key: str, *, minimum: int = 1) -> list["Table"]:
        found = []
        for node in self._list(key, minimum):
            if isinstance(node, yaml.MappingNode):
                found.append(Table(node, self.path, self._first_line, self.faults))
            else:
                self.note(
                    self._line(node),
                    f"Mỗi phần của “{key}” phải có dạng “tên: giá trị”.",
                    f"Each part of “{key}” must have the form “name: value”.",
                )
        return found

    def table(self, key: str) -> "Table | None":
        node = self._find(key)
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            self.note(
                self._line(node),
                f"“{key}” phải có dạng “tên: giá trị”.",
                f"“{key}” must have the form “name: value”.",
            )
            return None
        return Table(node, self.path, self._first_line, self.faults)

    def _list(self, key: str, minimum: int) -> list[yaml.Node]:
        node = self._find(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.note(
                self._line(node),
                f"“{key}” phải là danh sách, mỗi dòng bắt đầu bằng “- ”.",
                f"“{key}” must be a list, each line starting with “- ”.",
            )
            return []
        if len(node.value) < minimum:
            self.note(self._line(node), f"“{key}” cần ít nhất {minimum}.", f"“{key}” needs at least {minimum}.")
        return list(node.value)

    def close(self) -> None:
        """Note every key that nobody asked for."""
        known: Collection[str] = dict.fromkeys(self._asked)
        for key, line in self._key_lines.items():
            if key not in known:
                names = ", ".join(known)
                self.note(
                    line,
                    f"Không có mục nào tên “{key}”. Các mục dùng được: {names}.",
                    f"There is no key “{key}”. Known keys: {names}.",
                )


def read_table(text: str, path: str, faults: Faults, *, first_line: int = 1) -> Table | None:
    """Read a YAML text whose top is a mapping, or note why it cannot be read.

    first_line: the line of the file on which the text begins.
    """
    before = faults.count
    for number, line in enumerate(text.split("\n"), start=first_line):
        if "\t" in line:
            faults.add(
                path,
                number,
                "Có dấu Tab; hãy thay bằng dấu cách.",
                "There is a tab character; use spaces instead.",
            )
    if faults.count > before:
        return None
    try:
        _refuse_what_is_not_plain(text, path, faults, first_line)
        if faults.count > before:
            return None
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        # A quote that was never closed is noticed at the end of the file; the line to mend is where it opened.
        unclosed = "quoted scalar" in (error.context or "") and error.context_mark
        mark = unclosed or error.problem_mark or error.context_mark
        faults.add(
            path,
            first_line + (mark.line if mark else 0),
            "Viết sai cách của YAML. Hãy xem lại dấu hai chấm, dấu cách đầu dòng và dấu ngoặc kép ở dòng này"
            " hoặc ngay dòng trên.",
            f"Not valid YAML: {error.problem or error.context}. Look at colons, indentation and quotes here"
            " or on the line above.",
        )
        return None
    except yaml.reader.ReaderError as error:
        faults.add(
            path,
            first_line + text.count("\n", 0, error.position),
            "Có ký tự không dùng được trong tệp.",
            "There is a character that may not be used here.",
        )
        return None
    if not isinstance(node, yaml.MappingNode):
        faults.add(
            path,
            first_line,
            "Tệp phải gồm các dòng “tên: giá trị”.",
            "The file must be made of lines “name: value”.",
        )
        return None
    return Table(node, path, first_line, faults)


def _refuse_what_is_not_plain(text: str, path: str, faults: Faults, first_line: int) -> None:
    """Look before any tree is built: aliases grow without bound, deep nesting overflows the stack."""
    depth = 0
    documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = first_line + (event.start_mark.line if event.start_mark else 0)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            faults.add(
                path,
                line,
                "Không dùng neo (&) và bí danh (*); chữ bắt đầu bằng & hoặc * phải đặt trong ngoặc kép.",
                "Anchors (&) and aliases (*) are not taken; put text that begins with & or * in quotes.",
            )
        elif getattr(event, "tag", None):
            faults.add(
                path,
                line,
                "Không dùng thẻ kiểu (!); chữ bắt đầu bằng ! phải đặt trong ngoặc kép.",
                "Type tags (!) are not taken; put text that begins with ! in quotes.",
            )
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                faults.add(
                    path,
                    line,
                    "Mỗi tệp chỉ có một phần; hãy bỏ dòng “---” này.",
                    "One file holds one document; remove this line “---”.",
                )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEPTH_LIMIT:
                faults.add(path, line, "Lồng nhau quá nhiều tầng.", "Nested too deeply.")
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
