"""What two alike texts are to each other: each kind of evidence, alone and against the others."""

import itertools
import re

import pytest

import dedup
from dedup.match.explain import _compared as compared
from dedup.match.explain import relate
from dedup.match.formula import Signs
from dedup.match.sides import LEAST_WEIGHT, Side
from dedup.text.facts import Fact, facts
from dedup.text.formulas import share_by_formula
from dedup.text.furniture import prose_end, scripture_in
from dedup.text.normalize import loose_key, make_key
from dedup.text.tokens import tokens

WEATHER = "توقعت الأرصاد أن تكون الرياح السطحية على البحر الأحمر {} بسرعة {} كيلومترا وارتفاع الموج مترا"
STORY = (
    "أعلن وزير التعليم أن المدارس الجديدة ستفتح أبوابها للطلاب في الخريف المقبل بعد أن اكتملت أعمال البناء "
    "في ضواحي العاصمة الشرقية"
)
PRICE = "ارتفع سعر خام برنت {} سنتا إلى {} دولارا للبرميل عند التسوية مع تراجع المخزونات الأمريكية"


def name_of(a, b, **options):
    return relate(loose_key(a).split(), loose_key(b).split(), **options).name


def evidence_of(a, b):
    return relate(loose_key(a).split(), loose_key(b).split()).evidence


@pytest.mark.parametrize(
    ("a", "b", "evidence"),
    [
        (PRICE.format(31, "49.50"), PRICE.format(12, "48.57"), "2 places state other numbers"),
        (PRICE.format("خمسة عشر", 49), PRICE.format("عشرين", 51), "2 places state other numbers"),
        (
            "وتوقع التقرير استقرار الإنتاج الزراعي خلال شهر آذار ووصول الصادرات في تموز",
            "وتوقع التقرير استقرار الإنتاج الزراعي خلال شهر نيسان ووصول الصادرات في آب",
            "2 places state other months",
        ),
        (
            "تبدأ مواعيد العمل الرسمية في رجب وتنتهي إجازة المعلمين في شوال",
            "تبدأ مواعيد العمل الرسمية في شعبان وتنتهي إجازة المعلمين في محرم",
            "2 places state other months",
        ),
        (WEATHER.format("جنوبية غربية", 15), WEATHER.format("شمالية شرقية", 30), "1 place states another direction"),
        (
            "احتفل سالم بن ناصر القرني بعقد قرانه على كريمة علي بن حسن العمري وسط حضور الأهل",
            "احتفل ماجد بن فهد القرني بعقد قرانه على كريمة علي بن راشد العمري وسط حضور الأهل",
            "3 places have other names",
        ),
        (
            "وأرجع البنك سبب الارتفاع في أرباحه إلى زيادة إجمالي دخل العمليات المصرفية",
            "وأرجع البنك سبب الانخفاض في أرباحه إلى تراجع إجمالي دخل العمليات المصرفية",
            "2 places have a rise against a fall",
        ),
    ],
)
def test_one_formula_with_other_facts(a, b, evidence):
    assert name_of(a, b) == name_of(b, a) == "template"
    assert evidence in evidence_of(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (STORY, STORY.replace("أعلن", "أكد")),
        (STORY, f"وكالات – {STORY} رابط الخبر بصحيفة الأيام: افتتاح {47} مدرسة"),
        (f"{STORY} وعددها 4", f"{STORY} وعددها أربع"),
        (f"{STORY} في 25 تموز", f"{STORY} في خمسة وعشرين يوليو"),
        (f"{STORY} بقيمة 42.3 مليون", f"{STORY} بقيمة 3ر42 مليون"),
        (f"{STORY} وعددها 1,200", f"{STORY} وعددها 1.200"),
        (f"{STORY} بحضور عبدالله بن ناصر", f"{STORY} بحضور عبد الله بن ناصر"),
        (f"{STORY} وعددها 12 مدرسة", f"{STORY} وعددها 15 مدرسة"),
        (STORY, " ".join([*STORY.split()[12:], *STORY.split()[:12]])),
    ],
    ids=[
        "who said it", "share-button text", "a number in words", "both families of months", "decimals of agencies",
        "separators", "a name in two spellings", "one number: a correction", "moved about",
    ],
)  # fmt: skip
def test_one_text_again(a, b):
    assert name_of(a, b) == name_of(b, a) == "repeat"


