//! Package unicode, and what other packages' natives want to know about characters. The data are ICU's, by its own crates.

use icu_casemap::{CaseMapper, ClosureSink};
use icu_properties::props::{self, BinaryProperty, GeneralCategory, GeneralCategoryGroup, Script};
use icu_properties::{CodePointMapData, CodePointSetData, PropertyParser};
use std::ops::RangeInclusive;
use vm::{Cx, Flow, NativeFn};

pub mod utf8;

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("IsLetter", |cx| is(cx, is_letter)),
    ("IsUpper", |cx| is(cx, is_upper)),
    ("IsLower", |cx| {
        is(cx, |r| in_group(r, GeneralCategoryGroup::LowercaseLetter))
    }),
    ("IsTitle", |cx| {
        is(cx, |r| in_group(r, GeneralCategoryGroup::TitlecaseLetter))
    }),
    ("IsDigit", |cx| is(cx, is_digit)),
    ("IsNumber", |cx| {
        is(cx, |r| in_group(r, GeneralCategoryGroup::Number))
    }),
    ("IsMark", |cx| {
        is(cx, |r| in_group(r, GeneralCategoryGroup::Mark))
    }),
    ("IsPunct", |cx| {
        is(cx, |r| in_group(r, GeneralCategoryGroup::Punctuation))
    }),
    ("IsSymbol", |cx| {
        is(cx, |r| in_group(r, GeneralCategoryGroup::Symbol))
    }),
    ("IsSpace", |cx| is(cx, is_space)),
    ("IsGraphic", |cx| is(cx, is_graphic)),
    ("IsPrint", |cx| is(cx, is_print)),
    ("ToUpper", |cx| to(cx, to_upper)),
    ("ToLower", |cx| to(cx, to_lower)),
    ("ToTitle", |cx| to(cx, to_title)),
    ("SimpleFold", simple_fold_native),
    ("ranges", ranges_native),
    ("caseDeltas", case_deltas),
];

fn is(cx: &mut Cx<'_>, test: fn(u32) -> bool) -> Flow {
    let r = cx.u32();
    cx.ret_bool(test(r));
    Flow::Done
}

fn to(cx: &mut Cx<'_>, map: fn(u32) -> u32) -> Flow {
    let r = cx.u32();
    cx.ret_i32(map(r) as i32);
    Flow::Done
}

fn group(r: u32) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get32(r)
}

fn in_group(r: u32, g: GeneralCategoryGroup) -> bool {
    r <= MAX && g.contains(group(r))
}

const MAX: u32 = char::MAX as u32;

/// Whether `r` is a letter.
pub fn is_letter(r: u32) -> bool {
    match u8::try_from(r) {
        Ok(c) if c.is_ascii() => c.is_ascii_alphabetic(),
        _ => in_group(r, GeneralCategoryGroup::Letter),
    }
}

/// Whether `r` is an upper case letter.
pub fn is_upper(r: u32) -> bool {
    in_group(r, GeneralCategoryGroup::UppercaseLetter)
}

/// Whether `r` is a decimal digit.
pub fn is_digit(r: u32) -> bool {
    in_group(r, GeneralCategoryGroup::DecimalNumber)
}

/// Whether `r` is white space.
pub fn is_space(r: u32) -> bool {
    char::from_u32(r).is_some_and(char::is_whitespace)
}

/// Whether `r` is a letter, mark, number, punctuation, symbol or space.
pub fn is_graphic(r: u32) -> bool {
    is_print(r) || in_group(r, GeneralCategoryGroup::SpaceSeparator)
}

/// Whether `r` is graphic, the ASCII space being the only space.
pub fn is_print(r: u32) -> bool {
    match r {
        0..0x20 => false,
        0x20..0x7F => true,
        _ => {
            r <= MAX && {
                let of = group(r);
                [
                    GeneralCategoryGroup::Letter,
                    GeneralCategoryGroup::Mark,
                    GeneralCategoryGroup::Number,
                    GeneralCategoryGroup::Punctuation,
                    GeneralCategoryGroup::Symbol,
                ]
                .into_iter()
                .any(|g| g.contains(of))
            }
        }
    }
}

fn map_char(r: u32, f: impl FnOnce(char) -> char) -> u32 {
    char::from_u32(r).map_or(r, |c| u32::from(f(c)))
}

/// `r` in upper case.
pub fn to_upper(r: u32) -> u32 {
    map_char(r, |c| {
        if c.is_ascii() {
            c.to_ascii_uppercase()
        } else {
            CaseMapper::new().simple_uppercase(c)
        }
    })
}

/// `r` in lower case.
pub fn to_lower(r: u32) -> u32 {
    map_char(r, |c| {
        if c.is_ascii() {
            c.to_ascii_lowercase()
        } else {
            CaseMapper::new().simple_lowercase(c)
        }
    })
}

/// `r` in title case.
pub fn to_title(r: u32) -> u32 {
    map_char(r, |c| {
        if c.is_ascii() {
            c.to_ascii_uppercase()
        } else {
            CaseMapper::new().simple_titlecase(c)
        }
    })
}

