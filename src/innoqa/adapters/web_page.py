"""The main text of a web page, by trafilatura: no menus, forms, scripts or images."""


def main_text(page: str) -> tuple[str, str]:
    """(title, main text as Markdown) of an HTML page; empty strings where there is none."""
    from trafilatura import extract, extract_metadata  # half a second that only HTML needs

    text = extract(
        page,
        output_format="markdown",
        include_comments=False,
        include_images=False,
        include_links=False,
        include_tables=True,
        include_formatting=True,
        favor_recall=True,
    )
    metadata = extract_metadata(page)
    return (metadata.title or "" if metadata else ""), text or ""