TOLL = "لقي {} شخصا حتفهم وأصيب {} آخرون في غرق عبارة قبالة جزيرة السنابل كانت تقل {} راكبا بينهم {} طفلا من أهلها"


def test_a_story_with_newer_figures_is_no_formula():
    """Of numbers alone, most are the same; where all are others, or the day is, it is another event."""
    story = TOLL.format(19, 46, 212, 31)
    corrected = evidence_of(story, f"وكالات {TOLL.format(23, 46, 212, 31)} بحسب السلطات")
    assert name_of(story, TOLL.format(23, 46, 212, 31)) == "repeat"
    assert "3 other numbers are the same" in corrected
    assert name_of(story, TOLL.format(7, 12, 90, 4)) == "template"
    monday, friday = (f"{TOLL} يوم {day}" for day in ("الاثنين", "الجمعة"))
    assert name_of(monday.format(19, 46, 212, 31), friday.format(23, 40, 212, 31)) == "template"


def test_a_line_of_furniture_is_no_story_with_newer_figures():
    line = "للتواصل مع الكاتب أرسل رسالة تبدأ بالرمز {} ثم مسافة إلى 88591 أو 635031 أو 737221 وشكرا"
    assert name_of(f"{line.format(70)} السعيد", f"العنوان الجديد {line.format(48)}") == "template"


def test_numbers_that_stand_elsewhere_too_are_others_where_they_are_exchanged():
    """A forecast repeats its figures: 15 to 35 stands for both seas, then for one only."""
    seas = "الرياح على البحر الأحمر شمالية بسرعة {} كيلومترا في الساعة وعلى الخليج العربي شرقية بسرعة {} كيلومترا"
    evidence = evidence_of(seas.format("15 إلى 35", "15 إلى 35"), seas.format("18 إلى 38", "15 إلى 35"))
    assert "2 places state other numbers" in evidence
    moved = evidence_of(f"{STORY} وعددها 12 مدرسة", f"في 12 حيا {STORY} وعددها كبير")
    assert not any("another number" in each for each in moved)


def test_one_name_is_no_formula_where_half_differs():
    a = "أوضح المتحدث باسم مديرية الدفاع بمنطقة عسير أن فرقة الإنقاذ رفعت المصابة بالحبال من قاع البئر ونقلتها للمستشفى"
    b = "أوضح المتحدث باسم مديرية الدفاع بمنطقة تبوك أن بلاغا ورد عن ثعبان داخل بيت مواطن فتم إخراجه دون خسائر"
    assert name_of(a, b) == "other"


WEDDING = "احتفل الشاب {} بزفافه مساء أمس وسط حضور كبير من الأهل والأصدقاء {} مباركين ومهنئين للعروسين بهذه المناسبة"


def test_a_notice_by_formula_is_known_without_a_number_or_a_name():
    """What both have are words of such notices, and all between them is other; the evidence says so."""
    a = WEDDING.format("ماجد العنزي", "في قصر الأفراح غرب المدينة بمشاركة فرقة شعبية").replace("مهنئين", "مبتهجين")
    b = WEDDING.format("نايف الحركان", "داخل استراحة والده على شاطئ نصف القمر").replace("كبير", "زملائه")
    assert name_of(a, b) == name_of(b, a) == "template"
    evidence = " ".join(evidence_of(a, b))
    assert "places say something else" in evidence
    assert "of the words that both have are those of news by formula" in evidence


FILLED = (
    ("الطاهي سالم", "شامية", "بالميناء القديم", "من كل عمر", "الحلويات الساخنة", "صفقوا طويلا"),
    ("فريق المعهد", "بحرية نادرة", "داخل الحديقة العامة", "أجانب كثيرين", "الأسماك المشوية", "غادروا سعداء"),
)


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        ("أعد {} أطباقا {} في مهرجان المأكولات {} بين زوار {} الذين تذوقوا {} ثم {}", "other"),
        ("قاد {} مركبا {} في سباق القوارب {} أمام جمهور {} وعاد بعده {} إلى الشاطئ {}", "template"),
    ],
    ids=["weighs 5.4", "weighs 5.8"],
)
def test_signs_make_a_formula_from_the_weight_that_was_fitted(formula, name):
    """5.5: without a word of notices only what stands close, and is cut often, is a formula."""
    assert name_of(formula.format(*FILLED[0]), formula.format(*FILLED[1])) == name


