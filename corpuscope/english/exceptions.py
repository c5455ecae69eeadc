"""Strings that spaCy 3.8 cuts, or leaves whole, in a way of their own in English text.

Those that are cut are written with a bar there: "do|n't".
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator

_ASKING = "who what when where why how there"
_PRONOUNS = "i you he she it we they"
_MODALS = "could might must should would"
_VERBS = "ca do does did had may need ought sha wo"
_OTHER_VERBS = "ai are is was were have has dare"

#: Which endings go with which words.
_ENDINGS: tuple[tuple[str, str], ...] = (
    ("|'m |'m|a", "i"),
    ("|'ll |'ll|'ve |'d |'d|'ve", f"{_PRONOUNS} {_ASKING} these those that this"),
    ("|'ve", f"i you we they {_ASKING} these those {_MODALS} not"),
    ("|'re", f"you we they {_ASKING} these those"),
    ("|'s", f"he she it {_ASKING} that this"),
    ("|n't |n't|'ve", f"{_MODALS} {_VERBS}"),
    ("|n't", _OTHER_VERBS),
)
#: Words that look like one of the above without its apostrophe.
_WORDS_OF_THEIR_OWN = "ill its hell shell shed were well whore"

_CUT = "y'|all y|all can|not Can|not gon|na Gon|na got|ta Got|ta let|'s Let|'s c'm|on C'm|on how|'d|'y How|'d|'y"
_DROPPED_G = "doin goin nothin nuthin ol somethin lovin havin"
_WHOLE = (
    "' '' \\\") <space> C++ \\t \\n — 'S 's ‘S ‘s and/or w/o 're 'Cause 'cause 'cos 'Cos 'coz 'Coz 'cuz 'Cuz 'bout "
    "em 'em ll 'll nuff 'nuff ma'am Ma'am o'clock O'clock 'd Mt. "
    "Ak. Ala. Apr. Ariz. Ark. Aug. Calif. Colo. Conn. Dec. Del. Feb. Fla. Ga. Ia. Id. Ill. Ind. Jan. Jul. Jun. Kan. "
    "Kans. Ky. La. Mar. Mass. Mich. Minn. Miss. N.C. N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev. Nov. Oct. Okla. Ore. Pa. "
    "S.C. Sep. Sept. Tenn. Va. Wash. Wis. a.m. Adm. Bros. co. Co. Corp. D.C. Dr. e.g. E.g. E.G. Gen. Gov. i.e. I.e. "
    "I.E. Inc. Jr. Ltd. Md. Messrs. Mo. Mont. Mr. Mrs. Ms. p.m. Ph.D. Prof. Rep. Rev. Sen. St. vs. v.s. ä. ö. ü."
)
_SMILEYS = (
    ":) :-) :)) :-)) :))) :-))) (: (-: =) (= :] :-] [: [-: [= =] :o) (o: :} :-} 8) 8-) (-8 ;) ;-) (; (-; :( :-( :(( "
    ":-(( :((( :-((( ): )-: =( >:( :') :'-) :'( :'-( :/ :-/ =/ =| :| :-| ]= =[ :1 :P :-P :p :-p :O :-O :o :-o :0 :-0 "
    ":() >:o :* :-* :3 :-3 =3 :> :-> :X :-X :x :-x :D :-D ;D ;-D =D xD XD xDD XDD 8D 8-D ^_^ ^__^ ^___^ >.< >.> <.< "
    "._. ;_; -_- -__- v.v V.V v_v V_V o_o o_O O_o O_O 0_o o_0 0_0 o.O O.o O.O o.o 0.0 o.0 0.o @_@ <3 <33 <333 </3 "
    "(^_^) (-_-) (._.) (>_<) (*_*) (¬_¬) ಠ_ಠ ಠ︵ಠ (ಠ_ಠ) ¯\\(ツ)/¯ (╯°□°）╯︵┻━┻ ><(((*>"
)


@functools.cache
def exceptions() -> dict[str, tuple[str, ...]]:
    """The words that each such string is cut into."""
    found: dict[str, tuple[str, ...]] = {}
    for parts in _all():
        # A curly apostrophe does as a straight one.
        for form in (parts, tuple(part.replace("'", "’") for part in parts)):
            found["".join(form)] = form
    return found


def _all() -> Iterator[tuple[str, ...]]:
    yield from (tuple(cut.split("|")) for cut in (*_contracted(), *_CUT.split(), *_times()))
    yield from (("°", unit, ".") for unit in "cfkCFK")
    dropped = (word + end for word in _DROPPED_G.split() for end in ("", "'"))
    yield from ((form,) for word in dropped for form in (word, word.capitalize()))
    letters = (f"{chr(code)}." for code in range(ord("a"), ord("z") + 1))
    yield from ((whole,) for whole in (*_WHOLE.split(), *_SMILEYS.split(), *letters))


def _contracted() -> Iterator[str]:
    for endings, words in _ENDINGS:
        for ending, word in itertools.product(endings.split(), words.split()):
            for cut in (word + ending, (word + ending).replace("'", "")):
                if cut.replace("|", "") not in _WORDS_OF_THEIR_OWN.split():
                    yield from (cut, cut[0].upper() + cut[1:])


def _times() -> Iterator[str]:
    for hour, half in itertools.product(range(1, 13), ("a.m.", "am", "p.m.", "pm")):
        yield f"{hour}|{half}"
