"""The commonest words of any text, with their share: in one article every word is rare, and these are not.

Arabic: words that stand at least once in 3,000 in news (SaudiNewsNet, 2015) and in books and encyclopedias
(the sources of ExAra-2015) alike, by the geometric mean of both shares; names of one country or person left
out. English and French: the first words of any frequency list, rounded. Loose keys.
"""

from __future__ import annotations

import functools

from dedup.text.vocabulary import name_of

_BY_HALF_BITS = {
    4.0: "the de",
    5.0: "of and to la",
    5.5: "in a le et les",
    6.0: "من في is that des en un",
    6.5: "ان الي علي for it was du une est que",
    7.0: "on with as by at from his he be this are dans il pour qui au",
    7.5: "التي عن an have not but which were or had par sur plus pas ne se",
    8.0: "او ما مع الذي لا هذا هذه they been has their who will said one more",
    8.5: "كان بين بعد ذلك",
    9.0: "كما كل عام خلال حيث هو لم انه الله",
    9.5: "وفي كانت حتي قبل قد بن اي بعض وهو هي غير وقد اكثر ومن",
    10.0: "مثل الا العالم فيها له ولا العربيه ثم العام ايضا و عدد بها تلك هناك وهي تم عليه اخري يمكن منها منذ الذين "
    "بشكل "
    "فان اليوم وكان فيه لها يكون",
    10.5: "به احد وان الاول عند ولكن انها والتي بان اما العمل عليها وذلك بل لكن دون قال المتحده منطقه رءيس مدينه عبد "
    "الاولي اذا مما فيما تكون المنطقه العربي جميع وقال حول فقد اول عبر الدول نحو",
    11.0: "العامه الوقت اخر عندما مليون فقط يوم الان كبير الامر مجلس المدينه الملك الدوله بما خاصه داخل تحت اكبر ليس "
    "الماضي بسبب الثاني حين يتم امام وهذا الاسلاميه وعلي سنه وما ولم ذات الانسان الناس كبيره المجتمع الاخري شركه "
    "نفسه وكانت الدين العديد الف الدكتور عده جديده عمليه لان وجود البلاد ضد اليه لدي",
    11.5: "الدولي سنوات لهم اجل طريق يجب اذ مجموعه والذي العالميه عشر الحكومه منه بينما جانب الخاصه الرءيس عدم "
    "الكثير "
    "ضمن الحياه ايام الولايات النظام اداره واحد الفتره دول مستوي واحده فتره الاتحاد الاطفال جدا اضافه هنا الارض عمل "
    "وقت بالاضافه",
}
"""Minus the binary logarithm of the share -> words."""


@functools.cache
def common_words() -> dict[int, float]:
    """Return the share of each common word in any text, by its name."""
    return {name_of(word): 2.0**-bits for bits, words in _BY_HALF_BITS.items() for word in words.split()}