@pytest.mark.parametrize("sign", Signs._fields)
def test_each_sign_speaks_for_a_formula_and_none_alone_for_all(sign):
    """More of it weighs more, whatever the others are; a tenth place that says something else less than a second."""
    for others in (Signs(0, 0, 0, 0), Signs(0.1, 0.4, 3, 2.0)):
        weights = [others._replace(**{sign: getattr(others, sign) + step}).weight for step in range(4)]
        assert weights == sorted(set(weights))
        rises = [after - before for before, after in itertools.pairwise(weights)]
        assert (rises[0] > 1.1 * rises[-1]) == (sign == "replaced")
    assert Signs(0, 0, 0, 0).weight == 0


def test_signs_are_of_what_both_sides_have():
    """Words of notices that one side alone has say nothing; equal stretches are counted by the shorter side."""
    a, b = (tokens(make_key(WEDDING.format(*filled))) for filled in (("ماجد", "غرب المدينة"), ("نايف", "على الشاطئ")))
    signs = compared(Side(a), Side(b)).signs()
    assert signs.by_formula == share_by_formula(set(a) & set(b)) > 0
    alone = tokens(make_key("استقبل الوفد وتسلم رسالة خطية ثم افتتح المعرض ودشن الطريق"))
    assert compared(Side(a), Side([*b, *alone])).signs().by_formula == signs.by_formula
    assert compared(Side([*a, *alone]), Side(b)).signs().by_formula == signs.by_formula
    longer = compared(Side(a), Side([*b, *alone])).signs()
    assert longer.runs == signs.runs == compared(Side([*a, *alone]), Side(b)).signs().runs > 1


# --- one side -------------------------------------------------------------------------------------


def test_a_word_tells_the_more_the_rarer_it_is():
    """From the least to all; what no list of common words has tells all, a word of furniture a quarter."""
    rising = ["the", "to", "من", "كل", "العالم", "الدولي", "كازاخستان"]
    told = [Side([word]).weight for word in rising]
    assert told == sorted(set(told))
    assert (told[0], told[-1]) == (LEAST_WEIGHT, 1.0)
    assert Side(rising).weight == pytest.approx(sum(told))
    said = Side(["كازاخستان"] * 2).weight - Side(["كازاخستان", "وقال"]).weight
    assert said > 0.75


def test_a_side_is_its_text_without_that_of_share_buttons():
    """In all that is known of it: weight, facts, numbers."""
    plain, shared = (
        Side(tokens(make_key(text))) for text in (STORY, f"{STORY} رابط الخبر بصحيفة الأيام: افتتاح 47 مدرسة")
    )
    assert len(shared.tokens) > len(plain.tokens)
    for known in ("words", "weight", "facts", "numbers", "days"):
        assert getattr(shared, known) == getattr(plain, known), known
    assert plain.numbers == frozenset()


def test_what_a_side_states_is_counted_and_told_apart():
    side = Side(tokens(make_key("يوم الأحد 12 مايو ثم يوم الأحد 12 مايو بسعر 3.5 ريال")))
    assert side.facts[Fact("number", "12")] == side.facts[Fact("day", "sunday")] == 2
    assert side.days == {Fact("day", "sunday")}
    assert side.numbers == {"12", "3 5"}, "a decimal is one number"


def test_a_side_is_never_without_weight():
    """Shares of it are told: even of none, and of words that tell least."""
    assert Side([]).weight == LEAST_WEIGHT
    assert Side(["the"]).weight == LEAST_WEIGHT
    assert relate([], ["the"]).name != "repeat"


# --- further kinds of evidence --------------------------------------------------------------------


def test_words_of_notices_make_no_formula_of_one_event():
    """Two reports of one wedding have them, too; and two that share only such words side by side are no formula."""
    a = WEDDING.format("ماجد العنزي", "في قصر الأفراح")
    assert name_of(a, a.replace("كبير", "غفير").replace("الشاب", "الزميل")) == "repeat"


def test_prices_of_one_day_told_by_two_are_no_formula():
    a = "تراجع مؤشر داو جونز 23ر26 نقطة أو 15ر0 في المائة إلى 06ر17893 نقطة ونزل مؤشر ناسداك 74ر61 نقطة"
    b = "فتحت الأسهم على انخفاض وهبط مؤشر داو جونز 26.23 نقطة أو 0.15 بالمئة إلى 17893.06 نقطة كما خسر مؤشر ناسداك {} نقطة"
    assert name_of(a, b.format(61.74)) == name_of(b.format(61.74), a) != "template"


