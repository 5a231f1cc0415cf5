"""The people and channels that every emulated workspace begins with."""

from bot.emulator.model import Conversation, User, UserGroup

TEAM_ID, TEAM_NAME, TEAM_DOMAIN = "T0TOUGH", "Harbour Sales", "harbour-sales"
APP_ID, BOT_ID, BOT_USER_ID = "A0TOUGH", "B0TOUGH", "U0TOUGH"
SLACKBOT = "USLACKBOT"

MIA, OMAR, PRIYA, DANA, JONAS, ADA = "U0MIA", "U0OMAR", "U0PRIYA", "U0DANA", "U0JONAS", "U0ADA"


def users() -> list[User]:
    """Mia, Omar her manager, Priya the director, and a few more; Slackbot; another app's bot."""
    return [
        User(MIA, "mia", "Mia Keller", "Account executive", "Europe/Berlin"),
        User(OMAR, "omar", "Omar Haddad", "Sales manager", "Europe/Berlin"),
        User(PRIYA, "priya", "Priya Nair", "Sales director", "Europe/London"),
        User(DANA, "dana", "Dana Brooks", "Account executive", "America/Chicago", "en-US"),
        User(JONAS, "jonas", "Jonas Weber", "Support engineer", "Europe/Berlin"),
        User(ADA, "ada", "Ada Lind", "Workspace admin", "Europe/Stockholm", is_admin=True),
        User(SLACKBOT, "slackbot", "Slackbot", is_bot=True, bot_id="B01"),
        User("U0STATUS", "statusbot", "Status page", is_bot=True, bot_id="B0STATUS"),
    ]


def channels(created: int) -> list[Conversation]:
    """Public and private channels; the bot is in all but #random and one that is archived."""
    everyone = [MIA, OMAR, PRIYA, DANA, JONAS, ADA]
    with_bot = [*everyone, BOT_USER_ID]
    return [
        Conversation("C0GENERAL", "general", "channel", list(with_bot), created, ADA, "Everybody, everything"),
        Conversation("C0DEALS", "deals", "channel", list(with_bot), created, OMAR, "Deals under way"),
        Conversation("C0ESC", "escalations", "channel", list(with_bot), created, OMAR, "Customers in trouble"),
        Conversation("C0RANDOM", "random", "channel", list(everyone), created, ADA, "All the rest"),
        Conversation("C0OLD", "closed-2025", "channel", list(everyone), created, OMAR, "Last year", archived=True),
        Conversation("G0KEY", "key-accounts", "group", [MIA, OMAR, BOT_USER_ID], created, OMAR, "Names stay in here"),
        Conversation("G0BOARD", "board", "group", [PRIYA, ADA], created, PRIYA, "Not for the bot"),
    ]


def user_groups() -> list[UserGroup]:
    """The group that a page may go to."""
    return [UserGroup("S0MANAGERS", "sales-managers", "Sales managers", [OMAR, PRIYA])]


def small_talk() -> list[tuple[str, str, str]]:
    """Channel, author and text of what stands there already, so that the demo does not begin in an empty room."""
    return [
        (
            "C0GENERAL",
            ADA,
            "I have added <@U0TOUGH> to our channels. Type `/toughcustomer` when a deal gets difficult.",
        ),
        (
            "C0DEALS",
            OMAR,
            "Renewals due this month: Acme, Borealis, Initech. Shout early if one gets hot.",
        ),
        ("C0DEALS", DANA, "Borealis signed :tada:"),
        (
            "C0DEALS",
            MIA,
            "Acme's Mr Stone is shouting: the third outage this month, and he wants to talk to my boss.",
        ),
        ("C0ESC", JONAS, "Acme: the outage is over and the cause is known. The report comes within the hour."),
        ("G0KEY", OMAR, "Initech's contract ends in March. Nothing about it outside this channel, please."),
        ("C0RANDOM", DANA, "Who took the good stapler?"),
    ]
