"""Harbour Sales: the people, channels and small talk of the demo's workspace, which the tests use, too."""

from bot.emulator.model import Organisation, User, UserGroup
from bot.emulator.seed import Said, Seed, SeedChannel

TEAM_ID, BOT_USER_ID = "T0TOUGH", "U0TOUGH"
MIA, OMAR, PRIYA, DANA, JONAS, ADA = "U0MIA", "U0OMAR", "U0PRIYA", "U0DANA", "U0JONAS", "U0ADA"
GWEN = "U0GWEN"  # a guest
NORTHWIND, NILS = "T0NORTHWIND", "U0NILS"  # a customer's organisation, and its buyer

_EVERYONE = (MIA, OMAR, PRIYA, DANA, JONAS, ADA)

HARBOUR_SALES = Seed(
    team_id=TEAM_ID,
    team_name="Harbour Sales",
    team_domain="harbour-sales",
    app_id="A0TOUGH",
    bot_id="B0TOUGH",
    bot_user_id=BOT_USER_ID,
    users=(
        User(MIA, "mia", "Mia Keller", "Account executive", "Europe/Berlin"),
        User(OMAR, "omar", "Omar Haddad", "Sales manager", "Europe/Berlin"),
        User(PRIYA, "priya", "Priya Nair", "Sales director", "Europe/London"),
        User(DANA, "dana", "Dana Brooks", "Account executive", "America/Chicago", "en-US"),
        User(JONAS, "jonas", "Jonas Weber", "Support engineer", "Europe/Berlin"),
        User(ADA, "ada", "Ada Lind", "Workspace admin", "Europe/Stockholm", is_admin=True),
        User(GWEN, "gwen", "Gwen Ellis", "Guest", "Europe/London", is_restricted=True, is_ultra_restricted=True),
        User(NILS, "nils", "Nils Aaby", "Buyer at Northwind", "Europe/Oslo", team=NORTHWIND),
        User("U0STATUS", "statusbot", "Status page", is_bot=True, bot_id="B0STATUS"),
    ),
    channels=(
        SeedChannel("C0GENERAL", "general", _EVERYONE, "Everybody, everything", ADA),
        SeedChannel("C0DEALS", "deals", (*_EVERYONE, GWEN), "Deals under way", OMAR),
        SeedChannel("C0ESC", "escalations", _EVERYONE, "Customers in trouble", OMAR),
        SeedChannel("C0RANDOM", "random", _EVERYONE, "All the rest", ADA, with_app=False),
        SeedChannel("C0OLD", "closed-2025", _EVERYONE, "Last year", OMAR, is_archived=True, with_app=False),
        SeedChannel("C0SHARED", "acme-shared", (MIA, OMAR, NILS), "With Northwind", OMAR, shared_with=(NORTHWIND,)),
        SeedChannel("G0KEY", "key-accounts", (MIA, OMAR), "Names stay in here", OMAR, is_private=True),
        SeedChannel("G0BOARD", "board", (PRIYA, ADA), "Not for the bot", PRIYA, is_private=True, with_app=False),
    ),
    organisations=(Organisation(NORTHWIND, "Northwind", "northwind"),),
    user_groups=(UserGroup("S0MANAGERS", "sales-managers", "Sales managers", [OMAR, PRIYA]),),
    talk=(
        Said(
            "C0GENERAL",
            ADA,
            "I have added <@U0TOUGH> to our channels. Type `/toughcustomer` when a deal gets difficult.",
        ),
        Said("C0DEALS", OMAR, "Renewals due this month: Acme, Borealis, Initech. Shout early if one gets hot."),
        Said("C0DEALS", DANA, "Borealis signed :tada:"),
        Said(
            "C0DEALS",
            MIA,
            "Acme's Mr Stone is shouting: the third outage this month, and he wants to talk to my boss.",
        ),
        Said("C0ESC", JONAS, "Acme: the outage is over and the cause is known. The report comes within the hour."),
        Said("G0KEY", OMAR, "Initech's contract ends in March. Nothing about it outside this channel, please."),
        Said("C0RANDOM", DANA, "Who took the good stapler?"),
    ),
    opens="deals",
    hint="Try:  /toughcustomer he wants to talk to my boss",
    direct_hint="Type what the customer is doing, or: help",
)
