"""Words of news that is written by formula: receptions, weddings, deaths, accidents, weather, prices, notices.

Tokens of loose keys. They make no text a formula: two reports of one accident have them, too. But where they
are much of what two texts share, and other words stand between them, the formula is what is shared.
"""

from __future__ import annotations

from collections.abc import Collection

from dedup.text.memo import remembered

NOTICES = {
    "receptions and talks": "استقبل استقبلت يستقبل استقبال الاستقبال استقباله التقي اجتمع الاجتماع "
    "اجتماعا اجتماع عقد جلسه الجلسه مباحثات المباحثات استعراض استعرض بحث بحثا التعاون العلاقات الثناءيه "
    "المستجدات مستجدات تطورات تعزيزها ودعمها اوجه افاق حضر حضره حضور اللقاء لقاء اتصال هاتفيا رساله خطيه "
    "سلم غادر غادرت وصل وصلت وصوله وداعه مودعا تسلم نقل تحيات المجالات بمكتبه مكتبه مكتب قصر الضيف "
    "المرافق الوفد",
    "telegrams": "برقيه برقيتي تهنءه عزاء مواساه ومواساه بعث تلقي بمناسبه ذكري اليوم الوطني الصحه "
    "والسعاده التقدم والازدهار",
    "weddings, births, feasts": "هنا التهاني والتبريكات تهانينا تبادل المعايده معايده حفل الحفل احتفل "
    "احتفلت بزواجه بزواج بزفافه بزفاف زفاف الزواج قاعه كريمه العروسين رزق بمولود بمولوده تسميته تسميتها "
    "مواليد تخرج ترقيه رتبه العيد التهنءه المهنءين وسط الاهل والاصدقاء والاقارب الاقارب منسوبيها منسوبي",
    "deaths and condolences": "انتقل رحمه توفي وفاه الفقيد فقيدها العزاء التعازي والمواساه المواساه "
    "تعازي تعازيه مواساته جنازه الصلاه عليه دفن ودفن مقبره يتغمده بواسع رحمته ذويه الصبر والسلوان جناته "
    "راجعون منزل المواسين اسره لاسره",
    "accidents, attacks, rescues": "لقي لقيت مصرعه مصرعهم مصرعها حتفهم اصيب اصيبت واصابه اصابه اصابات "
    "باصابات حادث اصطدام انقلاب مروري حريق الحريق انقاذ غرق غريق ونقل المستشفي مستشفي الاسعافات اسعافيه "
    " بلاغ بلاغا باشرت دوريات الدوريات ضبط القبض الجاني "
    " طريق مركبه سياره التحقيق اشخاص شخص انفجار قتل قتلي جرحي قتيلا هجوم عمليه غاره",
    "weather": "الارصاد الطقس الرياح السحب امطار الامطار الرءيه الموج درجه درجات الحراره غبار الاتربه "
    "والغبار الافقيه سماء غاءمه جزءيا مرتفعات الرعديه سرعتها السطحيه مثيره",
    "prices, shares, results": "سعر اسعار سهم اسهم مءشر المءشر نقطه بالمءه المءه بنسبه دولار دولارا "
    "للبرميل للاوقيه تداول التداول تداولات اغلق اغلقت ارباح الارباح الربع صافي ريال ريالا ملايين مليون "
    "مليار توزيع للسهم المساهمين العقود الاجله تسليم الذهب النفط خام مقارنه بالفتره الفتره نفسها الماضي "
    "السابق قيمه بقيمه",
    "matches and training": "الدقيقه هدف هدفين الهدف مباراه المباراه فاز الفوز تعادل تاهل معسكر معسكره "
    "وديه الدوري الجوله نتيجه بنتيجه لصالح الفريق الاول لكره القدم اللاعب لاعب مدرب المدرب "
    "تدريبات تدريباته",
    "notices, jobs, prizes": "وظيفه وظاءف الوظاءف التقديم التسجيل المرشحين المرشحات المقابله الشخصيه "
    "موعد اعلنت اعلن دعت الشروط القبول الموقع الالكتروني الرابط المستندات الراغبين للعام الدراسي بلغ عدد "
    "الفاءزين الثاني الثالث المركز جاءزه",
    "courts": "القتل قصاصا صك شرعي الحكم بالسجن احيل تنفيذ حكم",
    "cases of a disease": "كورونا فيروس حاله حالات الحالات الاصابه المصاب تسجيل وفيات مواطن مواطنه وافد "
    "سنه تبلغ يبلغ العمر عاما",
    "openings and visits": "افتتح دشن رعي قص شريط الافتتاح تدشين تجول تفقد زار زياره ورعي كرم تكريم",
    "links and contacts": "رابط الخبر بصحيفه للتواصل مع الكاتب ارسل",
}
"""What is reported by formula -> words that an editor would name for it."""
WORDS = frozenset(word for words in NOTICES.values() for word in words.split())
_BEFORE = tuple("وفبل")


class _Members(dict[str, bool]):
    """Word -> whether it, or what follows its و, ف, ب or ل, is one of WORDS."""

    def __missing__(self, word: str) -> bool:
        return remembered(self, word, word in WORDS or (word.startswith(_BEFORE) and word[1:] in WORDS))


_members = _Members()


def share_by_formula(words: Collection[str]) -> float:
    """Return the share of words that belong to notices by formula; 0 where there are none."""
    return sum(map(_members.__getitem__, words)) / len(words) if words else 0.0
