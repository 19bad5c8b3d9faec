"""Made-up people and goods of the sample club, in Persian and English; no number and no name belongs to anybody."""

from dataclasses import dataclass

WOMEN = ("سارا", "مریم", "نرگس", "زهرا", "الهام", "شیرین", "نیلوفر", "پریسا", "مهسا", "لیلا", "آزاده", "بهاره")
MEN = ("علی", "رضا", "امیر", "حسین", "کاوه", "بهروز", "آرش", "سعید", "مهدی", "پویا", "فرهاد", "سیاوش")
FAMILIES = (
    "احمدی", "کریمی", "رضایی", "محمدی", "جعفری", "حسینی", "موسوی", "صادقی", "نوری", "اکبری", "رحیمی", "کاظمی",
    "یزدانی", "شریفی", "قاسمی", "سلطانی", "بهرامی", "فرهادی", "مرادی", "نجفی",
)  # fmt: skip
DISTRICTS = ("ونک", "تجریش", "یوسف‌آباد", "سعادت‌آباد", "نارمک", "پونک", "شهرک غرب", "جنت‌آباد")
EDUCATIONS = ("school", "diploma", "bachelor", "master", "doctor")

#: The branches: code and name.
BRANCHES = (("MRK", "مرکزی · Central"), ("VAL", "ولیعصر · Valiasr"), ("TAJ", "تجریش · Tajrish"))

#: The shop's departments: English and Persian name.
DEPARTMENTS = (
    ("Groceries", "خواربار"),
    ("Dairy", "لبنیات"),
    ("Drinks", "نوشیدنی"),
    ("Sweets and nuts", "شیرینی و آجیل"),
    ("Household", "بهداشتی و خانه"),
)

#: The goods: English name, Persian name, cents, department.
GOODS = (
    ("Iranian rice 5 kg", "برنج ایرانی ۵ کیلویی", 2450, 0),
    ("Black tea 500 g", "چای سیاه ۵۰۰ گرمی", 690, 0),
    ("Saffron 1 g", "زعفران ۱ گرمی", 1190, 0),
    ("Sunflower oil 1.5 l", "روغن آفتابگردان ۱٫۵ لیتری", 520, 0),
    ("Sangak bread", "نان سنگک", 110, 0),
    ("Lentils 900 g", "عدس ۹۰۰ گرمی", 260, 0),
    ("Tomato paste 800 g", "رب گوجه ۸۰۰ گرمی", 240, 0),
    ("Yoghurt 1 kg", "ماست ۱ کیلویی", 215, 1),
    ("White cheese 400 g", "پنیر سفید ۴۰۰ گرمی", 310, 1),
    ("Milk 1 l", "شیر ۱ لیتری", 125, 1),
    ("Butter 100 g", "کره ۱۰۰ گرمی", 149, 1),
    ("Doogh 1.5 l", "دوغ ۱٫۵ لیتری", 135, 2),
    ("Pomegranate juice 1 l", "آب انار ۱ لیتری", 285, 2),
    ("Mineral water 1.5 l", "آب معدنی ۱٫۵ لیتری", 55, 2),
    ("Pistachios 500 g", "پسته ۵۰۰ گرمی", 1490, 3),
    ("Gaz of Isfahan 400 g", "گز اصفهان ۴۰۰ گرمی", 640, 3),
    ("Dates 700 g", "خرما ۷۰۰ گرمی", 420, 3),
    ("Saffron ice cream", "بستنی زعفرانی", 375, 3),
    ("Washing powder 3 kg", "پودر لباسشویی ۳ کیلویی", 830, 4),
    ("Shampoo 400 ml", "شامپو ۴۰۰ میلی‌لیتری", 365, 4),
    ("Paper towels", "دستمال کاغذی", 180, 4),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Number, what the membership form asks, and the branch they like best."""

    number: int
    name: str
    gender: str
    mobile: str
    birth: str
    district: str
    education: str
    branch: int


def people(count: int) -> list[Person]:
    """
    >>> [person.mobile for person in people(2)]
    ['09355550137', '09355550174']
    """
    return [person(number) for number in range(1, count + 1)]


def person(number: int) -> Person:
    woman = number % 5 in (0, 2, 3)
    first = (WOMEN if woman else MEN)[number * 7 % 12]
    return Person(
        number=number,
        name=f"{first} {FAMILIES[number * 13 % len(FAMILIES)]}",
        gender="female" if woman else "male",
        mobile=f"0935555{number * 37 + 100:04d}",
        birth=f"{1958 + number * 11 % 47}-{1 + number * 5 % 12:02d}-{1 + number * 17 % 28:02d}",
        district=DISTRICTS[number * 3 % len(DISTRICTS)],
        education=EDUCATIONS[number * 7 % 5],
        branch=number % len(BRANCHES),
    )
