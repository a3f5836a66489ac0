//! Pages: every list is bounded, and its cursor is signed so that nobody can forge one (API-2).

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Items when the caller does not say how many.
const DEFAULT_SIZE: u32 = 20;
/// The most items of one page; larger wishes are clamped.
const MAX_SIZE: u32 = 100;
/// Bytes of the signature in a token.
const TAG: usize = 16;
/// The longest token that is looked at.
const MAX_TOKEN: usize = 1024;
/// The most items that an offset skips; further on only tokens lead.
const MAX_OFFSET: u32 = 10_000;

/// How a caller asks for a part of a list: by size and token, or by limit and offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageAsk<'a> {
    /// At most this many; 0 says nothing.
    pub size: i32,
    /// From the page before; empty at the start.
    pub token: &'a str,
    /// Another name of `size`.
    pub limit: i32,
    /// Skip this many from the start.
    pub offset: i32,
}

/// A request for a part of a list. Generated for every message that has the four fields.
pub trait Paged {
    /// Returns what part is asked for.
    fn page(&self) -> PageAsk<'_>;
    /// Returns the request for the whole list: what a token belongs to.
    #[must_use]
    fn without_page(&self) -> Self;
}

/// What part of a list the caller wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The most items to return, 1 to 100.
    pub size: u32,
    /// Where the page before ended: the sort key of its last item. `None` at the start.
    pub after: Option<String>,
    /// How many items are skipped; only without `after`.
    pub skip: u32,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, at most as many as were asked for.
    pub items: Vec<T>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

/// The caller's page is not usable.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PageError {
    /// A number is negative.
    #[error("{0} must not be negative")]
    Negative(&'static str),
    /// Size and limit differ.
    #[error("pageSize and limit say different things; give one of them")]
    TwoSizes,
    /// Token and offset both say where to start.
    #[error("pageToken and offset both say where to start; give one of them")]
    TwoStarts,
    /// The offset is too far.
    #[error("offset is at most {MAX_OFFSET}; further on follow nextPageToken")]
    Offset,
    /// The token was not made by this list with these filters.
    #[error("pageToken does not belong to this list; start again without one")]
    Token,
}

/// Signs and checks page tokens.
#[derive(Clone, Debug)]
pub struct PageSigner(hmac::Key);

impl PageSigner {
    /// Makes a signer from a secret that all replicas share.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// Reads what the caller asks for. `list` names the list and its filters: a token of another
    /// list, or of other filters, is refused.
    pub fn read(&self, list: &str, ask: PageAsk<'_>) -> Result<PageRequest, PageError> {
        let count =
            |number: i32, name| u32::try_from(number).map_err(|_| PageError::Negative(name));
        let size = match (count(ask.size, "pageSize")?, count(ask.limit, "limit")?) {
            (0, 0) => DEFAULT_SIZE,
            (0, n) | (n, 0) => n.min(MAX_SIZE),
            (size, limit) if size == limit => size.min(MAX_SIZE),
            _ => return Err(PageError::TwoSizes),
        };
        let skip = count(ask.offset, "offset")?;
        if skip > MAX_OFFSET {
            return Err(PageError::Offset);
        }
        let after = match ask.token {
            "" => None,
            _ if skip > 0 => return Err(PageError::TwoStarts),
            token => Some(self.open(list, token)?),
        };
        Ok(PageRequest { size, after, skip })
    }

