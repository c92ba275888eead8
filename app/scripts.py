"""The page's scripts. Nothing but integers and random ids of ours is put into them."""

from pathlib import Path

from streamlit import html

COOKIE = "innoqa_owner"
"""The cookie that tells a browser's conversations from others'."""

_SCROLL = """<script>
/* turn %d */ document.getElementById("question-%d")?.scrollIntoView();
document.querySelectorAll(".innoqa-lit").forEach(lit => {
    const around = lit.closest(".innoqa-scroll");
    around.scrollLeft = lit.offsetLeft - around.clientWidth / 2;
});
</script>"""

_SHOW_FORM = """<script>
/* turn %d */ document.querySelector("[data-testid=stForm]")?.scrollIntoView({block: "center"});
</script>"""

_REMEMBER = """<script>
{
    const known = document.cookie.match(/(?:^|; )innoqa_owner=([\\w-]+)/)?.[1];
    if (known && known !== "%s" && !sessionStorage.innoqaOwner) {
        sessionStorage.innoqaOwner = known;  /* two tabs began at once: the first one holds */
        location.reload();
    } else {
        document.cookie = "innoqa_owner=%s; path=/; max-age=34560000; SameSite=Lax";
    }
}
</script>"""

_LISTEN = Path(__file__).with_name("page.js").read_text("utf-8")


def scroll_to(identity: int, number: int) -> None:
    """Bring a question to the top once, so that its answer is read from the beginning.

    Streamlit would go to the end, past the answer; an input in ``st.bottom`` keeps it from that.
    Tables that are wider than the page are moved sideways to their lit cells. ``identity`` is the
    turn's: the script runs again only where it differs.
    """
    html(_SCROLL % (identity, number), unsafe_allow_javascript=True)


def show_form(identity: int) -> None:
    """Bring the form under a turn into view, once: it may have opened below what is seen."""
    html(_SHOW_FORM % identity, unsafe_allow_javascript=True)


def remember(owner: str) -> None:
    """Let the browser keep who it is; ``owner`` holds characters of a URL alone."""
    html(_REMEMBER % (owner, owner), unsafe_allow_javascript=True)


def listen() -> None:
    """Let clicks do what Streamlit has no way for.

    A copy button puts its text on the clipboard; one without text, the page's address. On a narrow
    page the sidebar closes when something in it was chosen. Keys do what ``keys`` says.
    """
    html(f"<script>{{{_LISTEN}}}</script>", unsafe_allow_javascript=True)
