"""Whether a short message names a feeling in order to say that it is not there."""

import re
from typing import Final

MOST_WORDS: Final = 6
_KOREAN: Final = (
    "좋|기쁘|기뻐|행복|즐거|즐겁|신나|반갑|설레|슬프|슬퍼|슬픈|우울|힘들|외로|외롭|"
    "쓸쓸|그립|그리[워운]|허전|무섭|무서|두렵|두려|불안|걱정|초조|떨[려리]|긴장|화나|화가 나|"
    "화 나|짜증|억울|답답|속상|서운|섭섭|서럽|서러|상처|아프|아파|창피|부끄|민망|당황|놀라|놀랍"
)
_ENGLISH: Final = (
    "happy|glad|excited|proud|joyful|sad|down|lonely|depressed|heartbroken|upset|angry|mad|furious|"
    "annoyed|scared|afraid|worry|worried|nervous|anxious|terrified|stressed|hurt|betrayed|"
    "offended|embarrassed|ashamed|awkward|shocked|surprised"
)
_NEGATED: Final = re.compile(
    rf"(?:^|\s)(?:안|못|별로|전혀|하나도)\s*(?:안\s*)?(?:{_KOREAN})"
    rf"|(?:{_KOREAN})\S*(?:지\s?[는도가]?|진|질)\s?(?:않|못|마|말)"
    rf"|(?:\b(?:not|never|hardly|no longer|(?:is|are|was|were|do|does|did|ai)n['’]?t)\b)"
    rf"\s+(?:\w+\s+){{0,2}}?(?:{_ENGLISH})\b",
    re.IGNORECASE,
)


def is_negated(text: str) -> bool:
    """Whether a short message denies a feeling, as "안 외로워" or "not sad at all" does.

    In a longer one the denied feeling is seldom what it is about.
    """
    return len(text.split()) <= MOST_WORDS and _NEGATED.search(text) is not None