    /// Writes the token of the next page, or an empty one at the end.
    pub fn write(&self, list: &str, next: Option<&str>) -> String {
        let Some(key) = next else {
            return String::new();
        };
        let mut bytes = self.tag(list, key.as_bytes()).to_vec();
        bytes.extend_from_slice(key.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn open(&self, list: &str, token: &str) -> Result<String, PageError> {
        if token.len() > MAX_TOKEN {
            return Err(PageError::Token);
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(token)
            .map_err(|_| PageError::Token)?;
        let (tag, key) = bytes.split_at_checked(TAG).ok_or(PageError::Token)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(tag, &self.tag(list, key))
            .map_err(|_| PageError::Token)?;
        String::from_utf8(key.to_vec()).map_err(|_| PageError::Token)
    }

    fn tag(&self, list: &str, key: &[u8]) -> [u8; TAG] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&u64::try_from(list.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(list.as_bytes());
        context.update(key);
        let mut tag = [0; TAG];
        tag.copy_from_slice(&context.sign().as_ref()[..TAG]);
        tag
    }
}

impl<T> Page<T> {
    /// Cuts a page out of rows that were read with a limit of `size + 1`.
    pub fn cut(mut rows: Vec<T>, size: u32, key: impl Fn(&T) -> String) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let next = if more { rows.last().map(key) } else { None };
        Self { items: rows, next }
    }

    /// Turns every item into another.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next: self.next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(size: i32, token: &str) -> PageAsk<'_> {
        PageAsk {
            size,
            token,
            ..PageAsk::default()
        }
    }

    #[test]
    fn a_token_opens_only_its_own_list() {
        let signer = PageSigner::new(b"secret");
        let token = signer.write("movies?genre=drama", Some("alien\u{1f}7"));
        let page = signer.read("movies?genre=drama", ask(500, &token)).unwrap();
        assert_eq!(
            page,
            PageRequest {
                size: 100,
                after: Some("alien\u{1f}7".into()),
                skip: 0,
            }
        );
        assert_eq!(signer.read("movies", ask(1, &token)), Err(PageError::Token));
        assert_eq!(
            PageSigner::new(b"other").read("movies?genre=drama", ask(1, &token)),
            Err(PageError::Token)
        );
        for bad in ["x", "AAAA", &"A".repeat(4000), "äöü"] {
            assert_eq!(
                signer.read("movies", ask(1, bad)),
                Err(PageError::Token),
                "{bad:.10}"
            );
        }
        assert_eq!(
            signer.read("movies", ask(-1, "")),
            Err(PageError::Negative("pageSize"))
        );
        assert_eq!(signer.read("movies", ask(0, "")).unwrap().size, 20);
    }

    #[test]
    fn limit_and_offset_are_another_way_to_ask_and_contradict_nothing() {
        let signer = PageSigner::new(b"secret");
        let token = signer.write("movies", Some("alien"));
        let read = |size, token, limit, offset| {
            let ask = PageAsk {
                size,
                token,
                limit,
                offset,
            };
            signer
                .read("movies", ask)
                .map(|page| (page.size, page.after, page.skip))
        };
        assert_eq!(read(0, "", 7, 0), Ok((7, None, 0)));
        assert_eq!(read(7, "", 7, 30), Ok((7, None, 30)));
        assert_eq!(read(0, "", 500, 0), Ok((100, None, 0)));
        assert_eq!(read(0, &token, 7, 0), Ok((7, Some("alien".into()), 0)));
        assert_eq!(read(0, "", 0, 10_000), Ok((20, None, 10_000)));
        assert_eq!(read(5, "", 7, 0), Err(PageError::TwoSizes));
        assert_eq!(read(0, &token, 0, 1), Err(PageError::TwoStarts));
        assert_eq!(read(0, "", -1, 0), Err(PageError::Negative("limit")));
        assert_eq!(read(0, "", 0, -1), Err(PageError::Negative("offset")));
        assert_eq!(read(0, "", 0, 10_001), Err(PageError::Offset));
    }

    #[test]
    fn a_page_ends_where_the_rows_end() {
        let page = Page::cut(vec![1, 2, 3], 2, ToString::to_string);
        assert_eq!((page.items, page.next), (vec![1, 2], Some("2".into())));
        let page = Page::cut(vec![1, 2], 2, ToString::to_string);
        assert_eq!((page.items, page.next), (vec![1, 2], None));
    }
}
