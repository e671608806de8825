"""What no file of the product does, whoever writes it: each rule names the few places that may, and why.

That every number in an address is one that a database can hold stands in test_policy; that forms read numbers by our
own field, in test_forms.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import app

pytestmark = pytest.mark.one_database

ROOM = Path(app.__file__).parent
TEMPLATES = ROOM.parent / "templates"
Found = Callable[[ast.AST], bool]


@cache
def trees() -> dict[str, ast.Module]:
    """All files of the product: where they stand -> what they say."""
    return {str(path.relative_to(ROOM)): ast.parse(path.read_text("utf-8")) for path in ROOM.rglob("*.py")}


@cache
def nodes() -> list[tuple[str, ast.AST]]:
    """All that any rule looks at. Migrations are none of it: they ran when they were written."""
    looked_at = (ast.Call, ast.Import, ast.ImportFrom, ast.Attribute, ast.keyword)
    found = ((place, node) for place, tree in trees().items() for node in ast.walk(tree))
    return [(place, node) for place, node in found if isinstance(node, looked_at) and place[:11] != "migrations/"]


def name_of(node: ast.AST) -> str:
    """The name of what is called or named, with its last owner: `datetime.now`, `db.session.commit`, `eval`."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def brought(node: ast.AST) -> set[str]:
    """The modules that a line brings in, with their owners: `a.b` is `a` and `a.b`."""
    if isinstance(node, ast.Import):
        names = [each.name for each in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level:
        names = [node.module or "", *(f"{node.module}.{each.name}" for each in node.names)]
    else:
        names = []
    return {".".join(parts[: n + 1]) for name in names for parts in [name.split(".")] for n in range(len(parts))}


def brings(*modules: str) -> Found:
    return lambda node: bool(brought(node) & set(modules))


def calls(*names: str) -> Found:
    """Calls whose name is one of these, or ends with one that begins with a full stop."""
    return lambda node: (
        isinstance(node, ast.Call)
        and (name_of(node) in names or any(name_of(node).endswith(each) for each in names if each[0] == "."))
    )


def from_request(node: ast.AST) -> bool:
    """A redirect to what a request said, with nothing in between that looked at it."""
    return calls("redirect")(node) and any(
        name_of(each).startswith(
            ("request.args", "request.form", "request.values", "request.referrer", "request.url", "request.full_path")
        )
        for part in getattr(node, "args", [])
        for each in ast.walk(part)
    )


def formatted_sql(node: ast.AST) -> bool:
    """`text()` of SQLAlchemy with more in it than written words and constants of the file in which it stands."""
    return (
        isinstance(node, ast.Call)
        and name_of(node) in {"text", "sa.text", "sqlalchemy.text", "literal_column", "db.text"}
        and any(
            isinstance(part, (ast.BinOp, ast.Call))
            or (isinstance(part, ast.JoinedStr) and any(not _constant(each) for each in part.values))
            for part in node.args
        )
    )


def _constant(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant) or (isinstance(part, ast.FormattedValue) and name_of(part.value).isupper())


def without_zone(node: ast.AST) -> bool:
    """An hour that is read from the machine's own clock in the machine's own zone."""
    if not isinstance(node, ast.Call):
        return False
    named, given = name_of(node), [*node.args, *node.keywords]
    return (
        (named in {"datetime.now", "datetime.datetime.now"} and not given)
        or named.endswith((".utcnow", ".utcfromtimestamp", "date.today"))
        or (named in {"datetime.fromtimestamp", "time.localtime", "datetime.today"} and len(given) < 2)
    )


def in_shell(node: ast.AST) -> bool:
    """A command given to a shell, or one that is put together when it runs."""
    return calls("os.system", "os.popen", ".getoutput", ".getstatusoutput")(node) or (
        isinstance(node, ast.Call)
        and name_of(node).startswith("subprocess.")
        and node.args != []
        and (any(each.arg == "shell" for each in node.keywords) or name_of(node.args[0]) != "PROGRAM")
    )


PATTERNS = {f"re.{each}" for each in "compile match search sub subn fullmatch split findall finditer".split()}


def worded_pattern(node: ast.AST) -> bool:
    """A regular expression of more than written words and constants of the file in which it stands."""
    return isinstance(node, ast.Call) and name_of(node) in PATTERNS and node.args != [] and not _written(node.args[0])


def _written(part: ast.expr) -> bool:
    if isinstance(part, ast.BinOp):
        return _written(part.left) and _written(part.right)
    if isinstance(part, ast.JoinedStr):
        return all(map(_written, part.values))
    if isinstance(part, ast.FormattedValue):
        return _written(part.value)
    return isinstance(part, ast.Constant) or name_of(part).strip("_").isupper()


def short_draw(node: ast.AST) -> bool:
    """Fewer than 128 bits of chance."""
    return (
        isinstance(node, ast.Call)
        and name_of(node).startswith(("secrets.token_", "os.urandom"))
        and any(not isinstance(each, ast.Constant) or int(str(each.value)) < 16 for each in node.args)
    )


def old_hash(node: ast.AST) -> bool:
    """A hash in which two texts of one value can be found."""
    return calls("hashlib.md5", "hashlib.sha1", "hashlib.new")(node) or (
        isinstance(node, ast.ImportFrom) and bool(brought(node) & {"hashlib.md5", "hashlib.sha1", "hashlib.new"})
    )


RULES: dict[str, tuple[Found, set[str]]] = {
    "works out templates of anybody's": (calls("render_template_string", ".from_string", "Template"), set()),
    "reads objects out of octets": (
        brings("pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle", "flask_caching"),
        set(),
    ),
    "runs text as code": (calls("eval", "exec", "compile", "__import__"), set()),
    "runs a command by a shell": (in_shell, set()),
    "runs another program": (brings("subprocess", "pty", "os.spawn"), {"planning/running.py", "videos/probing.py"}),
    "sets in LaTeX": (brings("pylatex", "latex"), set()),
    "reads the machine's clock in the machine's zone": (without_zone, set()),
    "formats SQL": (formatted_sql, set()),
    "redirects to what a request says": (
        from_request,
        {
            "schedule/judging/views.py",
            "accounts/proving.py",
        },  # the latter carries where one was, and goes to paths of ours alone
    ),
    "commits by itself": (calls(".commit"), {"db.py"}),
    "takes an address of ours from a request": (
        lambda node: (
            name_of(node) in {"request.host", "request.host_url", "request.url_root", "request.base_url", "request.url"}
        ),
        {"web/guard.py"},  # compares where a form comes from with where it went
    ),
    "asks for more of an address than its path": (
        lambda node: isinstance(node, ast.keyword) and node.arg == "_external",
        set(),
    ),
    "goes out into the network": (
        brings("socket", "smtplib", "urllib.request", "http.client", "requests", "httpx", "aiohttp", "ftplib", "dns"),
        {
            "outbox/transport.py",
            "care/doctor.py",
            "care/mail.py",
        },  # the doctor asks the mail server and its domain's records
    ),
    "makes a pattern of words": (
        worded_pattern,
        {
            "desk/erasing/words.py",  # escapes each word
            "desk/seeing/service.py",  # a table of ours
            "ical/writing.py",  # escapes each blank
            "imports/shape.py",  # what the shape of the event file says
            "schedule/sheets/columns.py",  # units that stand in the file
            "sentences.py",  # escapes what stands between the places
        },
    ),
    "draws by chance that can be foreseen": (
        brings("random"),
        {
            "care/watching.py",  # the numbers of requests in the log
            "db.py",  # how long to wait before the next try
            "outbox/delivery.py",  # likewise
            "planning/greedy.py",  # a plan
        },
    ),
    "draws fewer than 128 bits": (
        short_draw,
        {
            "accounts/codes.py",  # the nonce of AES-GCM, which is no secret
            "config.py",  # from here on: names and marks, which open nothing
            "outbox/delivery.py",
            "registration/waiting.py",
            "site/pictures.py",
            "visits/editing.py",
            "visits/signing.py",
            "visits/wishing.py",
            "web/blanks.py",
            "web/catalogues.py",
        },
    ),
    "hashes as nobody should any more": (old_hash, {"videos/tus/protocol.py"}),  # what the sender of a film counted
    "enciphers": (
        brings("cryptography", "passlib", "Crypto", "nacl", "ssl"),
        {"accounts/codes.py", "outbox/transport.py"},
    ),
    "leaves certificates unlooked at": (
        lambda node: (
            name_of(node) in {"ssl.CERT_NONE", "ssl._create_unverified_context", "ssl.SSLContext", "ssl.wrap_socket"}
            or (isinstance(node, ast.Attribute) and node.attr in {"check_hostname", "verify_mode"})
        ),
        set(),
    ),
    "takes a value from wherever it stands": (
        lambda node: name_of(node) == "request.values",
        {
            "accounts/proving.py",  # where one was, which stands in the address or in the form that it drew
            "accounts/views.py",
            "desk/letters/views.py",  # whether it is there: the form shows by either the same letter
        },
    ),
    "writes its log into a file or over the network": (brings("logging.handlers", "syslog"), set()),
    "brings the tests along": (brings("tests", "pytest", "hypothesis", "unittest"), set()),
    "makes HTML of text": (
        calls("Markup"),
        {
            "outbox/markdown.py",
            "outbox/openings.py",
            "publishing/described.py",
            "registration/fields.py",
            "site/shown.py",
            "site/writing.py",
            "web/speech.py",
            "web/wording.py",
        },  # speech says what Jinja's own gettext does: the catalogue is ours, and values are escaped
    ),
}
"""What is looked for, and the files that may."""


@pytest.mark.parametrize("rule", RULES)
def test_no_file_of_the_product(rule: str) -> None:
    finds, may = RULES[rule]
    found = {place for place, node in nodes() if finds(node)}
    assert found - may == set(), f"{rule}: name a place here only with a reason that holds"
    assert may - found == set(), f"no longer {rule}"


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("works out templates of anybody's", "render_template_string(words)"),
        ("works out templates of anybody's", "env.from_string(words)"),
        ("reads objects out of octets", "from yaml import load"),
        ("reads objects out of octets", "import pickle as p"),
        ("runs text as code", "eval(words)"),
        ("runs a command by a shell", "subprocess.run('ls', shell=True)"),
        ("runs a command by a shell", "subprocess.run(words)"),
        ("runs a command by a shell", "os.system(words)"),
        ("reads the machine's clock in the machine's zone", "datetime.now()"),
        ("reads the machine's clock in the machine's zone", "datetime.utcnow()"),
        ("reads the machine's clock in the machine's zone", "date.today()"),
        ("reads the machine's clock in the machine's zone", "datetime.fromtimestamp(5)"),
        ("formats SQL", "text(f'SELECT {name}')"),
        ("formats SQL", "text('SELECT %s' % name)"),
        ("formats SQL", "text('SELECT ' + name)"),
        ("formats SQL", "text('SELECT {}'.format(name))"),
        ("redirects to what a request says", "redirect(request.args['next'])"),
        ("redirects to what a request says", "redirect(request.values.get('next') or '/')"),
        ("commits by itself", "db.session.commit()"),
        ("takes an address of ours from a request", "f'{request.host_url}/x'"),
        ("asks for more of an address than its path", "url_for('x', _external=True)"),
        ("goes out into the network", "from urllib.request import urlopen"),
        ("goes out into the network", "import http.client"),
        ("makes a pattern of words", "re.compile(words)"),
        ("makes a pattern of words", "re.sub(f'{name}x', '', words)"),
        ("makes a pattern of words", "re.search('x' + words, text)"),
        ("draws by chance that can be foreseen", "from random import choice"),
        ("draws fewer than 128 bits", "secrets.token_urlsafe(15)"),
        ("draws fewer than 128 bits", "secrets.token_hex(LENGTH)"),
        ("hashes as nobody should any more", "hashlib.md5(octets)"),
        ("hashes as nobody should any more", "from hashlib import sha1"),
        ("enciphers", "from cryptography.hazmat.primitives.ciphers import Cipher"),
        ("leaves certificates unlooked at", "context.verify_mode = ssl.CERT_NONE"),
        ("leaves certificates unlooked at", "context.check_hostname = False"),
        ("takes a value from wherever it stands", "request.values['name']"),
        ("writes its log into a file or over the network", "from logging.handlers import SysLogHandler"),
        ("brings the tests along", "import tests.moments"),
        ("makes HTML of text", "Markup(words)"),
    ],
)
def test_each_rule_finds_what_it_is_for(rule: str, line: str) -> None:
    finds, _may = RULES[rule]
    assert any(finds(node) for node in ast.walk(ast.parse(line)))


