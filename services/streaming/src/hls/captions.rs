//! The media playlist of captions, and how the master playlist tells of them (RFC 8216, 4.3.4.1).

use std::fmt::Write as _;

use sv_proto::streaming::CaptionKind;

use super::{Ride, VERSION};
use crate::domain::Track;

/// The group of all captions.
const GROUP: &str = "captions";

/// Writes the playlist of captions: one segment, as long as the title.
pub fn captions(seconds: f64, hash: &str, ride: Ride<'_>) -> String {
    format!(
        "#EXTM3U\n#EXT-X-VERSION:{VERSION}\n#EXT-X-TARGETDURATION:{:.0}\n#EXT-X-MEDIA-SEQUENCE:0\n\
         #EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:{seconds:.6},\ncaptions.vtt?v={hash}{}\n\
         #EXT-X-ENDLIST\n",
        seconds.ceil(),
        ride.further()
    )
}

/// Writes the tags of the master playlist for captions.
pub(super) fn media(out: &mut String, tracks: &[Track], ride: Ride<'_>) {
    let mut names: Vec<String> = Vec::new();
    let mut chosen = false;
    for track in tracks {
        let key = &track.key;
        // Quotes end the attribute, and a name stands once in a group.
        let mut name = track.name.replace('"', "'");
        if names.contains(&name) {
            name = format!("{name} ({})", key.folder());
        }
        let is_default = track.is_default && !chosen;
        chosen |= is_default;
        let yes = |is: bool| if is { "YES" } else { "NO" };
        let described = match key.kind {
            CaptionKind::Sdh => {
                ",CHARACTERISTICS=\"public.accessibility.transcribes-spoken-dialog,\
                 public.accessibility.describes-music-and-sound\""
            }
            _ => "",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"{GROUP}\",NAME=\"{name}\",LANGUAGE=\"{}\",\
             DEFAULT={},AUTOSELECT=YES,FORCED={}{described},URI=\"{}/playlist.m3u8{}\"",
            key.language,
            yes(is_default),
            yes(key.kind == CaptionKind::Forced),
            key.folder(),
            ride.first(),
        );
        names.push(name);
    }
}

/// Returns the attribute by which a quality has captions.
pub(super) fn attribute(tracks: &[Track]) -> String {
    if tracks.is_empty() {
        return String::new();
    }
    format!(",SUBTITLES=\"{GROUP}\"")
}
