//! Messages and what they mean here.

use sv_kernel::Error;
use sv_proto::{
    content,
    convert::{count, timestamp},
    streaming::{self as pb, ImportStage, StreamingReason},
};

use crate::domain::{
    Import, Marker, Media, MediaProblem, Note, Picture, Play, Published, Rendition, Segment, Sheet,
    Thumbnails, Track,
};

impl From<&Media> for pb::Media {
    fn from(media: &Media) -> Self {
        Self {
            content_id: media.content_id.clone(),
            prefix: media.prefix.clone(),
            duration_seconds: media.duration_seconds,
            renditions: media.renditions.iter().map(rendition).collect(),
            progressive: media.progressive.clone(),
            poster: media.poster.clone(),
            publish_time: None,
            thumbnails: media.thumbnails.as_ref().map(thumbnails),
        }
    }
}

fn thumbnails(t: &Thumbnails) -> pb::Thumbnails {
    let sheet = |sheet: &Sheet| pb::ThumbnailSheet {
        size: signed(sheet.size),
        hash: sheet.hash.clone(),
    };
    pb::Thumbnails {
        interval_seconds: t.interval_seconds,
        width: signed(t.width),
        height: signed(t.height),
        columns: signed(t.columns),
        rows: signed(t.rows),
        count: signed(t.count),
        sheets: t.sheets.iter().map(sheet).collect(),
    }
}

impl TryFrom<pb::Thumbnails> for Thumbnails {
    type Error = MediaProblem;

    fn try_from(t: pb::Thumbnails) -> Result<Self, MediaProblem> {
        let sheet = |sheet: pb::ThumbnailSheet| {
            Ok(Sheet {
                size: unsigned(sheet.size, "a sheet's size")?,
                hash: sheet.hash,
            })
        };
        Ok(Self {
            interval_seconds: t.interval_seconds,
            width: unsigned(t.width, "width")?,
            height: unsigned(t.height, "height")?,
            columns: unsigned(t.columns, "columns")?,
            rows: unsigned(t.rows, "rows")?,
            count: unsigned(t.count, "count")?,
            sheets: t.sheets.into_iter().map(sheet).collect::<Result<_, _>>()?,
        })
    }
}

fn rendition(r: &Rendition) -> pb::Rendition {
    let segment = |s: &Segment| pb::Segment {
        duration_seconds: s.duration_seconds,
        size: signed(s.size),
        hash: s.hash.clone(),
    };
    pb::Rendition {
        quality: r.quality.clone(),
        width: signed(r.width),
        height: signed(r.height),
        frame_rate: r.frame_rate,
        peak_bandwidth: signed(r.peak_bandwidth),
        average_bandwidth: signed(r.average_bandwidth),
        codecs: r.codecs.clone(),
        segments: r.segments.iter().map(segment).collect(),
    }
}

impl TryFrom<pb::Media> for Media {
    type Error = MediaProblem;

    /// Reads the message; [`Media::check`] says whether it fits together.
    fn try_from(media: pb::Media) -> Result<Self, MediaProblem> {
        let renditions = media.renditions.into_iter().map(Rendition::try_from);
        Ok(Self {
            content_id: media.content_id,
            prefix: media.prefix,
            duration_seconds: media.duration_seconds,
            renditions: renditions.collect::<Result<_, _>>()?,
            progressive: media.progressive,
            poster: media.poster,
            thumbnails: media.thumbnails.map(Thumbnails::try_from).transpose()?,
        })
    }
}

impl TryFrom<pb::Rendition> for Rendition {
    type Error = MediaProblem;

    fn try_from(r: pb::Rendition) -> Result<Self, MediaProblem> {
        let segment = |s: pb::Segment| {
            Ok(Segment {
                duration_seconds: s.duration_seconds,
                size: unsigned(s.size, "a segment's size")?,
                hash: s.hash,
            })
        };
        Ok(Self {
            width: unsigned(r.width, "width")?,
            height: unsigned(r.height, "height")?,
            frame_rate: r.frame_rate,
            peak_bandwidth: unsigned(r.peak_bandwidth, "peakBandwidth")?,
            average_bandwidth: unsigned(r.average_bandwidth, "averageBandwidth")?,
            codecs: r.codecs,
            segments: r
                .segments
                .into_iter()
                .map(segment)
                .collect::<Result<_, _>>()?,
            quality: r.quality,
        })
    }
}

impl From<&Published> for pb::Media {
    fn from(published: &Published) -> Self {
        Self {
            publish_time: Some(timestamp(published.published_at)),
            ..Self::from(&published.media)
        }
    }
}

