"""The only Jinja environments.

`page` renders the package's own templates (trusted, autoescaped, an undefined name is an error): ``marketing/forms/hosted.html``
is ``chalicelib/marketing/forms/templates/hosted.html``. Jinja costs 48 ms of imports, so views import this module when they
render. A template is compiled once per process.

`placeholders` compiles what marketers write: nothing of Jinja but values, conditions and loops over given lists, bounded in size,
depth and time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import escape

from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.formats import DATES, date_text, money_text, name_text, number_text

_PACKAGE = Path(__file__).resolve().parent.parent


class _FeatureTemplates(BaseLoader):
    """Templates by ``<wing>/<feature>/<file>``, out of the feature's ``templates`` folder."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:  # noqa: ARG002
        folder, _, name = template.rpartition("/")
        path = _PACKAGE / folder / "templates" / name
        if not folder or ".." in template.split("/") or not path.is_file():
            raise TemplateNotFound(template)
        return path.read_text(encoding="utf-8"), str(path), None


@cache
def _pages() -> Environment:
    return Environment(
        loader=_FeatureTemplates(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def page(template: str, /, **values: Any) -> str:
    """One of the package's templates with these values; every value is escaped for HTML."""
    return _pages().get_template(template).render(values)


# Placeholders: templates written by people we do not trust
#
# A marketer's text may show values, choose by conditions and repeat a part for each element of a given list. The source is
# parsed by Jinja, and the tree is rebuilt node by node out of what is allowed: anything that is not on the list (calls,
# arithmetic, assignments, attributes we did not name) is refused with its line before anything is compiled. What is left has no
# objects to climb on: every name becomes one plain text or list in a flat dictionary.

SOURCE_LIMIT = 200_000
"""Characters of a template's source."""
OUTPUT_LIMIT = 400_000
"""Characters a rendering may have, judged before it is rendered: static text, counted once for every turn of its loop."""
NODES_LIMIT = 5_000
DEPTH_LIMIT = 12
LOOP_TURNS = 50
"""Elements of a list that a loop looks at."""
RENDERED_LIMIT = 4_000_000
"""Characters at which a rendering ends: far above what is judged, for values that are far longer than they are taken to be."""
_VALUE_LENGTH = 200  # what one shown value is taken to be when a rendering's length is judged
_LIST_LENGTH = 3_000  # the same of a list that is shown as a whole
_TEXT_LIMIT = 500  # characters of a literal
_COMMENT = "\ue002"  # Jinja's own {# would be taken out of every style sheet; nobody types this character


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a template may name, written with its dot (``contact.first_name``): texts, and lists of texts. ``language`` is the template's own,
    in which its filters write dates and amounts.
    """

    texts: frozenset[str]
    lists: frozenset[str] = frozenset()
    language: str = "es"

    def variable(self, name: str) -> str:
        """The key of this name in the values of a rendering."""
        return name.replace(".", "__")


@dataclass(frozen=True, slots=True)
class Placeholders:
    """A checked and compiled template. ``names`` are the values it shows or asks for; ``bare`` those that it shows without a
    ``default`` and outside of any condition on them: they leave a hole where a contact has no such value.
    """

    names: frozenset[str]
    bare: frozenset[str]
    _render: Callable[[Mapping[str, Any]], str]

    def render(self, values: Mapping[str, Any]) -> str:
        """The text with these values: one for each name of the vocabulary, under its `Vocabulary.variable`. `InvalidError` when they
        make it too long.
        """
        return self._render(values)


class Ready(str):
    """A value that stands in the text as it is: escaped and encoded already by whoever made it (addresses of our own)."""

    __slots__ = ()


Mode = Literal["html", "text"]


def placeholders(
    source: str,
    *,
    vocabulary: Vocabulary,
    mode: Mode,
    field: str,
    encode: Callable[[str], str] | None = None,
) -> Placeholders:
    """Check and compile a template.

    In ``html`` every value is escaped. ``encode`` (a transfer encoding whose pieces may be joined) is applied to the static
    text once, now, and to every value when it is shown. `InvalidError` names ``field`` and the line of what is not allowed.
    """
    if len(source) > SOURCE_LIMIT:
        raise InvalidError(f"At most {SOURCE_LIMIT} characters.", field=field, code="too_long")
    env = _sandbox()
    try:
        tree = env.parse(source)
        checked = _Checker(vocabulary, mode, encode)
        tree = checked.template(tree)
    except TemplateSyntaxError as error:
        raise InvalidError(f"Line {error.lineno}: {error.message}", field=field, code="placeholder_syntax") from error
    except _RefusedError as error:
        raise InvalidError(f"Line {error.line}: {error}", field=field, code="placeholder_not_allowed") from error
    except (RecursionError, ValueError, OverflowError) as error:
        raise InvalidError("The placeholders are too complicated.", field=field, code="placeholder_syntax") from error
    if checked.weight > OUTPUT_LIMIT:
        raise InvalidError("The text would become too long.", field=field, code="too_long")
    tree.set_environment(env)
    show = checked.show
    # The filter that shows a value depends on the mode and the encoding: it is bound to this template alone.
    own = env.overlay()
    own.filters = {**env.filters, _SHOW: show}
    code = own.compile(tree)
    template = own.template_class.from_code(own, code, {}, None)
    root = template.root_render_func

    def render(values: Mapping[str, Any]) -> str:
        if encode is not None:  # the sender of campaigns, whose values are short and whose time counts
            return "".join(root(template.new_context(dict(values), shared=True)))
        parts, size = list[str](), 0
        for part in root(template.new_context(dict(values), shared=True)):
            parts.append(part)
            size += len(part)
            if size > RENDERED_LIMIT:
                raise InvalidError("The text becomes too long with these values.", field=field, code="too_long")
        return "".join(parts)

    return Placeholders(frozenset(checked.names), frozenset(checked.shown - checked.guarded), render)


def placeholder_parts(source: str, *, field: str) -> list[tuple[bool, str]]:
    """The source cut into pieces: ``(True, "{{ … }}")`` for every placeholder or tag, ``(False, text)`` for what lies between.

    Joined, the pieces are the source again. `InvalidError` names ``field`` when it cannot be read.
    """
    parts: list[tuple[bool, str]] = []
    open_tag: list[str] = []
    try:
        for _, piece, value in _sandbox().lex(source):
            if piece == "data":
                parts.append((False, value))
                continue
            open_tag.append(value)
            if piece in ("variable_end", "block_end", "raw_begin", "raw_end", "comment_end"):
                parts.append((True, "".join(open_tag)))
                open_tag = []
    except TemplateSyntaxError as error:
        raise InvalidError(f"Line {error.lineno}: {error.message}", field=field, code="placeholder_syntax") from error
    if open_tag:
        raise InvalidError("A placeholder is not closed.", field=field, code="placeholder_syntax")
    return parts


class _RefusedError(Exception):
    def __init__(self, line: int, detail: str):
        self.line = line
        super().__init__(detail)


_SHOW = "_show"
_KEPT = 64
"""Values whose escaped and encoded form a template remembers: a message shows most of them several times."""


def _default(value: Any, fallback: Any = "") -> Any:
    return value or fallback


def _text_filter(change: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda value: change(value) if isinstance(value, str) else value


def _truncate(value: Any, length: Any = 80) -> Any:
    if not isinstance(value, str) or not isinstance(length, int) or len(value) <= length:
        return value
    return value[: max(length, 1) - 1].rstrip() + "…"


def _element(position: int) -> Callable[[Any], Any]:
    def element(value: Any) -> Any:
        if not isinstance(value, (str, list, tuple)):
            return value
        return value[position] if value else ""

    return element


def _holds(value: Any, element: Any) -> bool:
    """Whether a text or list has this in it; nothing else has anything."""
    if isinstance(value, str):
        return isinstance(element, str) and element in value
    return isinstance(value, (list, tuple)) and element in value


def _join(value: Any, separator: Any = ", ") -> str:
    if isinstance(value, str) or not isinstance(value, (list, tuple)):
        return str(value)
    return str(separator)[:20].join(str(element) for element in value[:LOOP_TURNS])


def _url(value: Any) -> Any:
    return quote(value, safe="") if isinstance(value, str) else value


def _readable(value: Any) -> str | None:
    """What a filter of dates and amounts reads: short texts and whole numbers."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    text = str(value)
    return text if 0 < len(text) <= 40 else None


def _date(value: Any, language: str, form: Any = "medium") -> Any:
    text = _readable(value)
    return value if text is None else date_text(text, language, str(form))


def _money(value: Any, language: str, currency: Any = "") -> Any:
    text = _readable(value)
    return value if text is None else money_text(text, language, str(currency))


def _number(value: Any, language: str, decimals: Any = None) -> Any:
    text = _readable(value)
    return value if text is None else number_text(text, language, decimals if isinstance(decimals, int) else None)


_FILTERS: dict[str, Callable[..., Any]] = {
    "default": _default,
    "d": _default,
    "upper": _text_filter(str.upper),
    "lower": _text_filter(str.lower),
    "title": _text_filter(str.title),
    "capitalize": _text_filter(str.capitalize),
    "trim": _text_filter(str.strip),
    "truncate": _truncate,
    "first": _element(0),
    "last": _element(-1),
    "join": _join,
    "length": lambda value: len(value) if isinstance(value, (str, list, tuple)) else 0,
    "turns": lambda value: list(value or ())[:LOOP_TURNS],
    "holds": _holds,
    "urlencode": _url,
    "name": _text_filter(name_text),
    "date": _date,
    "money": _money,
    "number": _number,
}
_FILTER_NAMES = frozenset(_FILTERS) - {"turns", "holds"}
_IN_LANGUAGE = frozenset({"date", "money", "number"})
"""Filters that write in the template's language, which the checker hands to them first."""


@cache
def _sandbox() -> SandboxedEnvironment:
    env = SandboxedEnvironment(
        autoescape=False,  # `_Checker` puts the escaping into every place that shows a value
        keep_trailing_newline=True,
        newline_sequence="\n",
        comment_start_string=_COMMENT + "#",
        comment_end_string="#" + _COMMENT,
        optimized=False,
        cache_size=0,
    )
    env.globals.clear()
    env.tests.clear()
    env.filters.clear()
    env.filters.update(_FILTERS)
    return env


class _Checker:
    """Rebuilds a parsed template out of allowed nodes. ``weight`` is the most characters that it can be expected to render."""

    def __init__(self, vocabulary: Vocabulary, mode: Mode, encode: Callable[[str], str] | None):
        self._vocabulary = vocabulary
        self._mode = mode
        self._encode = encode
        self._written = lru_cache(_KEPT)(self._write)
        self._nodes = 0
        self._loop_variable = ""
        self._inner: frozenset[str] = frozenset()
        self.weight = 0
        self.names: set[str] = set()
        self.shown: set[str] = set()
        self.guarded: set[str] = set()

    def show(self, value: Any) -> str:
        """A value as it stands in the text."""
        if type(value) is Ready:
            return value
        if isinstance(value, (list, tuple)):
            text = _join(value)
        elif value is None or isinstance(value, bool):
            text = ""
        else:
            text = str(value)
        return self._written(text)

    def _write(self, text: str) -> str:
        if self._mode == "html" and not text.isalnum():
            text = str(escape(text))
        return self._encode(text) if self._encode else text

    def template(self, tree: nodes.Template) -> nodes.Template:
        return nodes.Template(self._body(tree.body, 0), lineno=1)

    def _count(self, node: nodes.Node, depth: int) -> None:
        self._nodes += 1
        if self._nodes > NODES_LIMIT:
            raise _RefusedError(node.lineno, "there are too many placeholders")
        if depth > DEPTH_LIMIT:
            raise _RefusedError(node.lineno, "this is nested too deeply")

    def _add(self, characters: int) -> None:
        self.weight += characters * (LOOP_TURNS if self._loop_variable else 1)

    def _body(self, body: list[nodes.Node], depth: int) -> list[nodes.Node]:
        return [self._statement(node, depth + 1) for node in body]

    def _statement(self, node: nodes.Node, depth: int) -> nodes.Node:
        self._count(node, depth)
        match node:
            case nodes.Output():
                return nodes.Output([self._shown(part, depth) for part in node.nodes], lineno=node.lineno)
            case nodes.If():
                test = self._expression(node.test, depth)
                outer = self._inner
                self._inner = outer | self._asked(node.test)
                made = nodes.If(
                    test,
                    self._body(node.body, depth),
                    [self._statement(other, depth + 1) for other in node.elif_],
                    self._body(node.else_, depth),
                    lineno=node.lineno,
                )
                self._inner = outer
                return made
            case nodes.For():
                return self._loop(node, depth)
        raise _RefusedError(node.lineno, f"{_words(node)} is not allowed here")

    def _loop(self, node: nodes.For, depth: int) -> nodes.For:
        if self._loop_variable:
            raise _RefusedError(node.lineno, "a loop within a loop is not allowed")
        if node.recursive or node.test is not None or not isinstance(node.target, nodes.Name):
            raise _RefusedError(node.lineno, "a loop is written {% for tag in contact.tags %}")
        name = _dotted(node.iter)
        if name not in self._vocabulary.lists:
            raise _RefusedError(node.lineno, f"only these can be repeated: {', '.join(sorted(self._vocabulary.lists))}")
        self.names.add(name)
        variable = node.target.name
        if not variable.isidentifier() or variable == "loop" or variable.startswith("_") or self._known(variable):
            raise _RefusedError(node.lineno, f"a loop cannot use the name {variable}")
        given = nodes.Name(self._vocabulary.variable(name), "load", lineno=node.lineno)
        turns = nodes.Filter(given, "turns", [], [], None, None, lineno=node.lineno)
        self._loop_variable = variable
        body = self._body(node.body, depth)
        self._loop_variable = ""
        otherwise = self._body(node.else_, depth)
        target = nodes.Name("item_" + variable, "store", lineno=node.lineno)
        return nodes.For(target, turns, body, otherwise, None, False, lineno=node.lineno)

    def _known(self, name: str) -> bool:
        return any(known.split(".")[0] == name for known in (*self._vocabulary.texts, *self._vocabulary.lists))

    def _shown(self, node: nodes.Node, depth: int) -> nodes.Expr:
        if isinstance(node, nodes.TemplateData):
            self._add(len(node.data))
            return nodes.TemplateData(self._encode(node.data) if self._encode else node.data, lineno=node.lineno)
        name = _dotted(node)
        self._add(_LIST_LENGTH if name in self._vocabulary.lists else _VALUE_LENGTH)
        if name in self._vocabulary.texts and name not in self._inner:
            self.shown.add(name)
        return nodes.Filter(self._expression(node, depth), _SHOW, [], [], None, None, lineno=node.lineno)

    def _asked(self, test: nodes.Node) -> frozenset[str]:
        found = {_dotted(part) for part in (test, *test.find_all((nodes.Getattr, nodes.Name)))}
        return frozenset(found & self._vocabulary.texts)

    def _expression(self, node: nodes.Node, depth: int) -> nodes.Expr:
        depth += 1
        self._count(node, depth)
        line = node.lineno
        match node:
            case nodes.Const():
                return self._constant(node)
            case nodes.Name() | nodes.Getattr():
                return self._name(node)
            case nodes.Filter():
                if node.node is None or node.name not in _FILTER_NAMES:
                    raise _RefusedError(
                        line, f"the filter {node.name} is not one of: {', '.join(sorted(_FILTER_NAMES))}"
                    )
                if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None or len(node.args) > 1:
                    raise _RefusedError(line, f"the filter {node.name} takes one value at most")
                arguments = [self._expression(argument, depth) for argument in node.args]
                if node.name == "date" and arguments and _constant_of(arguments[0]) not in DATES:
                    raise _RefusedError(line, f"a date is written in one of these ways: {', '.join(DATES)}")
                if node.name in _IN_LANGUAGE:
                    arguments.insert(0, nodes.Const(self._vocabulary.language, lineno=line))
                return nodes.Filter(
                    self._expression(node.node, depth), node.name, arguments, [], None, None, lineno=line
                )
            case nodes.Not():
                return nodes.Not(self._expression(node.node, depth), lineno=line)
            case nodes.And():
                return nodes.And(self._expression(node.left, depth), self._expression(node.right, depth), lineno=line)
            case nodes.Or():
                return nodes.Or(self._expression(node.left, depth), self._expression(node.right, depth), lineno=line)
            case nodes.CondExpr():
                otherwise = (
                    self._expression(node.expr2, depth) if node.expr2 is not None else nodes.Const("", lineno=line)
                )
                return nodes.CondExpr(
                    self._expression(node.test, depth), self._expression(node.expr1, depth), otherwise, lineno=line
                )
            case nodes.Compare():
                return self._comparison(node, depth)
        raise _RefusedError(line, f"{_words(node)} is not allowed")

    def _constant(self, node: nodes.Const) -> nodes.Const:
        value = node.value
        if value is not None and not isinstance(value, (str, bool, int)):
            raise _RefusedError(node.lineno, "only texts and whole numbers can be written here")
        if isinstance(value, str) and len(value) > _TEXT_LIMIT:
            raise _RefusedError(node.lineno, f"a text has at most {_TEXT_LIMIT} characters")
        if isinstance(value, int) and abs(value) > 1_000_000:
            raise _RefusedError(node.lineno, "the number is too big")
        return nodes.Const(value, lineno=node.lineno)

    def _name(self, node: nodes.Node) -> nodes.Expr:
        name = _dotted(node)
        if name and self._loop_variable:
            if name == self._loop_variable:
                return nodes.Name("item_" + name, "load", lineno=node.lineno)
            if name in ("loop.first", "loop.last", "loop.index"):
                loop = nodes.Name("loop", "load", lineno=node.lineno)
                return nodes.Getattr(loop, name.removeprefix("loop."), "load", lineno=node.lineno)
        if name not in self._vocabulary.texts and name not in self._vocabulary.lists:
            raise _RefusedError(node.lineno, f"there is no {name or 'such value'}")
        self.names.add(name)
        return nodes.Name(self._vocabulary.variable(name), "load", lineno=node.lineno)

    def _comparison(self, node: nodes.Compare, depth: int) -> nodes.Expr:
        if len(node.ops) != 1 or node.ops[0].op not in ("eq", "ne", "in", "notin"):
            raise _RefusedError(node.lineno, "only ==, !=, in and not in can compare")
        right = node.ops[0].expr
        if node.ops[0].op in ("in", "notin") and _dotted(right) not in self._vocabulary.lists | self._vocabulary.texts:
            raise _RefusedError(node.lineno, "in asks for a value of the contact on its right")
        left, right = self._expression(node.expr, depth), self._expression(right, depth)
        if node.ops[0].op in ("in", "notin"):  # Python's own raises where a number is asked for in a text
            holds = nodes.Filter(right, "holds", [left], [], None, None, lineno=node.lineno)
            return holds if node.ops[0].op == "in" else nodes.Not(holds, lineno=node.lineno)
        return nodes.Compare(left, [nodes.Operand(node.ops[0].op, right, lineno=node.lineno)], lineno=node.lineno)


def _constant_of(node: nodes.Node) -> Any:
    return node.value if isinstance(node, nodes.Const) else None


def _dotted(node: nodes.Node) -> str:
    """``contact.first_name`` out of its nodes; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, nodes.Getattr):
        parts.append(node.attr)
        node = node.node
    if not isinstance(node, nodes.Name):
        return ""
    return ".".join((node.name, *reversed(parts)))


def _words(node: nodes.Node) -> str:
    known = {
        "Call": "a call",
        "Getitem": "a subscript",
        "Test": "a test",
        "Assign": "an assignment",
        "Import": "an import",
    }
    return known.get(type(node).__name__, type(node).__name__.lower())
