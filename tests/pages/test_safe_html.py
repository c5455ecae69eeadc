import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.widgets.safe_html import Html, datum, element, join, marked, text


class Tags(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.data = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.data += data


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "![pixel](http://tracker.example/p.gif)",
    "</bdi></p><iframe src=//x>",
    "&lt;b&gt;",
    "<!-- --!><b>",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markup_in_text_stays_text(hostile: str):
    seen = Tags(element("p", hostile, title=hostile))
    assert seen.tags == ["p"]
    assert seen.data == hostile


@given(st.text())
def test_no_text_opens_a_tag(value: str):
    assert set(Tags(datum(value)).tags) <= {"bdi", "span"}


@pytest.mark.parametrize("character", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_bidi_controls_become_visible_and_lose_their_power(character: str):
    shown = text(f"abc{character}def")
    assert character not in shown
    assert f"U+{ord(character):04X}" in shown
    assert character not in element("a", title=f"x{character}y")


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_shown_can_be_sent_and_hides_nothing(value: str):
    shown = text(value)
    shown.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)


def test_controls_are_shown_as_pictures():
    assert Tags(text("a\x00b\x1bc\x7fd\u0085e\u2028f")).data == "a␀b␛c␡dU+0085eU+2028f"


def test_tabs_newlines_and_joiners_are_left_alone():
    assert text("a\tb\nc\u200dd") == "a\tb\nc\u200dd"


@given(st.text(), st.data())
def test_marks_enclose_exactly_the_spans(value: str, data: st.DataObject):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(value)), max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    found = re.findall("<mark>(.*?)</mark>", marked(value, spans), re.DOTALL)
    assert found == [text(value[a:b]) for a, b in spans]
    assert re.sub("</?mark>", "", marked(value, spans)) == text(value)


def test_only_html_passes_as_it_is():
    assert join([Html("<b>"), "<b>", None, False, 0]) == "<b>&lt;b&gt;0"
    assert element("a", Html("<i></i>"), class_="x", data_go=True, hidden=None) == '<a class="x" data-go><i></i></a>'


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", " https://x", "JAVASCRIPT:x"]
)
def test_links_lead_into_the_app_or_to_the_web(url: str):
    with pytest.raises(ValueError, match="no link"):
        element("a", href=url)


def test_attributes_cannot_be_left():
    markup = element("a", title='" onclick="alert(1)', href="https://x.example/?a=1&b=2")
    assert "onclick=" in html.unescape(markup) and Tags(markup).tags == ["a"]
    assert '" onclick' not in markup
