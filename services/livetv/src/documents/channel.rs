//! The rules of a single channel, beyond those that the protos state.

use sv_kernel::{Locale, Result, distinct, is_blank, trim};
use sv_proto::{
    content::{ContentStatus, Monetization},
    convert::refuse,
    livetv::Channel,
};

use super::blackout;

/// Brings what an editor sent into the form in which channels are stored: blanks around texts go,
/// repeated genres go, what is not said gets its usual value. `before` is the stored channel, if there
/// is one.
///
/// Fails with `VALIDATION_FAILED` where that leaves no name, what it plays is said twice, or a blackout is none.
pub(crate) fn prepare(mut channel: Channel, before: Option<&Channel>) -> Result<Channel> {
    for text in [
        &mut channel.name,
        &mut channel.description,
        &mut channel.maturity_rating,
        &mut channel.guide_id,
        &mut channel.stream_url,
    ] {
        trim(text);
    }
    if is_blank(&channel.name) {
        return Err(refuse("channel.name", "REQUIRED", "is required"));
    }
    if !channel.stream_url.is_empty() && !channel.loop_content_id.is_empty() {
        let problem = "plays either a stream that is made elsewhere or a title, not both";
        return Err(refuse("channel.loop_content_id", "ALONE", problem));
    }
    channel.loop_content_id.make_ascii_lowercase();
    if let Ok(language) = Locale::parse(&channel.language) {
        channel.language = language.to_string();
    }
    distinct(&mut channel.genres);
    for (at, blackout) in channel.blackouts.iter_mut().enumerate() {
        blackout::prepare(blackout, &format!("channel.blackouts[{at}]"))?;
    }
    if channel.status() == ContentStatus::Unspecified {
        channel.set_status(before.map_or(ContentStatus::Draft, Channel::status));
    }
    if channel.monetization() == Monetization::Unspecified {
        let before = before.map(Channel::monetization);
        let known = before.filter(|before| *before != Monetization::Unspecified);
        channel.set_monetization(known.unwrap_or(Monetization::Svod));
    }
    // Given by the service, whatever the caller says.
    channel.id = String::new();
    channel.version = 0;
    channel.create_time = None;
    channel.update_time = None;
    Ok(channel)
}

/// Takes the fields that `paths` name from `from`, and all others from `into`.
///
/// Fails with `VALIDATION_FAILED` where a path names no field.
pub(crate) fn merge(into: &Channel, from: &Channel, paths: &[String]) -> Result<Channel> {
    sv_rpc::mask::merge("streamverse.livetv.v1.Channel", into, from, paths)
}

/// Leaves out what only editors see.
pub(crate) fn for_viewers(channel: Channel) -> Channel {
    Channel {
        stream_url: String::new(),
        loop_content_id: String::new(),
        blackouts: Vec::new(),
        ..channel
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Channel {
        Channel {
            name: name.into(),
            ..Channel::default()
        }
    }

    #[test]
    fn a_channel_has_a_name_that_is_seen() {
        for nothing in ["", " ", "\u{202e}", "\u{200b} \u{200d}"] {
            let refused = prepare(named(nothing), None).unwrap_err();
            assert_eq!(refused.violations()[0].field, "channel.name", "{nothing:?}");
        }
        assert_eq!(prepare(named(" One "), None).unwrap().name, "One");
    }

    #[test]
    fn a_channel_plays_a_stream_or_a_title_and_viewers_are_told_neither() {
        let title = "0190B8E1-7C3A-7D2F-8A44-5F0C2B9D1E67";
        let mut both = Channel {
            loop_content_id: title.into(),
            stream_url: "https://example.com/a.m3u8".into(),
            ..named("One")
        };
        let refused = prepare(both.clone(), None).unwrap_err();
        assert_eq!(refused.violations()[0].field, "channel.loop_content_id");
        both.stream_url.clear();
        let one = prepare(both, None).unwrap();
        assert_eq!(one.loop_content_id, title.to_lowercase());
        assert_eq!(for_viewers(one).loop_content_id, "");
    }

    #[test]
    fn a_new_channel_is_a_draft_and_what_a_change_does_not_say_stays() {
        assert_eq!(
            prepare(named("One"), None).unwrap().status(),
            ContentStatus::Draft
        );
        let mut before = named("One");
        before.set_status(ContentStatus::Published);
        let changed = prepare(named("Two"), Some(&before)).unwrap();
        assert_eq!(changed.status(), ContentStatus::Published);
    }
}
