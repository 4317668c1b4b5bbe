"""Every link in the documents leads somewhere: to a file that is there, and to a heading that it has.  label: house

Does not do: links to other hosts.
"""
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(os.environ["NERVO_ROOT"]).resolve()


def anchors(text):
    """what GitHub makes of headings"""
    outside = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
            for title in re.findall(r"^#+ +(.*)$", outside, re.M)}


def main():
    pages = list(ROOT.glob("*.md"))
    for room in ("docs", "src", "cli", "test", "examples"):
        pages += (ROOT / room).rglob("*.md")
    broken, count = [], 0
    for page in sorted(pages):
        text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
        for target in re.findall(r"(?<!`)\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            count += 1
            if not file.exists():
                broken.append(f"{page.relative_to(ROOT)}: there is no {target}")
            elif anchor and anchor not in anchors(file.read_text()):
                broken.append(f"{page.relative_to(ROOT)}: {path or 'the page'} has no heading for #{anchor}")
    print("\n".join(broken) or f"{count} links in {len(pages)} pages lead somewhere")
    sys.exit(bool(broken) or count < 100)


main()
