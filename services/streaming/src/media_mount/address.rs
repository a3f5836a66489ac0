//! Paths and queries of the mount. A path is compared byte by byte and never decoded, so another
//! spelling of a path is another path, which nobody serves.

/// What a path asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place<'p> {
    /// The title or channel, as it stands in the path; not yet known to be a UUID.
    pub(super) content_id: &'p str,
    /// Whether it is a channel.
    pub(super) is_live: bool,
    /// What of it.
    pub(super) address: Address<'p>,
    /// The playback token, where the path carries it.
    pub(super) token: Option<&'p str>,
}

/// What of a title is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Address<'p> {
    /// The master playlist.
    Master,
    /// The playlist of a quality.
    Variant { quality: &'p str },
    /// A file of a quality.
    Segment { quality: &'p str, file: &'p str },
    /// The whole title as one file.
    Progressive,
    /// The track of thumbnails, or a sheet of them.
    Thumbnails { file: &'p str },
    /// The poster.
    Poster,
    /// A picture by its name of role, language and width.
    Artwork { name: &'p str },
}

/// What a query says; other parameters are no business of ours.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Query<'q> {
    /// The playback token.
    pub(super) token: Option<&'q str>,
    /// The hash of the bytes (C15).
    pub(super) version: Option<&'q str>,
}

impl<'p> Place<'p> {
    /// Reads a path; `None` where it is none of ours.
    pub(super) fn read(path: &'p str) -> Option<Self> {
        let rest = path.strip_prefix("/stream/")?;
        let (token, rest) = match rest.strip_prefix("t/") {
            Some(signed) => signed
                .split_once('/')
                .map(|(token, rest)| (Some(token), rest))?,
            None => (None, rest),
        };
        let mut parts = rest.split('/');
        let (kind, content_id) = (parts.next()?, parts.next().filter(|id| !id.is_empty())?);
        let address = match (kind, parts.next(), parts.next(), parts.next()) {
            ("hls" | "live", Some("master.m3u8"), None, None) => Address::Master,
            ("hls" | "live", Some(quality), Some("playlist.m3u8"), None) => {
                Address::Variant { quality }
            }
            ("hls" | "live", Some(quality), Some(file), None) => Address::Segment { quality, file },
            ("progressive", None, None, None) => Address::Progressive,
            ("thumbnails", Some(file), None, None) => Address::Thumbnails { file },
            ("poster", None, None, None) => Address::Poster,
            ("artwork", Some(name), None, None) => Address::Artwork { name },
            _ => return None,
        };
        Some(Self {
            content_id,
            is_live: kind == "live",
            address,
            token,
        })
    }
}

impl<'q> Query<'q> {
    /// Reads a query. A parameter that stands twice is taken for absent: two readers of it could
    /// understand it in two ways.
    pub(super) fn read(query: &'q str) -> Self {
        let only = |name: &str| {
            let mut values = query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .filter(|(key, _)| *key == name)
                .map(|(_, value)| value);
            let first = values.next();
            if values.next().is_some() { None } else { first }
        };
        Self {
            token: only("token"),
            version: only("v"),
        }
    }
}

/// Reads the number of `segment-{n}.ts`: ASCII digits without a sign or leading zeros.
pub(super) fn segment_number(file: &str) -> Option<usize> {
    number(file, "segment-", ".ts")
}

/// Reads the number of `sheet-{n}.jpg`.
pub(super) fn sheet_number(file: &str) -> Option<usize> {
    number(file, "sheet-", ".jpg")
}

fn number(file: &str, begin: &str, end: &str) -> Option<usize> {
    let digits = file.strip_prefix(begin)?.strip_suffix(end)?;
    let plain =
        digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    if plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_documented_paths_are_read() {
        let read = |path| Place::read(path).map(|place| (place.content_id, place.address));
        assert_eq!(
            read("/stream/hls/7/master.m3u8"),
            Some(("7", Address::Master))
        );
        let quality = "480p";
        assert_eq!(
            read("/stream/hls/7/480p/playlist.m3u8"),
            Some(("7", Address::Variant { quality }))
        );
        let file = "segment-0.ts";
        assert_eq!(
            read("/stream/hls/7/480p/segment-0.ts"),
            Some(("7", Address::Segment { quality, file }))
        );
        assert_eq!(
            read("/stream/progressive/7"),
            Some(("7", Address::Progressive))
        );
        assert_eq!(read("/stream/poster/7"), Some(("7", Address::Poster)));
        let signed = Place::read("/stream/t/a.b-c/hls/7/master.m3u8").unwrap();
        assert_eq!(
            (signed.token, signed.content_id, signed.address),
            (Some("a.b-c"), "7", Address::Master)
        );
        for (path, is_live) in [
            ("/stream/hls/7/master.m3u8", false),
            ("/stream/live/7/master.m3u8", true),
        ] {
            assert_eq!(Place::read(path).map(|place| place.is_live), Some(is_live));
        }
        let quality = "480p";
        for (path, address) in [
            (
                "/stream/live/7/480p/playlist.m3u8",
                Address::Variant { quality },
            ),
            (
                "/stream/live/7/480p/segment-0.ts",
                Address::Segment { quality, file },
            ),
        ] {
            assert_eq!(read(path), Some(("7", address)));
        }
        for other in [
            "",
            "/",
            "/stream/live/7",
            "/stream/t/a.b-c",
            "/stream/t/hls/7/master.m3u8",
            "/stream/live/7/480p/x/segment-0.ts",
            "/stream",
            "/stream/",
            "/stream/hls",
            "/stream/hls/7",
            "/stream/hls//master.m3u8",
            "/stream/hls/7/480p/segment-0.ts/",
            "/stream/hls/7/480p/x/segment-0.ts",
            "/stream/poster/7/",
            "/stream/poster/",
            "/stream/dash/7/manifest.mpd",
            "//stream/poster/7",
            "/Stream/poster/7",
        ] {
            assert_eq!(read(other), None, "{other:?}");
        }
    }

    #[test]
    fn segment_numbers_have_one_spelling() {
        assert_eq!(segment_number("segment-0.ts"), Some(0));
        assert_eq!(segment_number("segment-120.ts"), Some(120));
        for bad in [
            "segment-007.ts",
            "segment-00.ts",
            "segment-.ts",
            "segment--1.ts",
            "segment-+1.ts",
            "segment-1",
            "segment-1.ts.ts",
            "segment-1.TS",
            "segment-1e3.ts",
            "segment-٣.ts",
            "segment-１.ts",
            "segment-%31.ts",
            "segment-1.ts%00",
            "segment-99999999999999999999999999.ts",
            "..",
            "..%2f",
        ] {
            assert_eq!(segment_number(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_parameter_that_stands_twice_counts_as_absent() {
        let query = Query::read("v=a&token=t&x=1&token");
        assert_eq!((query.token, query.version), (Some("t"), Some("a")));
        assert_eq!(Query::read("token=a&token=b").token, None);
        assert_eq!(Query::read("Token=a&xtoken=b").token, None);
        assert_eq!(Query::read("token=").token, Some(""));
    }

    proptest! {
        #[test]
        fn any_path_and_query_is_read_or_refused_without_harm(path in ".{0,60}", query in ".{0,60}") {
            let _ = Place::read(&path);
            let _ = Place::read(&format!("/stream/hls/{path}"));
            let _ = Query::read(&query);
            let _ = segment_number(&path);
        }
    }
}
