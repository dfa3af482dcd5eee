"""Words of news that carry little: who said it, titles, honorifics, when, what leads over; and share-button text.

Tokens of loose keys. A paragraph that gains or loses only these says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

ATTRIBUTION = (
    "قال قالت يقول تقول قاءلا قوله قولها اضاف اضافت يضيف مضيفا ذكر ذكرت يذكر تذكر مذكرا اوضح اوضحت يوضح موضحا موضحه "
    "اكد اكدت يءكد "
    "مءكدا مءكده اشار اشارت يشير مشيرا مشيره بين بينت مبينا مبينه صرح صرحت تصريح تصريحات تصريحه لفت لافتا لافته افاد "
    "افادت مفيدا "
    "مفيده نوه منوها اعرب اعربت معربا شدد شددت مشددا عبر نقلا نقلت بحسب حسب وفقا وفق طبقا كشف كشفت ابان مبديا واصفا "
    "وصف اعتبر معتبرا "
    "تابع متابعا اردف مردفا استطرد اعلن اعلنت صحيفه جريده وكاله الانباء انباء مراسل مراسلنا الفرنسيه رويترز واس "
    "الالمانيه الاناضول "
    "سبق متابعات خاص المصدر مصدر مصادر المصادر بيان البيان تقرير التقرير كتب الناطق المتحدث الرسمي باسم"
)
HONORIFICS = (
    "صاحب صاحبه السمو سمو سموه الملكي الملكيه الامير معالي معاليه فضيله سماحه سعاده الدكتور الدكتوره دكتور المهندس "
    "مهندس الاستاذ "
    "الاستاذه السيد السيده الشيخ الحاج العقيد الراءد اللواء العميد المقدم النقيب الفريق حفظه حفظها حفظهم الله رحمه "
    "رعاه ايده وفقه "
    "ورعاه تعالي عز وجل ان شاء بمشيءه باذن صلي عليه وسلم رضي عنه عنها "
    "خادم الحرمين الشريفين الملك سلمان عبدالعزيز ال سعود ولي عهده العهد الامين رءيس مجلس الوزراء "
    "وزير الداخليه الدفاع الخارجيه رسول النبي المبارك الكريم الحنيف الموقر"
)
TIME = (
    "اليوم امس البارحه غدا مساء صباح صباحا ظهر ظهرا فجر الماضي الماضيه المقبل المقبله الجاري الحالي مءخرا اخيرا الان "
    "حاليا يوم يومي "
    "اول السبت الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعه تاريخ بتاريخ الموافق"
)
LEADS = (
    "كما كذلك ايضا حيث وذلك ذلك جهه جهته جهتها جانب جانبه ناحيه ناحيته صعيد اخر اخري سياق متصل غضون الي فيما بينما "
    "خصوصا خاصه لاسيما "
    "سيما جدير بالذكر يذكر تجدر الاشاره قد كان كانت هذا هذه هو هي انه انها ان التي الذي تم يتم قام قامت جري عدد عبر "
    "خلال ضمن وقد"
)
WORDS = frozenset(f"{ATTRIBUTION} {HONORIFICS} {TIME} {LEADS}".split())

SHARE = tuple(
    tuple(phrase.split())
    for phrase in (
        "رابط الخبر",
        "رابط المقال",
        "للتواصل مع الكاتب",
        "للتواصل ارسل",
        "سمات",
        "الكلمات الدلاليه",
        "كلمات دلاليه",
        "وسوم",
        "اقرا ايضا",
        "اقرا المزيد",
        "لمتابعه القراءه",
        "مواضيع ذات صله",
        "اخبار ذات صله",
        "شارك الخبر",
        "شارك هذا",
        "شارك علي",
        "ارسل رساله",
        "تابعونا علي",
        "تابعنا علي",
        "طباعه الخبر",
        "read more",
        "share this",
        "lire aussi",
        "partager",
    )
)
"""How share-button text, tags and links to other articles begin."""
LEAST_PROSE, PROSE_SHARE = 8, 0.4
"""Words, and share of all, before share-button text."""
_FIRST = frozenset(phrase[0] for phrase in SHARE)


def carries_little(word: str) -> bool:
    """Return whether a word, or what follows its و or ف, is one of WORDS."""
    return word in WORDS or (word[:1] in "وف" and word[1:] in WORDS)


def prose_end(words: Sequence[str]) -> int:
    """Return where share-button text begins that ends a paragraph; the number of words where none does.

    Only behind some prose: a paragraph that is such text for the most part is compared as it is.
    """
    if _FIRST.isdisjoint(words):
        return len(words)
    least = max(LEAST_PROSE, int(PROSE_SHARE * len(words)))
    for i in range(least, len(words)):
        if words[i] in _FIRST and any(tuple(words[i : i + len(p)]) == p for p in SHARE):
            return i
    return len(words)


def is_furniture(words: Sequence[str]) -> bool:
    """Return whether words hold share-button text that no prose goes before: all of it is a line of furniture."""
    return any(tuple(words[i : i + len(p)]) == p for i, word in enumerate(words) if word in _FIRST for p in SHARE)


SCRIPTURE = tuple(
    tuple(phrase.split())
    for phrase in (
        "قال تعالي",
        "قال الله",
        "قوله تعالي",
        "يقول تعالي",
        "قوله عز وجل",
        "قال عز وجل",
        "يقول عز وجل",
        "قوله سبحانه",
        "قال سبحانه",
        "يقول الله",
        "قول الله",
        "قال رسول الله",
        "قال النبي",
        "قول النبي",
        "قوله صلي الله",
        "صلي الله عليه وسلم",
        "عليه الصلاه والسلام",
        "عليه السلام",
        "الحديث الشريف",
        "الايه الكريمه",
        "بسم الله الرحمن الرحيم",
    )
)
"""What a verse of the Quran or a saying of the Prophet is quoted after."""
QUOTED_WORDS = 40
"""Words after such a phrase that are taken for the quotation: keys have no quotation marks that would end it."""
_BEFORE = ("", "و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب")
_SCRIPTURE_FIRST = {
    f"{letters}{first}": tuple(phrase[1:] for phrase in SCRIPTURE if phrase[0] == first)
    for first in dict.fromkeys(phrase[0] for phrase in SCRIPTURE)
    for letters in _BEFORE
}
"""First word of such a phrase, perhaps with letters written before it -> how the phrases go on that begin with it."""


def scripture_in(words: Sequence[str]) -> Iterator[int]:
    """Yield the places of words that stand in a quotation of scripture, so far as what leads to it tells."""
    if _SCRIPTURE_FIRST.keys().isdisjoint(words):
        return
    end = -1
    for i in [i for i, word in enumerate(words) if word in _SCRIPTURE_FIRST]:
        if any(tuple(words[i + 1 : i + 1 + len(rest)]) == rest for rest in _SCRIPTURE_FIRST[words[i]]):
            yield from range(max(i, end), min(i + QUOTED_WORDS + 1, len(words)))
            end = i + QUOTED_WORDS + 1
