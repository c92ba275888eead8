"""The main text of a web page."""

from innoqa.adapters.web_page import main_text

PAGE = """<!doctype html><html><head><title>Fjord City | Example</title>
<script>var secretScript = 1;</script><style>.secretStyle { color: red }</style></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/cases">All case studies</a></li></ul></nav>
<div id="cookie-banner">We use cookies to improve. <button>Accept all cookies</button></div>
<main><article><h1>Fjord City</h1>
<p>The plan aims to open the fjord to the town, and it has cost a great deal of money so far.</p>
<h2>What was built?</h2>
<p>There are <b>two</b> parts in the plan of the year 2000:</p>
<ol><li>Opera House: The opera drew visitors to the water.</li>
<li>Barcode: Twelve towers line the railway.</li></ol>
<table><tr><th>Part</th><th>Year</th></tr><tr><td>Opera House</td><td>2008</td></tr></table>
<h2>Summing up</h2><p>Oslo has gained a front towards the water, and the docks are gone.</p>
</article></main>
<section><h3>Join our newsletter</h3><form><input><button>Subscribe</button>
<p>We promise no spam</p></form></section>
<section><h3>Check out other articles</h3><div class="card"><h4>Bergen's light rail</h4>
<a href="/b">learn more</a></div></section>
<footer><p>© 2024 Example. All rights reserved.</p><a href="/p">Privacy policy</a></footer>
</body></html>"""


def test_headings_paragraphs_lists_and_tables_of_the_main_text_are_kept_as_markdown():
    title, text = main_text(PAGE)
    assert title == "Fjord City"
    for line in (
        "# Fjord City",
        "## What was built?",
        "There are **two** parts in the plan of the year 2000:",
        "1. Opera House: The opera drew visitors to the water.",
        "## Summing up",
        "Oslo has gained a front towards the water, and the docks are gone.",
    ):
        assert line in text.splitlines()
    assert "| Opera House | 2008 |" in text


def test_nothing_around_the_main_text_is_kept():
    _, text = main_text(PAGE)
    for words in ("secret", "Home", "case studies", "cookies", "newsletter", "Subscribe", "spam",
                  "Bergen", "learn more", "Privacy", "rights reserved"):  # fmt: skip
        assert words not in text


def test_a_page_without_words_has_no_main_text():
    assert main_text("<html><body><script>var a = 1;</script></body></html>") == ("", "")
    assert main_text("") == ("", "")
