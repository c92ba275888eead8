"""The words, codes and signs of scales, currencies, shares and measures."""

from collections.abc import Mapping
from decimal import Decimal

_SCALE_WORDS: Mapping[int, str] = {
    2: "hundred hundreds",
    3: "thousand thousands k '000 000s '000s 000 千",
    4: "wan 万 萬 ten-thousand",
    5: "lakh lakhs",
    6: "million millions mn mln mio mil 百万",
    7: "crore crores 千万",
    8: "yi 亿 億",
    9: "billion billions bn bln bil",
    12: "trillion trillions tn trn tln 万亿",
}
SCALES: Mapping[str, Decimal] = {
    word: Decimal(10**power) for power, words in _SCALE_WORDS.items() for word in words.split()
}
"""Scale words (lower case) and the power of ten that each stands for."""

_CURRENCIES: tuple[tuple[str, str], ...] = (
    ("yuan", "rmb|cny|renminbi|cn¥|元|人民币|rmb yuan|yuan rmb|renminbi yuan|yuan renminbi"),
    ("US dollar", "$|us$|u.s.$|usd|us dollars|u.s. dollar|u.s. dollars|dollar|dollars|美元"),
    ("euro", "€|eur|euros|欧元"),
    ("pound", "£|uk£|gbp|pounds|pound sterling|pounds sterling|british pounds|sterling|英镑"),
    ("yen", "jpy|jp¥|japanese yen|円|日元"),
    ("¥", ""),  # yuan or yen: the sign does not tell which
    ("Hong Kong dollar", "hk$|hkd|hong kong dollars|hk dollar|hk dollars|港元"),
    ("New Taiwan dollar", "nt$|twd|new taiwan dollars"),
    ("Australian dollar", "a$|au$|aud|australian dollars"),
    ("Canadian dollar", "c$|ca$|cad|canadian dollars"),
    ("Singapore dollar", "s$|sgd|singapore dollars"),
    ("New Zealand dollar", "nz$|nzd|new zealand dollars"),
    ("Indian rupee", "₹|inr|rs|indian rupees|rupee|rupees"),
    ("won", "₩|krw|korean won|south korean won"),
    ("Swiss franc", "chf|swiss francs"),
    ("rouble", "₽|rub|roubles|ruble|rubles"),
    ("Brazilian real", "r$|brl|brazilian reais|reais"),
    ("South African rand", "zar|rand"),
    ("Swedish krona", "sek|swedish kronor"),
    ("Norwegian krone", "nok|norwegian kroner"),
    ("Danish krone", "dkk|danish kroner"),
    ("zloty", "pln|złoty"),
    ("baht", "thb|thai baht"),
    ("ringgit", "myr|malaysian ringgit"),
)
CURRENCIES: Mapping[str, str] = {
    name: base for base, names in _CURRENCIES for name in (base.lower(), *names.split("|")) if name
}
"""Names, codes and signs of currencies (lower case) -> the base name of the currency."""

CURRENCY_SIGN = (
    r"(?:(?<![A-Za-z])(?:U\.S\.|US|HK|NT|AU|CA|NZ|UK|CN|JP|[ACSR])[ ]?(?=[$¥£]))?[$€£¥₹₩₽]"
    r"|(?<![A-Za-z])(?:RMB|CNY|USD|EUR|GBP|JPY|HKD|TWD|AUD|CAD|SGD|NZD|INR|Rs\.?|KRW|CHF|BRL|ZAR"
    r"|SEK|NOK|DKK|PLN|THB|MYR)(?![A-Za-z])"
)
"""A pattern of the currency signs and codes that stand before a number."""

SHARES: Mapping[str, tuple[str, Decimal]] = {
    name: (base, Decimal(scale))
    for base, scale, names in (
        ("percent", "1", "%|percent|per cent|per-cent|pct|percentage|％"),
        ("percent", "0.1", "‰|per mille|per mil|permille|permil|promille"),
        ("percentage point", "1", "percentage point|percentage points|percentage-point|pp|pps|ppt"
         "|p.p|ppts|percentage-points|percent points|per cent points|% points|%-points|% pts|%pts"
         "|pct pts|percentage pts|个百分点"),
        ("percentage point", "0.01", "basis point|basis points|bp|bps"),
    )
    for name in names.split("|")
}  # fmt: skip
"""Words for shares (lower case) -> their base and scale: a basis point is 0.01 points."""