def test_one_side_has_a_sentence_more():
    more = f"{STORY}. وانتقد أولياء الأمور ازدحام الفصول وطالبوا بتعيين معلمين ومراقبين وتوفير حافلات إضافية"
    for a, b, side in ((STORY, more, "b"), (more, STORY, "a")):
        relation = relate(loose_key(a).split(), loose_key(b).split())
        assert relation.name == "passage"
        assert relation.evidence[0].startswith(f"{side} has a stretch that is not in ")
        assert min(relation.containment) < 0.8
        assert max(relation.containment) == pytest.approx(1.0)
        first, last = relation.b if side == "b" else relation.a
        assert (first, last) == (0, len(STORY.split())), "the stretch that both have"


def test_two_texts_that_share_set_phrases():
    a = "قال الوزير إن المصانع الحديثة تنتج الإسمنت والحديد بكميات كبيرة"
    b = "قال الوزير إن الحقول الخصبة تعطي القمح والزيتون بجودة عالية"
    assert name_of(a, b) == "other"
    assert name_of("صاحب السمو الملكي الأمير حفظه الله", "صاحب السمو الملكي الأمير حفظه الله", part=True) == "other"


def test_a_long_text_is_no_formula_for_one_number():
    long = " ".join(f"{STORY} {word}" for word in ("أولا", "ثم", "كذلك", "أخيرا", "وغدا", "وبعده", "وقبله", "ومعه"))
    changed = f"{long} وعددها 12 مدرسة".replace("الشرقية أولا", "المزدحمة قرب الميناء أولا")
    assert name_of(f"{long} وعددها 15 مدرسة", changed) == "repeat"


def test_a_weak_sign_is_enough_where_the_formula_recurs():
    """One number alone is a correction, unless both texts follow the formula with others, too."""
    line = "للتواصل مع الكاتب أرسل رسالة قصيرة تبدأ بالرمز {} ثم مسافة ثم الرسالة إلى الرقم المعلن على الصفحة"
    assert {m.kind for m in dedup.scan([line.format(5), line.format(7)]).matches} == {"near"}
    formula = "للتواصل مع {} أرسل رسالة قصيرة تبدأ بالرمز {} ثم مسافة ثم الرسالة إلى الرقم {} على الصفحة"
    others = [formula.format(*x) for x in (("الكاتبة", 41, 737221), ("المحررة", 52, 848332), ("الشاعر", 63, 959443))]
    report = dedup.scan(
        [line.format(5).replace("المعلن", "626110"), line.format(7).replace("المعلن", "626110"), *others]
    )
    assert {m.kind for m in report.matches} == {"template"}
    assert any("both follow a formula that recurs" in m.evidence for m in report.matches)
    (family,) = report.formulas
    assert len(family) == 5


def test_templates_never_fail_a_check_and_are_folded():
    texts = [
        PRICE.format(cents, dollars) for cents, dollars in ((31, "49.50"), (12, "48.57"), (25, "56.24"), (11, "59.45"))
    ]
    report = dedup.scan(texts, fail_on="passage")
    assert {m.kind for m in report.matches} == {"template"}
    assert (report.verdict, report.exit_code) == ("pass", 0)
    assert [len(family) for family in report.formulas] == [4]
    assert report.groups == ()


def test_evidence_quotes_no_word_of_the_texts():
    for a, b in ((PRICE.format(31, "49.50"), PRICE.format(12, "48.57")), (STORY, STORY.replace("أعلن", "أكد"))):
        found = dedup.explain(a, b)
        assert found.evidence
        assert not re.search("[\u0600-\u06ff]", " ".join(found.evidence))
        assert found.to_dict()["evidence"] == list(found.evidence)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("خمسة وعشرون رجلا", [("number", "25")]),
        ("اثنين وتسعة", [("number", "2"), ("number", "9")]),
        ("الثالثة عشرة", [("number", "13")]),
        ("ثلاثمائة وخمسة وعشرين", [("number", "325")]),
        ("بنسبة 5 في المئة", [("number", "5")]),
        ("كانون الثاني يناير", [("month", "01"), ("month", "01")]),
        ("تشرين الأول", [("month", "10")]),
        ("ربيع الآخر وذو القعدة", [("month", "h04"), ("month", "h11")]),
        ("يوم الأحد شمالا", [("day", "sunday"), ("compass", "north")]),
        ("واحد منهم", []),
        ("12/7 و2و3", [("number", "12"), ("number", "7"), ("number", "2"), ("number", "3")]),
    ],
)
def test_facts_of_words(text, expected):
    words = loose_key(text).split()
    assert list(facts(words)) == expected


