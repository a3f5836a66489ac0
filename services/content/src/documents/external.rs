//! Names of titles elsewhere: IMDb, TMDB, TVDB, EIDR, and systems of a tenant's own (X-CAT-10).

use sv_kernel::Result;
use sv_proto::{
    content::{Content, ExternalId},
    convert::refuse,
};

/// Brings names elsewhere into the form in which they are compared, and leaves out repetitions.
///
/// Fails with `VALIDATION_FAILED` where one of a system that is known is none of its names.
pub(crate) fn prepare(content: &mut Content) -> Result<()> {
    for (at, id) in content.external_ids.iter_mut().enumerate() {
        id.value = spelled(&id.source, &id.value);
        if let Some(form) = broken(id) {
            let field = format!("content.external_ids[{at}].value");
            return Err(refuse(&field, "EXTERNAL_ID", form));
        }
    }
    let mut known = Vec::with_capacity(content.external_ids.len());
    content.external_ids.retain(|id| {
        let new = !known.contains(id);
        if new {
            known.push(id.clone());
        }
        new
    });
    Ok(())
}

/// Reads `source:value` as lists are asked for it; what is no such pair names nothing.
pub(crate) fn read(asked: &str) -> Option<(String, String)> {
    let (source, value) = asked.split_once(':')?;
    let source = source.trim().to_ascii_lowercase();
    let value = spelled(&source, value.trim());
    Some((source, value))
}

/// Spells a name as its system does.
fn spelled(source: &str, value: &str) -> String {
    match source {
        "imdb" => value.to_ascii_lowercase(),
        "eidr" => value.to_ascii_uppercase(),
        _ => value.to_owned(),
    }
}

/// Says which form the name of a known system should have and has not.
fn broken(id: &ExternalId) -> Option<&'static str> {
    let value = id.value.as_str();
    let digits = |text: &str, least: usize| {
        (least..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let (is_one, form) = match id.source.as_str() {
        "imdb" => (
            value.strip_prefix("tt").is_some_and(|rest| digits(rest, 7)),
            "is a title of IMDb: tt and 7 to 10 digits",
        ),
        "tmdb" => (digits(value, 1), "is a number of TMDB"),
        "tvdb" => (digits(value, 1), "is a number of TVDB"),
        "eidr" => (
            is_eidr(value),
            "is an EIDR: 10.5240/ and five groups of four hexadecimal digits, and the check character that belongs to them",
        ),
        _ => return None,
    };
    (!is_one).then_some(form)
}

/// Checks an EIDR with the check character of ISO 7064, Mod 37,36.
fn is_eidr(value: &str) -> bool {
    let Some(suffix) = value.strip_prefix("10.5240/") else {
        return false;
    };
    let groups: Vec<&str> = suffix.split('-').collect();
    let hex = |group: &&str| group.len() == 4 && group.bytes().all(|b| b.is_ascii_hexdigit());
    let [digits @ .., check] = groups.as_slice() else {
        return false;
    };
    if digits.len() != 5 || !digits.iter().all(hex) || check.len() != 1 {
        return false;
    }
    let sum = digits.concat().chars().fold(36, |carry, c| {
        let sum = carry + c.to_digit(36).unwrap_or_default();
        let reduced = if sum % 36 == 0 { 36 } else { sum % 36 };
        reduced * 2 % 37
    });
    check
        .chars()
        .all(|c| c.to_digit(36).is_some_and(|c| (sum + c) % 36 == 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(source: &str, value: &str) -> Result<String> {
        let mut content = Content {
            external_ids: vec![
                ExternalId {
                    source: source.into(),
                    value: value.into(),
                };
                2
            ],
            ..Content::default()
        };
        prepare(&mut content)?;
        assert_eq!(content.external_ids.len(), 1, "repetitions go");
        Ok(content.external_ids.remove(0).value)
    }

    #[test]
    fn names_of_known_systems_have_their_form() {
        for (source, value, stored) in [
            ("imdb", "TT0078748", "tt0078748"),
            ("tmdb", "348", "348"),
            ("tvdb", "81189", "81189"),
            // "The Godfather", as the registry's own documents show it.
            (
                "eidr",
                "10.5240/7791-8534-2c23-9030-8610-5",
                "10.5240/7791-8534-2C23-9030-8610-5",
            ),
            ("house", "Film/Ä 7", "Film/Ä 7"),
        ] {
            assert_eq!(prepared(source, value).unwrap(), stored, "{source}");
        }
        for (source, value) in [
            ("imdb", "nm0000244"),
            ("imdb", "tt78748"),
            ("tmdb", "movie-348"),
            ("tvdb", ""),
            ("eidr", "10.5240/7791-8534-2C23-9030-8610-6"),
            ("eidr", "7791-8534-2C23-9030-8610-5"),
        ] {
            let refused = prepared(source, value).unwrap_err();
            assert_eq!(refused.reason(), "VALIDATION_FAILED", "{source} {value}");
        }
    }

    #[test]
    fn a_pair_is_read_as_it_is_stored() {
        assert_eq!(
            read("IMDB:TT0078748"),
            Some(("imdb".into(), "tt0078748".into()))
        );
        assert_eq!(read("house:a:b"), Some(("house".into(), "a:b".into())));
        assert_eq!(read("tt0078748"), None);
    }
}