/// What all characters that are the same but for case have in common.
pub fn fold(r: u32) -> u32 {
    map_char(r, |c| {
        if c.is_ascii() {
            c.to_ascii_lowercase()
        } else {
            CaseMapper::new().simple_fold(c)
        }
    })
}

/// Whether the texts are the same but for case.
pub fn equal_fold(a: &[u8], b: &[u8]) -> bool {
    utf8::runes(a)
        .map(|(_, r, _)| fold(r))
        .eq(utf8::runes(b).map(|(_, r, _)| fold(r)))
}

/// Collects the characters that are the same as another but for case.
struct Orbit(Vec<char>);

impl ClosureSink for Orbit {
    fn add_char(&mut self, c: char) {
        self.0.push(c);
    }

    fn add_string(&mut self, _: &str) {}
}

/// The next greater character that is the same as `r` but for case, else the least.
pub fn simple_fold(r: u32) -> u32 {
    map_char(r, |c| {
        let mut orbit = Orbit(Vec::new());
        CaseMapper::new().add_case_closure_to(c, &mut orbit);
        let common = fold(r);
        orbit.0.retain(|&other| fold(u32::from(other)) == common);
        let next = orbit.0.iter().filter(|&&other| other > c).min();
        *next
            .or(orbit.0.iter().min().filter(|&&least| least < c))
            .unwrap_or(&c)
    })
}

fn simple_fold_native(cx: &mut Cx<'_>) -> Flow {
    let r = cx.i32();
    let folded = u32::try_from(r).map_or(r, |r| simple_fold(r) as i32);
    cx.ret_i32(folded);
    Flow::Done
}

/// The ranges of a general category (`gc=Lu`), a script (`sc=Latin`) or a property. `None` if there is none of that name.
pub fn ranges(name: &str) -> Option<Vec<RangeInclusive<u32>>> {
    if let Some(name) = name.strip_prefix("gc=") {
        let g = PropertyParser::<GeneralCategoryGroup>::new().get_strict(name)?;
        return Some(
            CodePointMapData::<GeneralCategory>::new()
                .iter_ranges_for_group(g)
                .collect(),
        );
    }
    if let Some(name) = name.strip_prefix("sc=") {
        let script = PropertyParser::<Script>::new().get_strict(name)?;
        return Some(
            CodePointMapData::<Script>::new()
                .iter_ranges_for_value(script)
                .collect(),
        );
    }
    property(name)
}

fn set<P: BinaryProperty>() -> Vec<RangeInclusive<u32>> {
    CodePointSetData::new::<P>().iter_ranges().collect()
}

fn property(name: &str) -> Option<Vec<RangeInclusive<u32>>> {
    Some(match name {
        "ASCII_Hex_Digit" => set::<props::AsciiHexDigit>(),
        "Bidi_Control" => set::<props::BidiControl>(),
        "Dash" => set::<props::Dash>(),
        "Deprecated" => set::<props::Deprecated>(),
        "Diacritic" => set::<props::Diacritic>(),
        "Extender" => set::<props::Extender>(),
        "Hex_Digit" => set::<props::HexDigit>(),
        "IDS_Binary_Operator" => set::<props::IdsBinaryOperator>(),
        "IDS_Trinary_Operator" => set::<props::IdsTrinaryOperator>(),
        "IDS_Unary_Operator" => set::<props::IdsUnaryOperator>(),
        "ID_Compat_Math_Continue" => set::<props::IdCompatMathContinue>(),
        "ID_Compat_Math_Start" => set::<props::IdCompatMathStart>(),
        "Ideographic" => set::<props::Ideographic>(),
        "Join_Control" => set::<props::JoinControl>(),
        "Logical_Order_Exception" => set::<props::LogicalOrderException>(),
        "Modifier_Combining_Mark" => set::<props::ModifierCombiningMark>(),
        "Noncharacter_Code_Point" => set::<props::NoncharacterCodePoint>(),
        "Pattern_Syntax" => set::<props::PatternSyntax>(),
        "Pattern_White_Space" => set::<props::PatternWhiteSpace>(),
        "Quotation_Mark" => set::<props::QuotationMark>(),
        "Radical" => set::<props::Radical>(),
        "Regional_Indicator" => set::<props::RegionalIndicator>(),
        "STerm" | "Sentence_Terminal" => set::<props::SentenceTerminal>(),
        "Soft_Dotted" => set::<props::SoftDotted>(),
        "Terminal_Punctuation" => set::<props::TerminalPunctuation>(),
        "Unified_Ideograph" => set::<props::UnifiedIdeograph>(),
        "Variation_Selector" => set::<props::VariationSelector>(),
        "White_Space" => set::<props::WhiteSpace>(),
        _ => return contributory(name),
    })
}

