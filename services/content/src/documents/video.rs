//! What only a video has (CAT-15): its category, and whose it is.

use sv_kernel::{Id, User, trim};
use sv_proto::content::{Content, VideoDetails, content::Details};
use uuid::Uuid;

/// Brings the details of a video into the form in which they are stored: it stays whose it was.
pub(super) fn prepare(details: &mut Option<Details>, before: Option<&Content>) {
    let mut of = match details.take() {
        Some(Details::Video(of)) => of,
        _ => VideoDetails::default(),
    };
    trim(&mut of.category);
    of.owner_id = before
        .map(|before| video(before).owner_id)
        .unwrap_or_default();
    *details = Some(Details::Video(of));
}

/// Says whose a new video is.
pub(crate) fn give_to(content: &mut Content, owner: Id<User>) {
    if let Some(Details::Video(video)) = &mut content.details {
        video.owner_id = owner.to_string();
    }
}

/// Returns whose a video is, where that is known.
pub(crate) fn owner(content: &Content) -> Option<Uuid> {
    Uuid::try_parse(&video(content).owner_id).ok()
}

/// Returns what a video belongs to; empty for other titles.
pub(crate) fn category(content: &Content) -> String {
    video(content).category
}

fn video(content: &Content) -> VideoDetails {
    match &content.details {
        Some(Details::Video(video)) => video.clone(),
        _ => VideoDetails::default(),
    }
}
