"""All that leaves for Slack passes the edge, where nobody is called by mistake and nothing is too long."""

import ast
from collections.abc import Iterator
from pathlib import Path

import bot

ROOT = Path(bot.__file__).parent
LEAVES = {"chat_postMessage", "chat_update", "chat_postEphemeral", "chat_scheduleMessage", "views_open", "views_update",
          "views_push", "views_publish", "send_dict"}  # fmt: skip
EDGE = {"fit", "fit_window", "_payload"}
WORDLESS = {"take_away"}  # takes a message away, and says nothing


def outermost(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Each function and method, with those inside it."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (one for one in node.body if isinstance(one, ast.FunctionDef))


def called(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            yield (one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")), one


def words(call: ast.Call) -> set[str]:
    return {str(one.arg) for one in call.keywords}


def test_every_message_and_window_passes_the_edge() -> None:
    leaving, past = set(), []
    for path in sorted(ROOT.rglob("*.py")):
        if "emulator" in path.parts:
            continue
        for function in outermost(ast.parse(path.read_text())):
            calls = list(called(function))
            out = [
                (name, call)
                for name, call in calls
                if name in LEAVES or (name in ("ack", "_ack") and words(call) & {"view", "blocks"})
            ]
            leaving |= {name for name, _ in out}
            if out and function.name not in WORDLESS and not EDGE & {name for name, _ in calls}:
                past.append(f"{path.relative_to(ROOT)}: {function.name}")

    assert past == []
    assert leaving >= {"chat_postMessage", "chat_update", "views_open", "views_update", "send_dict", "ack", "_ack"}
