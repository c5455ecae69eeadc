import pytest

from corpuscope.english.words import count_sentences, words


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Don't, he said.", "Do|n't|,|he|said|."),
        ("I cannot go at 8a.m. to the U.S.A.", "I|can|not|go|at|8|a.m.|to|the|U.S.A."),
        ("It costs US$5 or 5$", "It|costs|US$|5|or|5|$"),
        ("A 5km run-up, 3.5kg", "A|5|km|run|-|up|,|3.5|kg"),
        ("Mr. Smith (see e.g. Jr.) :)", "Mr.|Smith|(|see|e.g.|Jr.|)|:)"),
        ("http://example.com/a-b,c mail me@x-y.org", "http://example.com/a-b,c|mail|me@x-y.org"),
        ("end...Start well—known 😀😀", "end|...|Start|well|—|known|😀|😀"),
        ("the dogs' and the dog's", "the|dogs|'|and|the|dog|'s"),
        ("10.0.0.1/a-b 8.8.8.8/a-b", "10.0.0.1|/|a|-|b|8.8.8.8/a-b"),
        ("vitamin-a. and A:D", "vitamin|-|a.|and|A|:D"),
    ],
)
def test_words_are_cut_as_spacy_cuts_them(text: str, cut: str) -> None:
    assert [text[start:end] for start, end in words(text)] == cut.split("|")


@pytest.mark.parametrize(
    ("line", "sentences"),
    [
        ("One. Two! Three?", 3),
        ('He said "no." Then he left.', 2),
        ("No end here", 1),
        ("Wait... what", 1),
        ("Dr. Who met Mr. Smith.", 1),
        ("Done.  ", 2),
    ],
)
def test_sentences_are_counted_as_spacys_sentencizer_counts_them(line: str, sentences: int) -> None:
    assert count_sentences(line) == sentences
