//! The values of an enum, by name and by number.

use super::names::Names;
use crate::codec::options::EnumStyle;
use prost_reflect::prost_types::EnumValueDescriptorProto;
use prost_reflect::{EnumDescriptor, Syntax};
use std::collections::{HashMap, HashSet};

/// An enum type.
#[derive(Debug)]
pub(in crate::codec) struct Enum {
    /// Values that it does not declare are unknown fields (proto2).
    pub(in crate::codec) closed: bool,
    /// Indexes of `numbers` by declared names.
    exact: Names,
    /// Indexes of `numbers` by lower-case names, with and without the prefix of the type.
    lenient: Names,
    numbers: Box<[i32]>,
    /// By ascending number.
    spellings: Box<[Spelling]>,
}

#[derive(Debug)]
struct Spelling {
    number: i32,
    /// `"CONTENT_TYPE_MOVIE"`, quotes included.
    canonical: Box<str>,
    /// `"movie"`
    short: Box<str>,
}

impl Enum {
    pub(super) fn new(descriptor: &EnumDescriptor) -> Self {
        let prefix = screaming_prefix(descriptor.name());
        // In the order of the proto file, so that of aliases the first is printed.
        let values = &descriptor.enum_descriptor_proto().value;
        let stripped = |name: &str| {
            let rest = name.strip_prefix(&prefix).filter(|rest| !rest.is_empty());
            rest.unwrap_or(name).to_ascii_lowercase()
        };
        let named = |name: fn(&str) -> String| {
            (0..)
                .zip(values)
                .map(move |(index, value)| (name(value.name()).into(), index))
        };
        // Whole names come first, so that a stripped one never hides them; of two values that
        // lose their difference the first would win, and both are left out instead.
        let mut lower: HashMap<String, Vec<i32>> = HashMap::new();
        for value in values {
            lower
                .entry(stripped(value.name()))
                .or_default()
                .push(value.number());
        }
        let clear = |short: &str| {
            let numbers = lower.get(short).map_or(&[][..], |numbers| numbers);
            numbers.iter().all(|number| Some(number) == numbers.first())
        };
        let mut lenient: Vec<(Box<str>, u32)> = named(str::to_ascii_lowercase).collect();
        let mut seen: HashMap<Box<str>, i32> = HashMap::new();
        let mut mixed: HashSet<Box<str>> = HashSet::new();
        for (name, index) in &lenient {
            let number = values[*index as usize].number();
            if *seen.entry(name.clone()).or_insert(number) != number {
                mixed.insert(name.clone());
            }
        }
        lenient.retain(|(name, _)| !mixed.contains(name));
        let shorts = (0..)
            .zip(values)
            .map(|(index, value)| (stripped(value.name()), index));
        lenient.extend(
            shorts
                .filter(|(short, _)| clear(short))
                .map(|(s, i)| (s.into(), i)),
        );
        let lenient = Names::new(lenient);

        let numbers: Box<[i32]> = values
            .iter()
            .map(EnumValueDescriptorProto::number)
            .collect();
        let mut spellings: Vec<Spelling> = Vec::new();
        let mut spelt = HashSet::new();
        for value in values {
            if !spelt.insert(value.number()) {
                continue;
            }
            let short = stripped(value.name());
            // A short name is printed only where it is read as the same value.
            let back = lenient
                .get(short.as_bytes())
                .map(|index| numbers[index as usize]);
            let canonical: Box<str> = format!("\"{}\"", value.name()).into();
            let short = match back {
                Some(number) if number == value.number() => format!("\"{short}\"").into(),
                _ => canonical.clone(),
            };
            spellings.push(Spelling {
                number: value.number(),
                canonical,
                short,
            });
        }
        spellings.sort_by_key(|spelling| spelling.number);
        Self {
            closed: descriptor.parent_file().syntax() == Syntax::Proto2,
            exact: Names::new(named(str::to_owned)),
            lenient,
            numbers,
            spellings: spellings.into(),
        }
    }

    /// The number of a name; where `lenient`, in any case and without prefix too.
    #[inline]
    pub(in crate::codec) fn number(&self, name: &[u8], lenient: bool) -> Option<i32> {
        let index = self.exact.get(name).or_else(|| {
            let mut lower = [0; 96];
            let lower = lower.get_mut(..name.len()).filter(|_| lenient)?;
            lower.copy_from_slice(name);
            lower.make_ascii_lowercase();
            self.lenient.get(lower)
        });
        index.map(|index| self.numbers[index as usize])
    }

    /// The name of a number as a JSON string, if it is declared.
    #[inline]
    pub(in crate::codec) fn spelling(&self, number: i32, style: EnumStyle) -> Option<&str> {
        let guess = usize::try_from(number)
            .ok()
            .and_then(|index| self.spellings.get(index));
        let found = guess
            .filter(|spelling| spelling.number == number)
            .or_else(|| {
                let found = self
                    .spellings
                    .binary_search_by_key(&number, |spelling| spelling.number);
                found.ok().map(|index| &self.spellings[index])
            })?;
        Some(match style {
            EnumStyle::Canonical => &found.canonical,
            EnumStyle::Short => &found.short,
        })
    }

    /// Whether the number is declared.
    pub(in crate::codec) fn declares(&self, number: i32) -> bool {
        self.spelling(number, EnumStyle::Canonical).is_some()
    }
}

/// `ContentType` gives `CONTENT_TYPE_`; a run of capitals stays together (`DRMSystem` gives
/// `DRM_SYSTEM_`).
fn screaming_prefix(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut prefix = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| letters[before]);
        let starts_word = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                let lower_follows = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
                before != '_' && (!before.is_ascii_uppercase() || lower_follows)
            });
        if starts_word {
            prefix.push('_');
        }
        prefix.push(letter.to_ascii_uppercase());
    }
    prefix.push('_');
    prefix
}

#[cfg(test)]
mod tests {
    use super::screaming_prefix;

    #[test]
    fn prefixes_follow_the_style_guide() {
        for (name, prefix) in [
            ("ContentType", "CONTENT_TYPE_"),
            ("DRMSystem", "DRM_SYSTEM_"),
            ("Kind", "KIND_"),
            ("HLSVersion3", "HLS_VERSION3_"),
            ("Snake_Case", "SNAKE_CASE_"),
        ] {
            assert_eq!(screaming_prefix(name), prefix);
        }
    }
}
