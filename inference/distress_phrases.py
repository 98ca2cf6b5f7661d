"""Phrases that always mean danger, and replies that by themselves never do.

Whatever the network makes of the sentence around a phrase of danger it counts; a whole message
that is no more than an everyday reply is none.

Each is precise: it does not stand in an idiom ("배고파 죽겠다"), a film or a game. They are
matched on `character_ngrams.squeeze(character_ngrams.normalize(text))`, Korean and English alike
without spaces and punctuation, so that "죽.고.싶.다" and "s u i c i d e" are found. A phrase does
not count where one of the words that take it back or speak of a work, a game or the past stands
in the same piece.
"""

import re

from inference.analysis import DistressKind, DistressLevel
from inference.character_ngrams import normalize, squeeze

_Danger = tuple[DistressKind, DistressLevel]
_THOUGHTS: _Danger = (DistressKind.SELFHARM, DistressLevel.THOUGHTS)
_IN_PROGRESS: _Danger = (DistressKind.SELFHARM, DistressLevel.IN_PROGRESS)
_HELP: _Danger = (DistressKind.HELP, DistressLevel.CRY)
_FIRE: _Danger = (DistressKind.FIRE, DistressLevel.CRY)
_MEDICAL: _Danger = (DistressKind.MEDICAL, DistressLevel.CRY)
_VIOLENCE: _Danger = (DistressKind.VIOLENCE, DistressLevel.CRY)

