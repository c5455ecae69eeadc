"""Texts in which the rules of Gopher, C4, FineWeb and spaCy find much to do, for hypothesis."""

from hypothesis import strategies as st

from corpuscope.english.exceptions import exceptions

_PIECES = [
    *"aB9.-:/@_$'’%#•…{[]+,~^*<=>?!()\"\x00\u2028\u0085é漢😀©٣İK",
    *(" ", "  ", "\n", "\n\n", "\r\n", "\t", "\u3000", "...", "--", "——", "[1]", "[edit]", "[citation needed]", "5km"),
    *("US$", "3.5", "10.0.0.1", "8.8.8.8", "http://a.b.co/x-y", "me@x.org", "x.co", "the", "and", "with", "word "),
    *("lorem ipsum", "Lorem Ipsum ", "javascript", "JavaScript is ", "Terms of Use", "use Cookies", "privacy policy"),
    *("One two three four. ", "Is it? ", "- item of a list\n", "the same line again\n", "the same line again\n\n"),
    "a " * 12,
    "x" * 1001,
]
pieces = st.one_of(
    st.sampled_from(_PIECES), st.sampled_from(list(exceptions())), st.characters(exclude_categories=["Cs"])
)
rule_texts = st.lists(pieces, max_size=40).map("".join)
