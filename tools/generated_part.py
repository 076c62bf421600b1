"""The generated part of a page of the documentation, between two comments."""


def replace_part(text: str, begin: str, end: str, part: str) -> str:
    """The text of the page with this part between the lines `begin` and `end`."""
    before, _, rest = text.partition(begin)
    return f"{before}{begin}{part}{end}{rest.partition(end)[2]}"