_TAKEN_BACK = re.compile(
    r"않|아니|아냐|아님|없어졌|안들|안해|안나|적있|적이있|시절|예전|옛날|한때|뜻|농담이|드라마|영화"
    r"|소설|노래|가사|게임|뉴스|기사|웹툰|만화|책|연극|수업|과제|교육|예방|캠페인|통계|강의|논문"
    r"|다큐|떡볶이|창피|쪽팔|부끄|배고|웃겨|배우|오타|대사|캐릭터|꿈|ㅋㅋ|ㅎㅎ"
    r"|dont|not|never|usedto|anymore(?:thank|and)|movie|film|show|song|book|game|novel|lyrics"
    r"|prevention|awareness|essay|class|report|haha|lol|jk|embarrass|squad|joke|years"
)
_PHRASES: tuple[tuple[re.Pattern[str], _Danger], ...] = tuple(
    (re.compile(pattern), danger)
    for pattern, danger in (
        (r"죽고싶(?:다(?!는말)|어|네|은마음|은생각|습니다|은데|음|$)", _THOUGHTS),
        (r"(?:자살|자해)(?:하고싶|할래|할거|할까|충동|생각(?:이|만|을|나|중))", _THOUGHTS),
        (r"(?:그만|더이상)살고싶(?:어|다|지)", _THOUGHTS),
        (r"살고싶지(?:가)?않", _THOUGHTS),
        (r"(?:이번)?(?:생|삶|목숨|인생)을?(?:그만)?(?:끝내|마감하|끊)고싶", _THOUGHTS),
        (r"(?:손목|팔|허벅지)(?:을|를)?(?:긋고|그어버리고)싶", _THOUGHTS),
        (r"죽고[십싪]|뒤[져지](?:버)?(?:릴까|리고싶|고싶)|뒈지고싶", _THOUGHTS),
        (r"(?:콱|확|걍|그냥|차라리)죽(?:을까|어버|고싶|자싶|어야|었으면|는게)", _THOUGHTS),
        (r"죽는게(?:낫|나을|나아|답|편)|죽어야(?:겠|할것)", _THOUGHTS),
        (r"극단적(?:인)?생각|극단적(?:인)?선택(?:을)?(?:할|하고싶)", _THOUGHTS),
        (
            r"(?:나쁜|안좋은)(?:생각|선택)(?:이|을)?(?:자꾸|할것)|나쁜마음(?:을)?먹(?:어|게|을)",
            _THOUGHTS,
        ),
        (
            r"(?:나|나만|나하나|내가|저만|저하나|제가)(?:없으면|없어지면|사라지면|죽으면|없어져야)"
            r".{0,14}(?:행복|편해|편할|편하|나을|낫|좋을|홀가분|살만)",
            _THOUGHTS,
        ),
        (r"유서(?:를|도)?(?:다)?(?:써봤|썼|쓰고있|쓰는중|적었|써놨|써놓|써뒀|써두)", _THOUGHTS),
        (r"(?:손목|팔|허벅지)(?:을|를)?(?:또)?그었", _IN_PROGRESS),
        (r"(?:지금|방금)(?:자해|자살)(?:했|하는중|하려|할거|한다)", _IN_PROGRESS),
        (
            r"(?:옥상|난간)(?:에|위에|위|끝에|밖에|앞에)?(?:서|올라와|앉아|매달려)?있.{0,4}(?:뛰|안녕|갈게|죽)",
            _IN_PROGRESS,
        ),
        (r"(?:지금|이제)뛰어내(?:릴|리려|린)", _IN_PROGRESS),
        (
            r"(?:수면제|약)(?:을)?(?:한통|통째로|한꺼번에|전부|모두|다)(?:털어)?(?:먹었|삼켰|넣었)어",
            _IN_PROGRESS,
        ),
        (r"농약(?:을)?(?:마셨|먹었|마심)", _IN_PROGRESS),
        (
            r"i(?:just|really|still)?(?:want|wanna|wish)(?:to|i(?:was|were))?(?:die(?:$|[^t])|dead)",
            _THOUGHTS,
        ),
        (r"(?:kill|unalive|off)(?:ing)?myself", _THOUGHTS),
        (r"(?:end|ending|take|taking)my(?:own)?life", _THOUGHTS),
        (r"(?:feel|feeling|im|am)(?:so)?suicidal", _THOUGHTS),
        (r"iwant(?:to)?(?:cut|hurt|harm)myself", _THOUGHTS),
        (r"iwanttoend(?:it|this)all|(?:to|ill|will)enditall", _THOUGHTS),
        (r"(?:cut|slit)mywrists?", _IN_PROGRESS),
        (r"(?:im|iam)(?:about|going|gonna)(?:to)?jump(?:$|now|off)", _IN_PROGRESS),
        (
            r"(?:took|taken|swallowed)(?:all|every|too?many|thewhole).{0,12}(?:pills|tablets|meds|bottle)",
            _IN_PROGRESS,
        ),
        (
            r"^(?:제발)?(?:사람)?살려(?:주세요|줘|줘요|주십시오)(?:$|제발|빨리|누구|누가|도와)",
            _HELP,
        ),
        (r"(?:119|112|구급차|경찰)(?:좀)?불러(?:줘|주세요)", _HELP),
        (r"불(?:이)?났어(?:요)?(?:살려|도와|어떡|빨리|어떻)", _FIRE),
        (r"^불이야", _FIRE),
        (r"(?:숨을안쉬|의식이없|숨이없)어", _MEDICAL),
        (r"(?:칼|흉기)(?:을)?(?:들고(?:쫓아|위협|죽)|에찔렸|로찔렀)", _VIOLENCE),
        (r"(?:heis|hes|sheis|shes|isnt|isnot|not)breathing$", _MEDICAL),
        (
            r"(?:someone|somebody|please)(?:call|send)(?:the)?(?:police|ambulance|911|999|help)",
            _HELP,
        ),
        (r"(?:house|flat|home|kitchen)(?:is|s)onfire", _FIRE),
    )
)


EVERYDAY = frozenset({
    "k", "kk", "ok", "bye", "byebye", "okbye", "okaybye", "kbye", "gtgbye", "gottagobye",
    "byefornow", "goodbye", "seeyou", "goodnight", "imsafe", "imsafefornow", "delete",
    "deleteit", "keepthem", "keepit", "moveup", "movedown", "findmysounds", "나갈게",
    "나먼저갈게", "이만갈게", "갈게", "갈게요", "바이", "바이바이", "빠이", "잘자",
    "잘자요", "안녕", "맞아", "맞아요", "나중에할게요", "여기까지할게요", "아래로", "위로",
})  # fmt: skip
"""Whole messages, squeezed: in a goodbye alone the network heard a last one."""


def is_everyday(text: str) -> bool:
    """Whether a message is nothing but an everyday reply."""
    return squeeze(normalize(text)) in EVERYDAY


def certain_danger(piece: str) -> _Danger | None:
    """What a phrase in this piece of a message says for certain, None if it says nothing."""
    squeezed = squeeze(normalize(piece))
    for phrase, danger in _PHRASES:
        found = phrase.search(squeezed)
        if found and not _TAKEN_BACK.search(squeezed.replace(found[0], "")):
            return danger
    return None
