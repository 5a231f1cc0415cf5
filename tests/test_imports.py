"""The house rules for imports: one way, and Slack's and SQLite's libraries behind their fences."""

import ast
from pathlib import Path

BOT = Path(__file__).resolve().parents[1] / "bot"
ORDER = [
    "errors",
    "time_zones",
    "clock",
    "log",
    "signals",
    "quantities",
    "cache",
    "config",
    "storage",
    "slack",
    "delivery",
    "commands",
]
ORDER += ["periodic", "audit", "metrics", "heartbeat", "core"]
ORDER += ["tactics", "customers", "followups", "escalations", "home", "reactions", "features", "oversight", "app"]
ORDER += ["emulator", "demo_seed", "tour", "demo", "check", "terminal", "cli", "__main__"]
FEATURES = ["tactics", "followups", "escalations", "home"]
ENGINES = {"tactics": "search", "followups": "dates", "escalations": "detection", "home": ""}
LAYERS = [
    "policy",
    "news",
    "series",
    "model",
    "ical_zones",
    "ical",
    "about",
    "said",
    "days_off",
    "understanding",
    "whom",
    "playbook",
    "thread_store",
    "page_store",
    "follow_up_rows",
    "follow_up_log",
    "store",
    "occurrences",
    "promise_ends",
    "feeds",
    "audit",
    "settings",
    "promises",
    "series_steps",
    "refusals",
    "offers",
    "series_verbs",
    "coming_due",
]
LAYERS += [
    "particulars",
    "taking",
    "wording",
    "on_call",
    "page_context",
    "posts",
    "paging",
    "triggers",
    "opening",
    "intake",
]
LAYERS += [
    "service",
    "closing",
    "takers",
    "buttons",
    "short_texts",
    "reminder_blocks",
    "page_blocks",
    "blocks",
    "forms",
    "case_windows",
    "queue_blocks",
]
LAYERS += ["offer_blocks"]
LAYERS += ["lists", "prefilled", "evidence", "leaving", "purge", "settings_view", "settings_modal"]
LAYERS += ["history_blocks", "asked_blocks", "undoing", "absences", "zone_changes", "hints", "catching"]
LAYERS += ["subcommands", "form_filling", "cli", "thread_listener", "pressed", "offer_listeners"]
LAYERS += ["gathering", "publisher", "morning", "asked_listeners", "listeners", "install"]


def imports(path: Path) -> set[str]:
    """The modules that *path* imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if (BOT.parent / node.module.replace(".", "/")).is_dir():
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def modules() -> dict[str, Path]:
    return {
        ".".join(path.relative_to(BOT.parent).with_suffix("").parts): path
        for path in sorted(BOT.rglob("*.py"))
        if path.name != "__init__.py"
    }


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_every_room_has_its_place_in_the_order() -> None:
    assert {room(module) for module in modules()} <= set(ORDER)


def test_imports_run_one_way() -> None:
    for module, path in modules().items():
        for other in imports(path):
            if other.startswith("bot.") and room(other) in ORDER:
                assert ORDER.index(room(other)) <= ORDER.index(room(module)), f"{module} imports {other}"


def test_inside_a_feature_imports_run_one_way_and_every_file_has_its_floor() -> None:
    for module, path in modules().items():
        _, feature, *rest = module.split(".")
        if feature not in FEATURES or rest[0] == ENGINES[feature]:
            continue
        assert rest[0] in LAYERS, f"{module} has no place in LAYERS"
        for other in imports(path) & modules().keys():
            parts = other.split(".")
            if parts[1] == feature and parts[2] != ENGINES[feature]:
                assert LAYERS.index(parts[2]) <= LAYERS.index(rest[0]), f"{module} imports {other}"


def test_an_engine_knows_nothing_of_its_feature_but_the_model() -> None:
    for module, path in modules().items():
        for feature, engine in ENGINES.items():
            fits_it = module.endswith((".train", ".labelled"))  # run by hand: they read the playbook's examples, too
            if module.startswith(f"bot.{feature}.{engine}.") and not fits_it:
                own = {other for other in imports(path) if other.startswith("bot.")}
                strange = {
                    one for one in own if not one.startswith((f"bot.{feature}.{engine}", f"bot.{feature}.model"))
                }
                assert strange <= {"bot.cache", "bot.clock", "bot.errors", "bot.log"}, f"{module} imports {strange}"


def test_there_is_no_circle() -> None:
    arrows = {module: {other for other in imports(path) if other in modules()} for module, path in modules().items()}
    while ends := [module for module, others in arrows.items() if not others & arrows.keys()]:
        for module in ends:
            del arrows[module]
    assert set(arrows) == set()


def test_libraries_stay_behind_their_fences() -> None:
    for module, path in modules().items():
        in_slack = room(module) == "slack"
        for other in imports(path):
            library = other.split(".")[0]
            if library == "slack_bolt" and module != "bot.core":  # there for its type only
                assert in_slack or module.endswith(".listeners"), f"{module} imports {other}"
            if library == "slack_sdk":
                fenced = module.endswith((".listeners", ".blocks")) or room(module) == "delivery"
                alone = module in ("bot.core", "bot.emulator.launcher")  # for its type; to point apps at the emulator
                assert in_slack or fenced or alone, f"{module} imports {other}"
            if library == "sqlite_utils":
                assert room(module) == "storage", f"{module} imports {other}"


def test_the_emulator_knows_of_slack_alone_and_only_the_demo_and_its_tour_of_the_emulator() -> None:
    for module, path in modules().items():
        for other in imports(path):
            if room(module) == "emulator" and other.startswith("bot."):
                assert room(other) == "emulator", f"{module} imports {other}"
            if room(other) == "emulator" and other.startswith("bot."):
                assert room(module) in ("emulator", "demo_seed", "tour", "demo"), f"{module} imports {other}"
            if other.split(".")[0] == "aiohttp":
                assert room(module) == "emulator", f"{module} imports {other}"


def test_finding_a_card_needs_none_of_slacks_libraries() -> None:
    import subprocess
    import sys

    script = (
        "import sys, bot.cli, bot.tactics.playbook.watcher; print([m for m in sys.modules if m.startswith('slack')])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=BOT.parent)
    assert shown.stdout.strip() == "[]"
