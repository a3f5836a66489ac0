//! Update masks: changes the fields of a message that a mask names, and leaves the others.

use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage as _};
use sv_kernel::{Error, FieldViolation, Result};
use sv_proto::common::CommonReason;

/// Takes the fields that `paths` name from `from`, and all others from `into`. Paths are in
/// either spelling; one that names a message takes all of it, one that goes on inside it takes
/// that field only. A field that `from` does not set is cleared.
///
/// `name` is the message's name in the protos. Fails with `VALIDATION_FAILED` where a path names no field.
pub fn merge<M: Message + Default>(name: &str, into: &M, from: &M, paths: &[String]) -> Result<M> {
    let mut target = dynamic(name, into)?;
    let source = dynamic(name, from)?;
    for path in paths {
        if take(&mut target, &source, path).is_none() {
            return Err(unknown(path));
        }
    }
    target.transcode_to().map_err(internal)
}

fn dynamic<M: Message>(name: &str, message: &M) -> Result<DynamicMessage> {
    let descriptor = crate::our_pool()
        .get_message_by_name(name)
        .ok_or(CommonReason::Internal)?;
    let mut dynamic = DynamicMessage::new(descriptor);
    dynamic.transcode_from(message).map_err(internal)?;
    Ok(dynamic)
}

fn unknown(path: &str) -> Error {
    Error::from(CommonReason::ValidationFailed).with_violation(FieldViolation {
        field: "updateMask".into(),
        rule: "UNKNOWN_FIELD",
        description: format!("`{}` is no field that can be changed", shorten(path)),
    })
}

fn internal(cause: prost::DecodeError) -> Error {
    Error::from(CommonReason::Internal).because(cause)
}

fn take(into: &mut DynamicMessage, from: &DynamicMessage, path: &str) -> Option<()> {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    let descriptor = into.descriptor();
    let field = descriptor
        .get_field_by_name(name)
        .or_else(|| descriptor.get_field_by_json_name(name))?;
    let Some(rest) = rest else {
        if from.has_field(&field) {
            into.set_field(&field, from.get_field(&field).into_owned());
        } else {
            into.clear_field(&field);
        }
        return Some(());
    };
    if !is_own_message(&field) {
        return None;
    }
    let from = from.get_field(&field);
    take(
        into.get_field_mut(&field).as_message_mut()?,
        from.as_message()?,
        rest,
    )
}

/// Says whether a path may go on inside the field: into single messages of ours, not into lists,
/// maps and protobuf's own types, which are values as a whole.
fn is_own_message(field: &FieldDescriptor) -> bool {
    matches!(field.kind(), Kind::Message(of) if of.package_name().starts_with("streamverse."))
        && !field.is_list()
        && !field.is_map()
}

fn shorten(path: &str) -> String {
    path.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use sv_proto::content::{Content, MovieDetails, content::Details};

    use super::*;

    fn film() -> Content {
        Content {
            title: "Alien".into(),
            synopsis: "In space.".into(),
            genres: vec!["Horror".into()],
            details: Some(Details::Movie(MovieDetails {
                distributor: "Fox".into(),
                us_gross_usd: 1.0,
                ..MovieDetails::default()
            })),
            ..Content::default()
        }
    }

    fn merged(from: &Content, paths: &[&str]) -> Result<Content> {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        merge("streamverse.content.v1.Content", &film(), from, &paths)
    }

    #[test]
    fn only_masked_fields_change() {
        let from = Content {
            title: "Aliens".into(),
            synopsis: "Again.".into(),
            ..Content::default()
        };
        let changed = merged(&from, &["title"]).unwrap();
        assert_eq!(
            changed,
            Content {
                title: "Aliens".into(),
                ..film()
            }
        );
    }

    #[test]
    fn a_masked_field_that_is_not_set_is_cleared() {
        let changed = merged(&Content::default(), &["genres", "synopsis"]).unwrap();
        assert_eq!((changed.genres.len(), changed.synopsis.as_str()), (0, ""));
        assert_eq!(changed.title, "Alien");
    }

    #[test]
    fn paths_reach_into_nested_messages_in_both_spellings() {
        let from = Content {
            details: Some(Details::Movie(MovieDetails {
                distributor: "Other".into(),
                us_gross_usd: 7.0,
                ..MovieDetails::default()
            })),
            ..Content::default()
        };
        for path in ["movie.us_gross_usd", "movie.usGrossUsd"] {
            let Some(Details::Movie(movie)) = merged(&from, &[path]).unwrap().details else {
                panic!("the details are gone");
            };
            assert_eq!(
                (movie.distributor.as_str(), movie.us_gross_usd),
                ("Fox", 7.0)
            );
        }
        let cleared = merged(&Content::default(), &["movie.distributor"]).unwrap();
        let Some(Details::Movie(movie)) = cleared.details else {
            panic!("the details are gone");
        };
        assert_eq!((movie.distributor.as_str(), movie.us_gross_usd), ("", 1.0));
        assert_eq!(
            merged(&Content::default(), &["movie"]).unwrap().details,
            None
        );
    }

    #[test]
    fn paths_that_name_no_field_are_refused() {
        for path in [
            "",
            ".",
            "titel",
            "title.x",
            "credits.name",
            "movie.",
            "movie.x",
            "metadata.fields",
            "create_time.seconds",
            "*",
            "title.",
            ".title",
        ] {
            let error = merged(&Content::default(), &[path]).unwrap_err();
            assert!(error.is(&CommonReason::ValidationFailed), "{path:?}");
            assert_eq!(error.violations()[0].field, "updateMask");
        }
    }
}
