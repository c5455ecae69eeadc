import math
from itertools import combinations

import pytest

from corpuscope.charts import Rectangle, length_figure, squarify, year_figure
from corpuscope.composition import Histogram
from corpuscope.fields import Field
from corpuscope.portions import Portion


def histogram(edges: list[int], counts: list[int], name: str = "year") -> Histogram:
    bars = tuple(Portion(name, f"{e} <b>", c, c, c * 10, ()) for e, c in zip(edges, counts, strict=False))
    return Histogram(Field(name=name, type="int"), bars, tuple(edges), None)


def test_areas_are_in_proportion_and_fill_the_whole():
    sizes = [600, 300, 200, 90, 40, 7, 1]
    places = squarify(sizes, 1200, 360)
    for size, place in zip(sizes, places, strict=True):
        assert place.width * place.height == pytest.approx(1200 * 360 * size / sum(sizes))
        assert place.x >= 0 and place.y >= 0
        assert place.x + place.width <= 1200.001 and place.y + place.height <= 360.001


def test_cells_do_not_overlap():
    for a, b in combinations(squarify([50, 30, 30, 20, 10, 10, 5, 2, 1, 1], 700, 300), 2):
        apart = (
            a.x + a.width <= b.x + 1e-6
            or b.x + b.width <= a.x + 1e-6
            or a.y + a.height <= b.y + 1e-6
            or b.y + b.height <= a.y + 1e-6
        )
        assert apart, (a, b)


def test_the_layout_is_that_of_the_paper():
    # Bruls, Huizing and van Wijk, figure 4: sizes 6 6 4 3 2 2 1 in 6 by 4.
    places = squarify([6, 6, 4, 3, 2, 2, 1], 6, 4)
    assert [(round(p.width, 2), round(p.height, 2)) for p in places] == [
        (3, 2),
        (3, 2),
        (1.71, 2.33),
        (1.29, 2.33),
        (1.2, 1.67),
        (1.2, 1.67),
        (0.6, 1.67),
    ]


def test_one_size_takes_everything_and_none_takes_nothing():
    assert squarify([5], 10, 4) == [Rectangle(0, 0, 10, 4)]
    assert squarify([], 10, 4) == []


def test_bars_of_years_stand_at_their_years_and_hover_exactly():
    figure = year_figure(histogram([2010, 2011, 2012], [12_345, 3]), "documents", estimated=True)
    (bars,) = figure.data
    assert list(bars.x) == [2010, 2011] and list(bars.y)[0] == 12_345
    assert bars.hovertext[0] == "<b>year 2010 &lt;b&gt;</b><br>12,345 documents, 123,450~ tokens"
    assert figure.layout.title.text == "Documents per year"


def test_a_decade_is_as_wide_as_ten_years():
    figure = year_figure(histogram([1990, 2000, 2010], [4, 6]), "tokens", estimated=True)
    assert list(figure.data[0].x) == [1994.5, 2004.5]
    assert list(figure.data[0].y) == [40, 60]
    assert figure.layout.title.text == "Tokens (estimated) per 10 years"


def test_lengths_stand_on_a_logarithmic_axis():
    figure = length_figure(histogram([0, 1, 10, 100, 1000], [1, 2, 3, 4], "characters"), "documents", estimated=False)
    assert list(figure.data[0].x)[1:] == [0.5, 1.5, 2.5]
    assert list(figure.layout.xaxis.ticktext) == ["1", "10", "100", "1k"]
    assert list(figure.layout.xaxis.tickvals) == [math.log10(n) for n in (1, 10, 100, 1000)]


def test_a_short_span_of_lengths_has_ticks_too():
    figure = length_figure(histogram([200, 1000, 2500], [1, 2], "characters"), "documents", estimated=False)
    assert list(figure.layout.xaxis.ticktext) == ["200", "500", "1k", "2k"]
    single = length_figure(histogram([630, 800], [1], "characters"), "documents", estimated=False)
    assert list(single.layout.xaxis.ticktext) == ["630"]


def test_a_small_bar_can_be_seen_and_an_empty_one_is_none():
    figure = year_figure(histogram([2010, 2011, 2012, 2013], [1_000_000, 1, 0]), "documents", estimated=False)
    assert list(figure.data[0].y) == [1_000_000, 8_000, 0]


def test_an_axis_of_few_documents_has_whole_ticks():
    few = year_figure(histogram([2010, 2011], [1]), "documents", estimated=False)
    many = year_figure(histogram([2010, 2011], [1000]), "documents", estimated=False)
    assert (few.layout.yaxis.dtick, many.layout.yaxis.dtick) == (1, None)


def test_a_field_name_is_no_markup():
    figure = length_figure(histogram([1, 10], [1], "<b>x"), "documents", estimated=False)
    assert "&lt;b&gt;x" in figure.layout.title.text
