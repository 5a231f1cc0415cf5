"""What is new, in a few words: for whoever opens their Home after an update."""

NEWS = (
    "Follow-ups may repeat: `follow-up Acme every monday 9:00 check usage`, with **Pause**, **Resume** and **End**.",
    "Say in an escalation thread what you will do by when, and you are asked whether to track it.",
    "**Reassign** asks the other first. If somebody is away or has left, the channel is asked who takes it.",
)
