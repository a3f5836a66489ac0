//! The comments of the proto files.

use std::collections::HashMap;

use prost_reflect::{
    DescriptorPool, EnumDescriptor, EnumValueDescriptor, FieldDescriptor, MessageDescriptor,
    MethodDescriptor, ServiceDescriptor,
};

/// Leading comments, by file and by path in the file's descriptor.
pub(super) struct Comments(HashMap<(String, Vec<i32>), String>);

impl Comments {
    pub(super) fn of(pool: &DescriptorPool) -> Self {
        let mut comments = HashMap::new();
        for file in pool.file_descriptor_protos() {
            let locations = file.source_code_info.iter().flat_map(|info| &info.location);
            for location in locations {
                if let Some(text) = &location.leading_comments {
                    let key = (file.name().to_owned(), location.path.clone());
                    comments.insert(key, unwrap(text));
                }
            }
        }
        Self(comments)
    }

    pub(super) fn service(&self, of: &ServiceDescriptor) -> &str {
        self.get(of.parent_file().name(), of.path())
    }

    pub(super) fn method(&self, of: &MethodDescriptor) -> &str {
        self.get(of.parent_service().parent_file().name(), of.path())
    }

    pub(super) fn message(&self, of: &MessageDescriptor) -> &str {
        self.get(of.parent_file().name(), of.path())
    }

    pub(super) fn field(&self, of: &FieldDescriptor) -> &str {
        self.get(of.parent_message().parent_file().name(), of.path())
    }

    pub(super) fn enumeration(&self, of: &EnumDescriptor) -> &str {
        self.get(of.parent_file().name(), of.path())
    }

    pub(super) fn enum_value(&self, of: &EnumValueDescriptor) -> &str {
        self.get(of.parent_enum().parent_file().name(), of.path())
    }

    fn get(&self, file: &str, path: &[i32]) -> &str {
        self.0
            .get(&(file.to_owned(), path.to_vec()))
            .map_or("", String::as_str)
    }
}

/// Joins the lines of each paragraph.
fn unwrap(comment: &str) -> String {
    let mut paragraphs = vec![String::new()];
    for line in comment.lines().map(str::trim) {
        if line.is_empty() {
            paragraphs.push(String::new());
        } else if let Some(last) = paragraphs.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(line);
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    without_ids(&paragraphs.join("\n\n"))
}

/// Leaves out `(AUTH-2, C23)`: the ids of our checklist say nothing to callers.
fn without_ids(text: &str) -> String {
    let is_id = |id: &str| {
        let letters = id.trim_start_matches(|c: char| c.is_ascii_uppercase() || c == '-');
        letters.len() < id.len()
            && !letters.is_empty()
            && letters.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    };
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('(') {
        match after.split_once(')') {
            Some((inside, then)) if inside.split(", ").any(is_id) => {
                let others = inside.split(", ").filter(|id| !is_id(id));
                let others = others.collect::<Vec<_>>().join(", ");
                if others.is_empty() {
                    out.push_str(before.trim_end());
                } else {
                    out.extend([before, "(", &others, ")"]);
                }
                rest = then;
            }
            _ => {
                out.push_str(before);
                out.push('(');
                rest = after;
            }
        }
    }
    out + rest
}

pub(super) fn first_sentence(comment: &str) -> &str {
    let first = comment.split("\n\n").next().unwrap_or_default();
    first.find(". ").map_or(first, |end| &first[..=end])
}

/// Lists the reasons that a method's comment names: the words in capitals of the paragraph that
/// begins with `Fails with`.
pub(super) fn named_reasons(comment: &str) -> Vec<&str> {
    let paragraph = comment.split("\n\n").find(|p| p.starts_with("Fails with"));
    let words = paragraph
        .unwrap_or_default()
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let is_reason = |word: &&str| {
        word.len() > 3
            && word
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            && word.contains('_')
    };
    words.filter(is_reason).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_the_checklist_are_left_out() {
        for (text, left) in [
            (" Rents a title (RGT-1, C13).", "Rents a title."),
            (
                " Plays (X-ID-6), then stops (soon).",
                "Plays, then stops (soon).",
            ),
            (
                " A key (RFC 7517), a tag (BCP 47) (a.",
                "A key (RFC 7517), a tag (BCP 47) (a.",
            ),
            (" (PUT) or (C8)", "(PUT) or"),
            (" A set (RFC 7517, C1).", "A set (RFC 7517)."),
        ] {
            assert_eq!(unwrap(text), left);
        }
    }

    #[test]
    fn reasons_are_read_from_the_comment() {
        let comment = unwrap(
            " Rents a title (RGT-1).\n\n Fails with OFFER_NOT_FOUND (422,\n lists the offers) and PAYMENT_DECLINED.\n",
        );
        assert_eq!(
            named_reasons(&comment),
            ["OFFER_NOT_FOUND", "PAYMENT_DECLINED"]
        );
        assert!(named_reasons("Gives the SAME_THING.").is_empty());
    }
}
