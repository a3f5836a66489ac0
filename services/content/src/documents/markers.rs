//! Chapters and parts of titles that players offer to skip (X-CAT-2, X-CAT-3).

use sv_kernel::{Error, FieldViolation, Result, trim};
use sv_proto::content::{Content, ContentReason};

/// Brings markers into the form in which they are stored: in the order of their beginnings.
///
/// Fails with `MARKER_INVALID` where one ends before it begins.
pub(super) fn prepare(content: &mut Content) -> Result<()> {
    for (at, marker) in content.markers.iter_mut().enumerate() {
        trim(&mut marker.title);
        // Written so that what is no number is refused, too.
        let goes_on = marker.end_seconds == 0.0 && marker.start_seconds >= 0.0;
        if !(goes_on || marker.end_seconds > marker.start_seconds) {
            let violation = FieldViolation {
                field: format!("content.markers[{at}].endSeconds"),
                rule: "ORDER",
                description: "is after startSeconds".to_owned(),
            };
            return Err(Error::from(ContentReason::MarkerInvalid).with_violation(violation));
        }
    }
    content
        .markers
        .sort_by(|a, b| a.start_seconds.total_cmp(&b.start_seconds));
    Ok(())
}

#[cfg(test)]
mod tests {
    use sv_proto::content::Marker;

    use super::*;

    #[test]
    fn markers_end_after_they_begin_and_stand_in_their_order() {
        let marker = |start_seconds, end_seconds| Marker {
            start_seconds,
            end_seconds,
            ..Marker::default()
        };
        let mut content = Content {
            markers: vec![marker(90.0, 0.0), marker(5.0, 20.0)],
            ..Content::default()
        };
        prepare(&mut content).unwrap();
        assert_eq!(content.markers, [marker(5.0, 20.0), marker(90.0, 0.0)]);
        content.markers = vec![marker(0.0, 0.0), marker(20.0, 20.0)];
        let refused = prepare(&mut content).unwrap_err();
        assert_eq!(refused.reason(), "MARKER_INVALID");
        let field = &refused.violations()[0].field;
        assert_eq!(field, "content.markers[1].endSeconds");
        for (start, end) in [(f64::NAN, 0.0), (1.0, f64::NAN), (f64::NAN, 5.0)] {
            content.markers = vec![marker(start, end)];
            assert!(prepare(&mut content).is_err(), "{start} {end}");
        }
    }
}
