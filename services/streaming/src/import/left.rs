//! What a file holds and its media does not: named, so that nobody misses it only when somebody watches.

use sv_proto::streaming::ImportNoteCode as Code;

use super::stream::Stream;
use crate::domain::Note;

/// The most lines about tracks.
const MOST: usize = 20;

/// Names each track that is not among the `used`, and the chapters.
pub(super) fn left_out(streams: &[Stream], used: &[u32], chapters: usize) -> Vec<Note> {
    let mut notes: Vec<Note> = streams
        .iter()
        .filter(|stream| !used.contains(&stream.index))
        .map(note)
        .collect();
    let beyond = notes.len().saturating_sub(MOST);
    if beyond > 0 {
        notes.truncate(MOST);
        let text = format!("tracks: {beyond} more were left out");
        notes.push(Note {
            count: Some(beyond as u64),
            ..Note::new(Code::TracksLeftOut, text)
        });
    }
    if chapters > 0 {
        let text =
            format!("chapters: {chapters} left out; they can be set as markers of the title");
        notes.push(Note {
            count: Some(chapters as u64),
            ..Note::new(Code::ChaptersLeftOut, text)
        });
    }
    notes
}

fn note(stream: &Stream) -> Note {
    let (code, kind, hint) = match stream.codec_type.as_str() {
        "audio" => (Code::AudioLeftOut, "audio", "; one sound is kept"),
        "subtitle" => {
            let hint = "; they can be uploaded as captions";
            (Code::SubtitlesLeftOut, "subtitles", hint)
        }
        "video" if stream.is_cover() => {
            let hint = "; it can be uploaded as artwork";
            (Code::CoverLeftOut, "cover", hint)
        }
        "video" => (Code::VideoLeftOut, "video", "; one picture is kept"),
        "attachment" => (Code::AttachmentLeftOut, "attachment", ""),
        _ => (Code::DataLeftOut, "data", ""),
    };
    let codec = Some(stream.codec_name.as_str()).filter(|name| !name.is_empty());
    let codec = codec.unwrap_or("unknown format");
    let language = stream.language().map(|language| format!(", {language}"));
    let text = format!(
        "{kind}: track {} ({codec}{}) was left out{hint}",
        stream.index,
        language.unwrap_or_default()
    );
    Note {
        track: Some(stream.index),
        codec: stream.codec_name.clone(),
        language: stream.language().unwrap_or_default().to_owned(),
        ..Note::new(code, text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn streams() -> Vec<Stream> {
        serde_json::from_value(json!([
            {"index": 0, "codec_type": "video", "codec_name": "h264"},
            {"index": 1, "codec_type": "audio", "codec_name": "aac", "tags": {"language": "eng"}},
            {"index": 2, "codec_type": "audio", "codec_name": "ac3", "tags": {"language": "deu"}},
            {"index": 3, "codec_type": "subtitle", "codec_name": "subrip", "tags": {"language": "nob\nx"}},
            {"index": 4, "codec_type": "video", "codec_name": "mjpeg", "disposition": {"attached_pic": 1}},
            {"index": 5, "codec_type": "data"},
        ]))
        .unwrap()
    }

    #[test]
    fn what_is_not_kept_is_named_with_its_format_and_language() {
        let notes = left_out(&streams(), &[0, 1], 3);
        let texts: Vec<_> = notes.iter().map(|note| note.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "audio: track 2 (ac3, deu) was left out; one sound is kept",
                "subtitles: track 3 (subrip) was left out; they can be uploaded as captions",
                "cover: track 4 (mjpeg) was left out; it can be uploaded as artwork",
                "data: track 5 (unknown format) was left out",
                "chapters: 3 left out; they can be set as markers of the title",
            ]
        );
        let values = |note: &Note| (note.code, note.track, note.count);
        assert_eq!(values(&notes[0]), (Code::AudioLeftOut, Some(2), None));
        assert_eq!((&*notes[0].codec, &*notes[0].language), ("ac3", "deu"));
        assert_eq!(values(&notes[2]), (Code::CoverLeftOut, Some(4), None));
        assert_eq!(values(&notes[4]), (Code::ChaptersLeftOut, None, Some(3)));
    }

    #[test]
    fn a_file_of_many_tracks_is_told_of_in_few_lines() {
        let mut many = streams();
        for index in 6..60 {
            let mut next = many[2].clone();
            next.index = index;
            many.push(next);
        }
        let notes = left_out(&many, &[0, 1], 0);
        assert_eq!(notes.len(), MOST + 1);
        assert_eq!(notes[MOST].text, "tracks: 38 more were left out");
    }
}
