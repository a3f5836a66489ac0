//! Uploads in parts that were begun and never ended: the process was killed, or whoever waited for it was told to go.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use object_store::{
    ClientOptions, Error,
    aws::AmazonS3,
    client::{HttpClient, HttpConnector as _, HttpRequestBody, ReqwestConnector},
    multipart::MultipartStore as _,
    path::Path,
    signer::{SignedUrlOptions, Signer as _},
};
use quick_xml::{Reader, escape::resolve_predefined_entity, events::Event};
use sv_kernel::Timestamp;
use sv_ports::{PortError, PortResult};
use tokio::time::timeout;

use super::{ANSWER, PORT, failed};

/// How long the address of a list may be used.
const SIGNED: Duration = Duration::from_mins(5);

/// An upload that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Begun {
    key: String,
    id: String,
    at: Timestamp,
}

/// One page of them, and after which one the next begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Page {
    uploads: Vec<Begun>,
    next: Option<(String, String)>,
}

/// Takes back the uploads under a prefix that were begun before an instant, and counts them.
pub(super) async fn abort(
    store: &AmazonS3,
    options: &ClientOptions,
    prefix: &str,
    before: Timestamp,
) -> PortResult<u64> {
    let client = ReqwestConnector::default()
        .connect(options)
        .map_err(failed)?;
    let (mut count, mut after) = (0, None);
    loop {
        let page = list(store, &client, prefix, after.as_ref()).await?;
        let left = page.uploads.into_iter();
        for begun in left.filter(|begun| begun.at < before && begun.key.starts_with(prefix)) {
            let path = Path::parse(&begun.key);
            let path = path.map_err(|_| PortError::invalid("not a valid blob key"))?;
            match timeout(ANSWER, store.abort_multipart(&path, &begun.id)).await {
                Ok(Ok(())) => count += 1,
                // It has ended, or another process was first.
                Ok(Err(Error::NotFound { .. })) => {}
                Ok(Err(cause)) => return Err(failed(cause)),
                Err(late) => return Err(PortError::unavailable(PORT, late)),
            }
        }
        let Some(next) = page.next.filter(|next| Some(next) != after.as_ref()) else {
            return Ok(count);
        };
        after = Some(next);
    }
}

/// Lists a page of uploads. The library that speaks S3 for us does not know how, but signs the address.
async fn list(
    store: &AmazonS3,
    client: &HttpClient,
    prefix: &str,
    after: Option<&(String, String)>,
) -> PortResult<Page> {
    let mut query = vec![("uploads", "")];
    if !prefix.is_empty() {
        query.push(("prefix", prefix));
    }
    if let Some((key, id)) = after {
        query.extend([("key-marker", key.as_str()), ("upload-id-marker", id)]);
    }
    let options = SignedUrlOptions::new().with_query(query);
    let bucket = Path::default();
    let url = store
        .signed_url_opts(Method::GET, &bucket, SIGNED, &options)
        .await
        .map_err(failed)?;
    let request = Request::get(url.as_str())
        .body(HttpRequestBody::empty())
        .map_err(|cause| PortError::unavailable(PORT, cause))?;
    let answer = async {
        let answer = client.execute(request).await;
        let answer = answer.map_err(|cause| PortError::unavailable(PORT, cause))?;
        let status = answer.status();
        let body = answer.into_body().bytes().await;
        let body = body.map_err(|cause| PortError::unavailable(PORT, cause))?;
        Ok::<(StatusCode, Bytes), PortError>((status, body))
    };
    let answer = timeout(ANSWER, answer).await;
    let (status, body) = answer.map_err(|late| PortError::unavailable(PORT, late))??;
    if matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_IMPLEMENTED) {
        tracing::warn!(%status, "what uploads have left in the bucket cannot be listed: a rule of the bucket has to take it away");
        return Ok(Page::default());
    }
    if !status.is_success() {
        let refused = format!("the list of uploads was answered by {status}");
        return Err(PortError::unavailable(PORT, refused));
    }
    read(&body).ok_or_else(|| PortError::unavailable(PORT, "the list of uploads cannot be read"))
}

/// Reads a `ListMultipartUploadsResult`; `None` where it is none.
fn read(xml: &[u8]) -> Option<Page> {
    let mut reader = Reader::from_reader(xml);
    let (mut text, mut page, mut cut_off) = (String::new(), Page::default(), false);
    let (mut key, mut id, mut at) = (String::new(), String::new(), None);
    let (mut next_key, mut next_id, mut whole) = (String::new(), String::new(), false);
    loop {
        match reader.read_event().ok()? {
            Event::Start(_) => text.clear(),
            Event::Text(piece) => text.push_str(&piece),
            Event::GeneralRef(named) => match named.resolve_char_ref().ok()? {
                Some(letter) => text.push(letter),
                None => text.push_str(resolve_predefined_entity(&named)?),
            },
            Event::End(end) => {
                let said = std::mem::take(&mut text);
                match end.local_name().as_ref() {
                    "Key" => key = said,
                    "UploadId" => id = said,
                    "Initiated" => at = Timestamp::parse_rfc3339(said.trim()),
                    "Upload" => page.uploads.push(Begun {
                        key: std::mem::take(&mut key),
                        id: std::mem::take(&mut id),
                        at: at.take()?,
                    }),
                    "NextKeyMarker" => next_key = said,
                    "NextUploadIdMarker" => next_id = said,
                    "IsTruncated" => cut_off = said.trim() == "true",
                    "ListMultipartUploadsResult" => whole = true,
                    _ => {}
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    page.next = (cut_off && !next_key.is_empty()).then_some((next_key, next_id));
    whole.then_some(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_uploads_is_read_with_the_place_where_it_goes_on() {
        let xml = br#"<?xml version="1.0" encoding="UTF-8"?>
            <ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
              <Bucket>media</Bucket><KeyMarker/><UploadIdMarker></UploadIdMarker>
              <NextKeyMarker>media/b&amp;c</NextKeyMarker><NextUploadIdMarker>two</NextUploadIdMarker>
              <MaxUploads>2</MaxUploads><IsTruncated>true</IsTruncated>
              <Upload><Key>media/a</Key><UploadId>one</UploadId>
                <Initiator><ID>us</ID></Initiator><Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload>
              <Upload><Key>media/b&amp;c</Key><UploadId>two</UploadId>
                <Initiated>2026-01-02T03:04:06Z</Initiated></Upload>
            </ListMultipartUploadsResult>"#;
        let page = read(xml).unwrap();
        let keys: Vec<_> = page
            .uploads
            .iter()
            .map(|one| (&*one.key, &*one.id))
            .collect();
        assert_eq!(keys, [("media/a", "one"), ("media/b&c", "two")]);
        assert!(page.uploads[0].at < page.uploads[1].at);
        assert_eq!(page.next, Some(("media/b&c".into(), "two".into())));
        for broken in [
            &b""[..],
            b"<html>no</html>",
            b"<ListMultipartUploadsResult>",
            b"{}",
        ] {
            assert_eq!(read(broken), None, "{broken:?}");
        }
    }
}