def test_share_text_is_cut_only_behind_prose():
    words = loose_key(f"{STORY} شارك الخبر عبر تويتر").split()
    assert prose_end(words) == len(STORY.split())
    only = loose_key("رابط الخبر بصحيفة الأيام").split()
    assert prose_end(only) == len(only)


# --- explain and scan agree -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (PRICE.format(31, "49.50"), PRICE.format(12, "48.57")),
        (STORY, STORY.replace("أعلن", "أكد")),
        (STORY, f"{STORY}. وانتقد أولياء الأمور ازدحام الفصول وطالبوا بتعيين معلمين ومراقبين وتوفير حافلات"),
        (
            f"عاد الصيادون إلى الميناء. {STORY}",
            f"{STORY}. وهبط المنتخب إلى الدرجة الثانية بعد خسارة مفاجئة أمام الضيوف",
        ),
    ],
)
def test_a_pair_is_told_what_a_scan_tells(a, b):
    kinds = {match.kind for match in dedup.scan([a, b]).matches}
    assert kinds == {dedup.similarity(a, b).kind}
    assert dedup.explain(a, b).evidence


def test_short_texts_are_never_rewritten():
    a = "أعلن وزير الصحة أمس أن المستشفيات الجديدة ستفتح أبوابها قبل الخريف القادم"
    b = "أعلن وزير التعليم أمس أن المدارس الجديدة ستفتح أبوابها في الخريف المقبل"
    found = dedup.explain(a, b)
    assert found.similarity.kind is None
    assert found.rule.endswith("fewer than 15 words are never rewritten")
    assert dedup.scan([a, b]).matches == ()


def test_paragraphs_of_one_document_may_share_a_shorter_passage():
    short = "سيكون المفتاح هو التعاون الوثيق مع كازاخستان الزعيم الطبيعي للمنطقة"
    a = f"عاد الصيادون إلى الميناء القديم قبل الغروب. {short}"
    b = f"{short}. وهبط المنتخب إلى الدرجة الثانية بعد خسارة مفاجئة"
    assert dedup.explain(a, b).similarity.kind is None
    assert dedup.explain(a, b, within=True).similarity.kind == "passage"


def test_a_formula_is_told_below_what_a_scan_looks_for():
    a = "وفي يوم الخميس 9 أبريل استقبل أمير دولة قطر ورعى حفل افتتاح مشروع تطوير البجيري"
    b = "وفي يوم الأحد 12 أبريل استقبل رئيس وزراء باكستان ورعى ختام سباق الهجن السنوي"
    found = dedup.explain(a, b)
    assert 0.55 <= found.similarity.score < 0.7
    assert found.similarity.kind in ("template", None)
    assert dedup.scan([a, b]).matches == ()


def test_a_text_that_is_asked_again_says_the_same():
    """What is remembered of a text while it is compared with many changes nothing."""
    texts = [
        tokens(make_key(text))
        for text in (
            "ارتفع سعر البرميل إلى 42.3 دولارا يوم الاثنين 5 مايو بعد تراجع المخزون في الولايات المتحدة الأمريكية",
            "تراجع سعر البرميل إلى 39 دولارا يوم الخميس 8 مايو بعد ارتفاع المخزون في الولايات المتحدة الأمريكية",
            "ارتفع سعر البرميل إلى 42.3 دولارا يوم الاثنين 5 مايو بعد تراجع المخزون في الولايات المتحدة رابط الخبر",
        )
    ]
    sides = list(map(Side, texts))
    for part, a, b in itertools.product((True, False), range(3), range(3)):
        assert relate(sides[a], sides[b], part=part) == relate(texts[a], texts[b], part=part)


@pytest.mark.parametrize("lead", ["قال تعالى", "وقوله تعالى", "بقوله تعالى", "لقوله عز وجل", "وبقوله سبحانه"])
def test_what_leads_to_scripture_is_seen_with_the_letters_before_it(lead):
    words = tokens(make_key(f"واستشهد الخطيب {lead} مثل الذين ينفقون أموالهم في سبيل الله"))
    first = 2 + len(lead.split())
    assert set(range(first, len(words))) <= set(scripture_in(words))
    assert not set(scripture_in(tokens(make_key("واستشهد الخطيب بقول أحد المزارعين عن موسم المطر"))))
