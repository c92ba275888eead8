"""The keys of the page, for those who do without a mouse."""

NEW_CHAT = "Alt+N"
STOP = "Esc"
KEYS = {
    "Enter": "asks what is typed",
    "Shift+Enter": "begins a new line",
    "/": "goes to the question box",
    "Alt+A": "goes to the newest answer",
    NEW_CHAT: "begins a new chat",
    STOP: "stops looking for an answer",
}
"""What each key does on the chat page."""