_ONE_MU = Decimal(2000) / Decimal(3)  # 15 mu are a hectare
_THOUSAND, _MILLION, _MILLIARD = Decimal(1_000), Decimal(1_000_000), Decimal(1_000_000_000)
MEASURES: Mapping[str, tuple[str, Decimal]] = {
    name: (base, scale if isinstance(scale, Decimal) else Decimal(scale))
    for base, scale, names in (
        ("square metre", 1, "m2|m²|m^2|㎡|sq m|sq. m|sq.m|sqm|square metre|square metres"
         "|square meter|square meters|平方米"),
        ("square metre", _MILLION, "km2|km²|km^2|㎢|sq km|sq. km|sq.km|sqkm|square kilometre"
         "|square kilometres|square kilometer|square kilometers|平方公里|平方千米"),
        ("square metre", 10_000, "ha|hectare|hectares|公顷"),
        ("square metre", _ONE_MU, "mu|亩"),
        ("square metre", "4046.8564224", "acre|acres"),
        ("square metre", "0.09290304", "sq ft|sq. ft|sqft|square foot|square feet|ft2|ft²"),
        ("square metre", "2589988.110336", "sq mi|sq. mi|square mile|square miles|mi2|mi²"),
        ("metre", 1, "m|metre|metres|meter|meters|米"),
        ("metre", _THOUSAND, "km|kilometre|kilometres|kilometer|kilometers|公里|千米"),
        ("metre", "0.01", "cm|centimetre|centimetres|centimeter|centimeters"),
        ("metre", "0.001", "mm|millimetre|millimetres|millimeter|millimeters"),
        ("metre", "1609.344", "mi|mile|miles"),
        ("metre", "0.3048", "ft|foot|feet"),
        ("metre", "0.0254", "in|inch|inches"),
        ("metre", "0.9144", "yd|yard|yards"),
        ("kilogram", 1, "kg|kgs|kilogram|kilograms|kilogramme|kilogrammes|公斤"),
        ("kilogram", _THOUSAND, "t|tonne|tonnes|metric ton|metric tons|吨"),
        ("kilogram", "0.001", "g|gram|grams|gramme|grammes"),
        ("kilogram", "0.000001", "mg|milligram|milligrams"),
        ("kilogram", _MILLION, "kt|kilotonne|kilotonnes"),
        ("kilogram", _MILLIARD, "Mt|megatonne|megatonnes"),
        ("kilogram", "0.45359237", "lb|lbs"),
        ("cubic metre", 1, "m3|m³|m^3|cu m|cubic metre|cubic metres|cubic meter|cubic meters"
         "|立方米"),
        ("cubic metre", "0.001", "l|L|litre|litres|liter|liters"),
        ("watt", 1, "W|watt|watts"),
        ("watt", _THOUSAND, "kW|kilowatt|kilowatts"),
        ("watt", _MILLION, "MW|megawatt|megawatts"),
        ("watt", _MILLIARD, "GW|gigawatt|gigawatts"),
        ("watt-hour", _THOUSAND, "kWh|kilowatt-hour|kilowatt-hours|kilowatt hours"),
        ("watt-hour", _MILLION, "MWh|megawatt-hour|megawatt-hours|megawatt hours"),
        ("watt-hour", _MILLIARD, "GWh|gigawatt-hour|gigawatt-hours|gigawatt hours"),
        ("watt-hour", 10**12, "TWh|terawatt-hour|terawatt-hours|terawatt hours"),
        ("degree Celsius", 1, "°C|℃|degrees Celsius"),
    )
    for name in names.split("|")
}  # fmt: skip
"""Words and symbols of measures (symbols in their own case) -> their base and scale."""