/// The properties that Unicode only uses to define others: they are those others without what the definition adds.
fn contributory(name: &str) -> Option<Vec<RangeInclusive<u32>>> {
    use GeneralCategoryGroup as G;
    let without = |all: CodePointSetData, g: G| {
        let all = all.as_borrowed();
        (0..=MAX)
            .filter(|&r| all.contains32(r) && !g.contains(group(r)))
            .collect::<Vec<_>>()
    };
    let set = |all: CodePointSetData, groups: &[G]| {
        let mut left = without(all, groups[0]);
        left.retain(|&r| !groups.iter().any(|g| g.contains(group(r))));
        to_ranges(&left)
    };
    Some(match name {
        "Other_Alphabetic" => set(
            CodePointSetData::new::<props::Alphabetic>().static_to_owned(),
            &[G::Letter, G::LetterNumber],
        ),
        "Other_Lowercase" => set(
            CodePointSetData::new::<props::Lowercase>().static_to_owned(),
            &[G::LowercaseLetter],
        ),
        "Other_Uppercase" => set(
            CodePointSetData::new::<props::Uppercase>().static_to_owned(),
            &[G::UppercaseLetter],
        ),
        "Other_Math" => set(
            CodePointSetData::new::<props::Math>().static_to_owned(),
            &[G::MathSymbol],
        ),
        "Other_Grapheme_Extend" => set(
            CodePointSetData::new::<props::GraphemeExtend>().static_to_owned(),
            &[G::EnclosingMark, G::NonspacingMark],
        ),
        "Other_Default_Ignorable_Code_Point" => OTHER_DEFAULT_IGNORABLE.to_vec(),
        "Other_ID_Start" => OTHER_ID_START.to_vec(),
        "Other_ID_Continue" => OTHER_ID_CONTINUE.to_vec(),
        "Hyphen" => HYPHEN.to_vec(),
        "Prepended_Concatenation_Mark" => PREPENDED_CONCATENATION_MARK.to_vec(),
        _ => return None,
    })
}

fn to_ranges(runes: &[u32]) -> Vec<RangeInclusive<u32>> {
    let mut out: Vec<RangeInclusive<u32>> = Vec::new();
    for &r in runes {
        match out.last_mut() {
            Some(last) if *last.end() + 1 == r => *last = *last.start()..=r,
            _ => out.push(r..=r),
        }
    }
    out
}

const OTHER_DEFAULT_IGNORABLE: &[RangeInclusive<u32>] = &[
    0x34F..=0x34F,
    0x115F..=0x1160,
    0x17B4..=0x17B5,
    0x2065..=0x2065,
    0x3164..=0x3164,
    0xFFA0..=0xFFA0,
    0xFFF0..=0xFFF8,
    0xE0000..=0xE0000,
    0xE0002..=0xE001F,
    0xE0080..=0xE00FF,
    0xE01F0..=0xE0FFF,
];
const OTHER_ID_START: &[RangeInclusive<u32>] = &[
    0x1885..=0x1886,
    0x2118..=0x2118,
    0x212E..=0x212E,
    0x309B..=0x309C,
];
const OTHER_ID_CONTINUE: &[RangeInclusive<u32>] = &[
    0xB7..=0xB7,
    0x387..=0x387,
    0x1369..=0x1371,
    0x19DA..=0x19DA,
    0x200C..=0x200D,
    0x30FB..=0x30FB,
    0xFF65..=0xFF65,
];
const HYPHEN: &[RangeInclusive<u32>] = &[
    0x2D..=0x2D,
    0xAD..=0xAD,
    0x58A..=0x58A,
    0x1806..=0x1806,
    0x2010..=0x2011,
    0x2E17..=0x2E17,
    0x30FB..=0x30FB,
    0xFE63..=0xFE63,
    0xFF0D..=0xFF0D,
    0xFF65..=0xFF65,
];
const PREPENDED_CONCATENATION_MARK: &[RangeInclusive<u32>] = &[
    0x600..=0x605,
    0x6DD..=0x6DD,
    0x70F..=0x70F,
    0x890..=0x891,
    0x8E2..=0x8E2,
    0x110BD..=0x110BD,
    0x110CD..=0x110CD,
];

fn ranges_native(cx: &mut Cx<'_>) -> Flow {
    let name = cx.str();
    let found = ranges(&name.to_string_lossy()).unwrap_or_default();
    let uint32 = cx.named_type("", "uint32").expect("uint32 is predeclared");
    let s = cx.new_slice(uint32, 2 * found.len(), 2 * found.len());
    for (i, range) in found.iter().enumerate() {
        s.store(2 * i, *range.start());
        s.store(2 * i + 1, *range.end());
    }
    cx.ret_slice(s);
    Flow::Done
}

fn case_deltas(cx: &mut Cx<'_>) -> Flow {
    let mut deltas = Vec::new();
    for r in 0..=MAX {
        let cases = [to_upper(r), to_lower(r), to_title(r)];
        if cases != [r; 3] {
            deltas.push(r as i32);
            deltas.extend(cases.map(|c| c as i32 - r as i32));
        }
    }
    let int32 = cx.named_type("", "int32").expect("int32 is predeclared");
    let s = cx.new_slice(int32, deltas.len(), deltas.len());
    for (i, d) in deltas.into_iter().enumerate() {
        s.store(i, d);
    }
    cx.ret_slice(s);
    Flow::Done
}
