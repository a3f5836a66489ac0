//! What a file holds and its media does not: named, so that nobody misses it only when somebody watches.

use super::stream::Stream;

/// The most lines about tracks.
const MOST: usize = 20;

/// Names each track that is not among the `used`, and the chapters.
pub(super) fn left_out(streams: &[Stream], used: &[u32], chapters: usize) -> Vec<String> {
    let mut notes: Vec<String> = streams
        .iter()
        .filter(|stream| !used.contains(&stream.index))
        .map(note)
        .collect();
    let beyond = notes.len().saturating_sub(MOST);
    if beyond > 0 {
        notes.truncate(MOST);
        notes.push(format!("tracks: {beyond} more were left out"));
    }
    if chapters > 0 {
        notes.push(format!(
            "chapters: {chapters} left out; they can be set as markers of the title"
        ));
    }
    notes
}

fn note(stream: &Stream) -> String {
    let (kind, hint) = match stream.codec_type.as_str() {
        "audio" => ("audio", "; one sound is kept"),
        "subtitle" => ("subtitles", "; they can be uploaded as captions"),
        "video" if stream.is_cover() => ("cover", "; it can be uploaded as artwork"),
        "video" => ("video", "; one picture is kept"),
        "attachment" => ("attachment", ""),
        _ => ("data", ""),
    };
    let codec = Some(stream.codec_name.as_str()).filter(|name| !name.is_empty());
    let codec = codec.unwrap_or("unknown format");
    let language = stream.language().map(|language| format!(", {language}"));
    format!(
        "{kind}: track {} ({codec}{}) was left out{hint}",
        stream.index,
        language.unwrap_or_default()
    )
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
        assert_eq!(
            left_out(&streams(), &[0, 1], 3),
            [
                "audio: track 2 (ac3, deu) was left out; one sound is kept",
                "subtitles: track 3 (subrip) was left out; they can be uploaded as captions",
                "cover: track 4 (mjpeg) was left out; it can be uploaded as artwork",
                "data: track 5 (unknown format) was left out",
                "chapters: 3 left out; they can be set as markers of the title",
            ]
        );
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
        assert_eq!(notes[MOST], "tracks: 38 more were left out");
    }
}
