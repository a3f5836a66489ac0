//! What requests of tus 1.0.0 say (<https://tus.io/protocols/resumable-upload>).

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderMap, Method, header};
use sv_kernel::{Error, Result};
use sv_proto::{common::CommonReason, streaming::StreamingReason};
use uuid::Uuid;

use crate::app::{Announced, Checksum, Sum};

/// The version that is spoken.
pub(super) const VERSION: &str = "1.0.0";
/// The extensions that are.
pub(super) const EXTENSIONS: &str = "creation,creation-with-upload,expiration,checksum,termination";
/// The checksums that are computed.
pub(super) const CHECKSUMS: &str = "sha1,sha256";

/// The type of bytes of an upload.
const BYTES: &str = "application/offset+octet-stream";
/// The most bytes of `Upload-Metadata`.
const MOST_METADATA: usize = 2_000;
/// The most characters of a file's name.
const MOST_NAME: usize = 255;

/// What a path names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) content: Uuid,
    pub(super) upload: Option<Uuid>,
}

impl Place {
    /// Whether a path is one of uploads, whatever stands where its ids should.
    pub(super) fn is_ours(path: &str) -> bool {
        parts(path).is_some()
    }

    /// Reads a path of uploads. What is no id is the id of nothing.
    pub(super) fn read(path: &str) -> Result<Self> {
        let (content, upload) = parts(path).ok_or(CommonReason::RouteNotFound)?;
        let Some(upload) = upload else {
            let content = id(content).ok_or(StreamingReason::ContentNotFound)?;
            let upload = None;
            return Ok(Self { content, upload });
        };
        let ids = id(content).zip(id(upload));
        let (content, upload) = ids.ok_or(StreamingReason::UploadNotFound)?;
        let upload = Some(upload);
        Ok(Self { content, upload })
    }
}

/// Takes a path of uploads apart: what stands for the title, and for the upload where it names one.
fn parts(path: &str) -> Option<(&str, Option<&str>)> {
    let (content, rest) = path.strip_prefix("/admin/media/")?.split_once('/')?;
    match rest.strip_prefix("uploads")? {
        "" => Some((content, None)),
        upload => Some((content, Some(upload.strip_prefix('/')?))),
    }
}

/// Reads an id in its hyphenated form, in either case.
fn id(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| text.parse().ok())?
}

/// Returns the method that a request means: a client that cannot send all of them says which.
pub(super) fn method(sent: &Method, headers: &HeaderMap) -> Result<Method> {
    let Some(meant) = text(headers, "x-http-method-override")? else {
        return Ok(sent.clone());
    };
    match (sent, meant) {
        (&Method::POST, "PATCH") => Ok(Method::PATCH),
        (&Method::POST, "DELETE") => Ok(Method::DELETE),
        (sent, meant) if sent.as_str() == meant => Ok(sent.clone()),
        _ => Err(invalid(
            "X-HTTP-Method-Override is PATCH or DELETE, and comes with POST",
        )),
    }
}

/// Fails unless a request speaks the version that is spoken here.
pub(super) fn speaks(headers: &HeaderMap) -> Result<()> {
    match text(headers, "tus-resumable")? {
        Some(VERSION) => Ok(()),
        _ => Err(StreamingReason::UploadVersionUnsupported.into()),
    }
}

/// Reads how an upload is announced.
pub(super) fn announced(headers: &HeaderMap) -> Result<Announced> {
    let size = number(headers, "upload-length")?;
    let size = size.ok_or_else(|| invalid("Upload-Length is missing: the bytes of the file"))?;
    if size == 0 {
        return Err(invalid("the file is empty"));
    }
    let metadata = text(headers, "upload-metadata")?.unwrap_or_default();
    Ok(Announced {
        size,
        file_name: file_name(metadata)?,
        metadata: metadata.to_owned(),
    })
}

/// Reads `filename` out of `Upload-Metadata`: `key base64,key base64`.
fn file_name(metadata: &str) -> Result<String> {
    if metadata.len() > MOST_METADATA {
        return Err(invalid("Upload-Metadata has at most 2000 bytes"));
    }
    let wrong = || invalid("Upload-Metadata is no list of keys and values in Base64");
    let mut name = String::new();
    for pair in metadata.split(',').filter(|pair| !pair.is_empty()) {
        let pair = pair.trim();
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = BASE64_STANDARD.decode(value).map_err(|_| wrong())?;
        if key.is_empty() {
            return Err(wrong());
        }
        if key == "filename" || (key == "name" && name.is_empty()) {
            let value = String::from_utf8(value).map_err(|_| wrong())?;
            let seen = |c: &char| !c.is_control() && !sv_kernel::is_hidden(*c);
            name = value.chars().filter(seen).take(MOST_NAME).collect();
        }
    }
    Ok(name)
}

/// Says whether a request that begins an upload brings its first bytes, too.
pub(super) fn brings_bytes(headers: &HeaderMap) -> Result<bool> {
    if text(headers, header::CONTENT_TYPE.as_str())? == Some(BYTES) {
        return Ok(length(headers)? != Some(0));
    }
    match length(headers)? {
        None | Some(0) => Ok(false),
        Some(_) => Err(CommonReason::UnsupportedMediaType.into()),
    }
}

/// Fails unless a request's body is bytes of an upload.
pub(super) fn is_of_bytes(headers: &HeaderMap) -> Result<()> {
    match text(headers, header::CONTENT_TYPE.as_str())? {
        Some(BYTES) => Ok(()),
        _ => Err(CommonReason::UnsupportedMediaType.into()),
    }
}

/// Reads where the bytes of a request begin.
pub(super) fn offset(headers: &HeaderMap) -> Result<u64> {
    let offset = number(headers, "upload-offset")?;
    offset.ok_or_else(|| invalid("Upload-Offset is missing: where the bytes begin"))
}

