//! `FieldMask` paths, which JSON spells in lowerCamelCase.

/// Appends a path of a JSON field mask in the names of proto files; false where it holds an
/// underscore, which would not come back.
pub(crate) fn to_proto(path: &str, out: &mut Vec<u8>) -> bool {
    for byte in path.bytes() {
        match byte {
            b'_' => return false,
            b'A'..=b'Z' => out.extend_from_slice(&[b'_', byte.to_ascii_lowercase()]),
            _ => out.push(byte),
        }
    }
    true
}

/// Converts a path into lowerCamelCase; `None` where it would not come back.
pub(crate) fn to_json(path: &str) -> Option<String> {
    let mut text = String::with_capacity(path.len());
    let mut raise = false;
    for letter in path.chars() {
        match letter {
            'A'..='Z' => return None,
            'a'..='z' if raise => {
                text.push(letter.to_ascii_uppercase());
                raise = false;
            }
            _ if raise => return None,
            '_' => raise = true,
            _ => text.push(letter),
        }
    }
    (!raise).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_converts_comes_back(path in "[a-zA-Z0-9_.]{0,12}") {
            if let Some(json) = to_json(&path) {
                let mut back = Vec::new();
                prop_assert!(to_proto(&json, &mut back));
                prop_assert_eq!(String::from_utf8(back).unwrap(), path);
            }
        }
    }

    #[test]
    fn paths_that_would_not_come_back_are_refused() {
        for path in ["fooBar", "foo_3_bar", "foo__bar", "foo_", "foo_.bar"] {
            assert_eq!(to_json(path), None, "{path}");
        }
        assert_eq!(to_json("foo_bar.baz").as_deref(), Some("fooBar.baz"));
        assert!(!to_proto("foo_bar", &mut Vec::new()));
    }
}