SAFE = {"layout/base.html": 2, "public/hall.html": 1}
"""Where a template says that something needs no escaping: pieces of our own markup, with nobody's words in them."""


def test_no_template_leaves_escaping_out() -> None:
    found: dict[str, int] = {}
    for path in TEMPLATES.rglob("*"):
        if path.is_file() and path.suffix in {".html", ".xml", ".txt", ".svg"}:
            said = re.findall(r"\|\s*safe\b|\{%-?\s*autoescape\s+false", path.read_text("utf-8"))
            if said:
                found[str(path.relative_to(TEMPLATES))] = len(said)
    assert found == SAFE


HELD = re.compile(r"\|\s*safe\b")
OURS = re.compile(r"(?:'<span data-as-of></span>'|\(' transform=\"rotate\(' ~ angle ~ ' 250 250\)\"'\))\|safe")


def test_what_needs_no_escaping_is_our_own() -> None:
    said = "".join((TEMPLATES / name).read_text("utf-8") for name in SAFE)
    assert len(HELD.findall(said)) == len(OURS.findall(said))


def test_a_program_that_is_run_is_always_the_same() -> None:
    """PROGRAM, which the rule above lets pass, is written words and the interpreter, so nobody's text gets in."""
    for place in RULES["runs another program"][1]:
        (said,) = (
            node.value
            for node in trees()[place].body
            if isinstance(node, ast.Assign) and name_of(node.targets[0]) == "PROGRAM"
        )
        assert isinstance(said, (ast.List, ast.Tuple))
        assert {name_of(each) for each in said.elts if not isinstance(each, ast.Constant)} == {"sys.executable"}