impl From<Play> for pb::PlayOnDemandResponse {
    fn from(play: Play) -> Self {
        let (id, token) = (&play.published.media.content_id, &play.token);
        let has_thumbnails = play.published.media.thumbnails.is_some();
        let thumbnails = |address: String| {
            if has_thumbnails {
                address
            } else {
                String::new()
            }
        };
        Self {
            session_id: play.session.to_string(),
            playback_url: format!("/stream/hls/{id}/master.m3u8?token={token}"),
            thumbnails_url: thumbnails(format!("/stream/thumbnails/{id}/track.vtt?token={token}")),
            thumbnails_tree_url: thumbnails(format!("/stream/t/{token}/thumbnails/{id}/track.vtt")),
            tree_url: format!("/stream/t/{token}/hls/{id}/master.m3u8"),
            progressive_url: if play.published.media.file_is_within(play.most_lines) {
                format!("/stream/progressive/{id}?token={token}")
            } else {
                String::new()
            },
            poster_url: format!("/stream/poster/{id}?v={}", play.published.poster.hash),
            expire_time: Some(timestamp(play.expires_at)),
            content_id: id.clone(),
            title: play.title,
            duration_seconds: play.published.media.duration_seconds,
            resume_position_seconds: play.resume.as_secs_f64(),
            markers: play.markers.into_iter().map(marker).collect(),
            captions: play
                .tracks
                .iter()
                .map(|track| pb::CaptionTrack {
                    url: format!("/stream/hls/{id}/{}", track.file(token)),
                    update_time: None,
                    ..track.into()
                })
                .collect(),
            ..Self::default()
        }
    }
}

impl From<MediaProblem> for Error {
    fn from(problem: MediaProblem) -> Self {
        Self::from(StreamingReason::MediaInvalid).with("problem", problem)
    }
}

impl From<content::Marker> for Marker {
    fn from(marker: content::Marker) -> Self {
        Self {
            kind: marker.kind(),
            start: marker.start_seconds,
            end: marker.end_seconds,
            title: marker.title,
        }
    }
}

fn marker(marker: Marker) -> content::Marker {
    content::Marker {
        kind: marker.kind.into(),
        start_seconds: marker.start,
        end_seconds: marker.end,
        title: marker.title,
    }
}

/// Tells of a picture of a title.
pub(crate) fn picture(picture: &Picture, content: &str) -> pb::Picture {
    let name = picture.key.name();
    pb::Picture {
        role: picture.key.role.into(),
        language: picture.key.language.clone(),
        width: signed(picture.key.width),
        height: signed(picture.height),
        size: signed(picture.size),
        url: format!("/stream/artwork/{content}/{name}?v={}", picture.hash),
        update_time: Some(timestamp(picture.updated_at)),
    }
}

impl From<&Track> for pb::CaptionTrack {
    fn from(track: &Track) -> Self {
        Self {
            language: track.key.language.clone(),
            kind: track.key.kind.into(),
            name: track.name.clone(),
            is_default: track.is_default,
            cues: track.cues,
            update_time: Some(timestamp(track.updated_at)),
            url: String::new(),
        }
    }
}

impl From<&Import> for pb::Import {
    fn from(import: &Import) -> Self {
        let bytes = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let (notes, failure) = (&import.said.notes, import.said.failure.as_ref());
        let uploading = import.progress.stage == ImportStage::Uploading;
        #[expect(clippy::cast_precision_loss, reason = "a fraction for people")]
        let fraction = if uploading {
            import.arrived as f64 / import.size.max(1) as f64
        } else {
            f64::from(import.progress.milli) / 1_000.0
        };
        Self {
            id: import.id.to_string(),
            content_id: import.content.to_string(),
            user_id: import.user.to_string(),
            file_name: import.file_name.clone(),
            size: bytes(import.size),
            arrived: bytes(import.arrived),
            stage: import.progress.stage.into(),
            fraction,
            quality: import.progress.quality.clone(),
            attempts: count(import.attempts),
            problem: failure.map_or_else(String::new, |note| note.text.clone()),
            notes: notes.iter().map(|note| note.text.clone()).collect(),
            report: notes.iter().map(pb::ImportNote::from).collect(),
            failure: failure.map(pb::ImportNote::from),
            create_time: Some(timestamp(import.created_at)),
            update_time: Some(timestamp(import.updated_at)),
            expire_time: import.is_held.then(|| timestamp(import.expires_at)),
        }
    }
}

impl From<&Note> for pb::ImportNote {
    fn from(note: &Note) -> Self {
        Self {
            code: note.code.into(),
            text: note.text.clone(),
            track: note.track.map(signed),
            codec: note.codec.clone(),
            language: note.language.clone(),
            format: note.format.clone(),
            width: note.pixels.map(|(width, _)| signed(width)),
            height: note.pixels.map(|(_, height)| signed(height)),
            seconds: note.seconds,
            count: note.count.map(|n| i64::try_from(n).unwrap_or(i64::MAX)),
            detail: note.detail.clone(),
        }
    }
}

fn signed(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

fn unsigned(n: i32, what: &str) -> Result<u32, MediaProblem> {
    u32::try_from(n).map_err(|_| MediaProblem(format!("{what} is negative")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::media::tests::sample;

    #[test]
    fn media_comes_back_from_its_message_as_it_went() {
        let message = pb::Media::from(&sample());
        assert_eq!(Media::try_from(message.clone()), Ok(sample()));
        let mut negative = message;
        negative.renditions[0].segments[0].size = -1;
        assert!(Media::try_from(negative).is_err());
    }
}