/// Reads how many bytes a request says that it brings.
pub(super) fn length(headers: &HeaderMap) -> Result<Option<u64>> {
    number(headers, header::CONTENT_LENGTH.as_str())
}

/// Reads what the bytes of a request come to.
pub(super) fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>> {
    let Some(said) = text(headers, "upload-checksum")? else {
        return Ok(None);
    };
    let (kind, bytes) = said.split_once(' ').unwrap_or((said, ""));
    let (kind, length) = match kind {
        "sha1" => (Sum::Sha1, 20),
        "sha256" => (Sum::Sha256, 32),
        _ => return Err(invalid("Upload-Checksum is of sha1 or sha256")),
    };
    let bytes = BASE64_STANDARD.decode(bytes).ok();
    let bytes = bytes.filter(|bytes| bytes.len() == length);
    let bytes = bytes.ok_or_else(|| invalid("Upload-Checksum is not in Base64, or cut off"))?;
    Ok(Some(Checksum { kind, bytes }))
}

/// Reads a whole number: digits alone.
fn number(headers: &HeaderMap, name: &str) -> Result<Option<u64>> {
    let Some(digits) = text(headers, name)? else {
        return Ok(None);
    };
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| plain);
    match number.filter(|number| *number <= i64::MAX.unsigned_abs()) {
        Some(number) => Ok(Some(number)),
        None => Err(invalid(&format!("{name} is no whole number"))),
    }
}

/// Returns a header that stands once.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => match value.to_str() {
            Ok(value) => Ok(Some(value.trim())),
            Err(_) => Err(invalid(&format!("{name} holds more than visible ASCII"))),
        },
        _ => Err(invalid(&format!("{name} stands twice"))),
    }
}

fn invalid(problem: &str) -> Error {
    Error::from(StreamingReason::UploadInvalid).with("problem", problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLE: &str = "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_documented_paths_are_read() {
        let title = TITLE.parse().unwrap();
        let uploads = format!("/admin/media/{TITLE}/uploads");
        let place = |upload| Place {
            content: title,
            upload,
        };
        assert_eq!(Place::read(&uploads).unwrap(), place(None));
        let one = format!("{uploads}/{TITLE}");
        assert_eq!(Place::read(&one).unwrap(), place(Some(title)));
        for other in [
            format!("/admin/media/{TITLE}"),
            format!("/stream{uploads}"),
            format!("{uploads}x"),
        ] {
            assert!(!Place::is_ours(&other), "{other}");
        }
        for (other, reason) in [
            (format!("{uploads}/"), StreamingReason::UploadNotFound),
            (format!("{one}/"), StreamingReason::UploadNotFound),
            (format!("{one}/x"), StreamingReason::UploadNotFound),
            (
                "/admin/media/x/uploads".to_owned(),
                StreamingReason::ContentNotFound,
            ),
            (uploads.replace('-', ""), StreamingReason::ContentNotFound),
        ] {
            assert!(Place::is_ours(&other), "{other}");
            assert!(Place::read(&other).unwrap_err().is(&reason), "{other}");
        }
    }

    #[test]
    fn names_of_files_are_read_and_what_nobody_sees_is_left_out() {
        let pair = |name: &str| format!("filename {}", BASE64_STANDARD.encode(name));
        assert_eq!(file_name(&pair("Å film.mkv")).unwrap(), "Å film.mkv");
        assert_eq!(file_name(&pair("a\n\u{202e}b")).unwrap(), "ab");
        assert_eq!(file_name(&pair(&"x".repeat(400))).unwrap().len(), 255);
        let more = format!("is_final,{},filetype dmlkZW8=", pair("f"));
        assert_eq!(file_name(&more).unwrap(), "f");
        assert_eq!(file_name("").unwrap(), "");
        for bad in ["filename !", "filename wyg=", &"a".repeat(2_001)] {
            let refused = file_name(bad).unwrap_err();
            assert_eq!(refused.reason(), "UPLOAD_INVALID", "{bad}");
        }
    }

    #[test]
    fn numbers_and_checksums_are_read_strictly() {
        for bad in ["", "-1", "+1", "1.0", "0x1", "99999999999999999999"] {
            let headers = headers(&[("upload-offset", bad)]);
            assert!(offset(&headers).is_err(), "{bad}");
        }
        let twice = headers(&[("upload-offset", "1"), ("upload-offset", "1")]);
        assert!(offset(&twice).is_err());
        assert_eq!(offset(&headers(&[("upload-offset", "7")])).unwrap(), 7);
        let sum = |said| checksum(&headers(&[("upload-checksum", said)]));
        let good = sum("sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=").unwrap().unwrap();
        assert_eq!((good.kind, good.bytes.len()), (Sum::Sha1, 20));
        for bad in [
            "md5 1B2M2Y8AsgTpgAmY7PhCfg==",
            "sha1",
            "sha1 AA==",
            "sha256 2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
        ] {
            assert!(sum(bad).is_err(), "{bad}");
        }
        assert_eq!(checksum(&HeaderMap::new()).unwrap(), None);
    }

    #[test]
    fn a_client_says_which_method_it_means_only_by_post() {
        let said = |sent: Method, meant| {
            let headers = headers(&[("x-http-method-override", meant)]);
            method(&sent, &headers)
        };
        assert_eq!(said(Method::POST, "PATCH").unwrap(), Method::PATCH);
        assert_eq!(said(Method::POST, "DELETE").unwrap(), Method::DELETE);
        assert!(said(Method::HEAD, "DELETE").is_err());
        assert!(said(Method::POST, "GET").is_err());
        let plain = method(&Method::HEAD, &HeaderMap::new()).unwrap();
        assert_eq!(plain, Method::HEAD);
    }
}
