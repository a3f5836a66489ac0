//! One head of HTTP/1, judged whole.

use http::Uri;

/// The most header fields.
pub const MAX_FIELDS: usize = 100;

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not well formed, in words for the client.
    Malformed(Problem),
    /// Its target alone is longer than any head may be.
    LongTarget,
    /// Its header fields are too many, or too long.
    LargeFields,
}

/// What is not well formed, in words for the client.
pub(crate) type Problem = &'static str;

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::Malformed(problem)
    }
}

/// What follows a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Follows {
    /// The next head.
    Nothing,
    /// A body of so many bytes.
    Bytes(u64),
    /// A body in chunks.
    Chunks,
}

/// Judges a whole head; returns what follows it.
pub(super) fn judge(head: &[u8]) -> Result<Follows, Fault> {
    let line = line_end(head).ok_or("there is no request line")?;
    let (target, version) = request_line(&head[..line])?;
    let fields = fields(&head[line + 2..head.len() - 2])?;
    if fields.len() > MAX_FIELDS {
        return Err(Fault::LargeFields);
    }

    let named = |name: &str| {
        let mut values = fields
            .iter()
            .filter(|field| field.name.eq_ignore_ascii_case(name.as_bytes()))
            .map(|field| field.value);
        match (values.next(), values.next()) {
            (None, _) => Stands::Nowhere,
            (Some(value), None) => Stands::Once(value),
            (Some(_), Some(_)) => Stands::Twice,
        }
    };
    match named("host") {
        Stands::Once(host) if is_host(host) => match target {
            Target::Whole { authority } if !authority.eq_ignore_ascii_case(host) => {
                return Err(Fault::Malformed("the target and the header Host differ"));
            }
            _ => {}
        },
        Stands::Nowhere if version == Version::Http10 => {}
        Stands::Nowhere => return Err(Fault::Malformed("the header Host is missing")),
        Stands::Once(_) => return Err(Fault::Malformed("the header Host is no host")),
        Stands::Twice => return Err(Fault::Malformed("the header Host stands twice")),
    }
    let body = body(version, named("content-length"), named("transfer-encoding"));
    Ok(body?)
}

/// How often a field stands in a head.
#[derive(Clone, Copy, Debug)]
enum Stands<'a> {
    Nowhere,
    Once(&'a [u8]),
    Twice,
}

/// Says what follows a head by its fields `Content-Length` and `Transfer-Encoding`.
fn body(version: Version, length: Stands<'_>, coding: Stands<'_>) -> Result<Follows, Problem> {
    match (length, coding) {
        (Stands::Nowhere, Stands::Nowhere) => Ok(Follows::Nothing),
        (Stands::Once(length), Stands::Nowhere) => match length_of(length)? {
            0 => Ok(Follows::Nothing),
            length => Ok(Follows::Bytes(length)),
        },
        (Stands::Twice, Stands::Nowhere) => Err("the header Content-Length stands twice"),
        (Stands::Nowhere, Stands::Once(coding)) if coding.eq_ignore_ascii_case(b"chunked") => {
            match version {
                Version::Http10 => Err("HTTP/1.0 has no Transfer-Encoding"),
                Version::Http11 => Ok(Follows::Chunks),
            }
        }
        (Stands::Nowhere, _) => Err("the header Transfer-Encoding is not just `chunked`"),
        _ => Err("Content-Length and Transfer-Encoding contradict each other"),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    Http10,
    Http11,
}

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target<'a> {
    /// A path on the host that the header names, or all of it.
    Path,
    /// A whole address, as clients send it to proxies and servers must take it (RFC 9112 3.2.2).
    Whole { authority: &'a [u8] },
}

fn request_line(line: &[u8]) -> Result<(Target<'_>, Version), Problem> {
    let mut parts = line.split(|byte| *byte == b' ');
    let three = (parts.next(), parts.next(), parts.next(), parts.next());
    let (Some(method), Some(target), Some(version), None) = three else {
        return Err("the request line has not three parts");
    };
    if !is_token(method) {
        return Err("the method is no token");
    }
    // hyper's own reading, too: what it refuses it answers without a word.
    let readable = is_plain_path(target) || Uri::try_from(target).is_ok();
    if !readable || !is_written_well(target) || target.contains(&b'#') {
        return Err("the target holds characters that must be encoded");
    }
    let target = if target.starts_with(b"/") || target == b"*" && method == b"OPTIONS" {
        Target::Path
    } else {
        let authority = authority(target).ok_or("the target is neither a path nor an address")?;
        Target::Whole { authority }
    };
    match version {
        b"HTTP/1.1" => Ok((target, Version::Http11)),
        b"HTTP/1.0" => Ok((target, Version::Http10)),
        _ => Err("the version is not HTTP/1.1"),
    }
}

/// Says whether a target has no other characters than may stand there: in the query also letters of
/// UTF-8 as they are, which people type and many clients leave so.
fn is_written_well(target: &[u8]) -> bool {
    let mark = target.iter().position(|byte| *byte == b'?');
    let (path, query) = target.split_at(mark.unwrap_or(target.len()));
    let plain = |byte: &u8| byte.is_ascii_graphic() || !byte.is_ascii();
    path.iter().all(u8::is_ascii_graphic)
        && query.iter().all(plain)
        && std::str::from_utf8(query).is_ok()
}

/// Says whether a target is a path, with or without a query, of nothing but characters that need no
/// closer look: nearly all are.
fn is_plain_path(target: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/?&=-._~%+,:;@!$'()*".contains(byte);
    target.starts_with(b"/") && target.len() <= 8 * 1024 && target.iter().all(plain)
}

/// Returns the authority of a whole address of the web.
fn authority(target: &[u8]) -> Option<&[u8]> {
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        let (start, rest) = target.split_at_checked(scheme.len())?;
        start
            .eq_ignore_ascii_case(scheme.as_bytes())
            .then_some(rest)
    })?;
    let end = rest.iter().position(|byte| b"/?".contains(byte));
    Some(&rest[..end.unwrap_or(rest.len())])
}

/// Finds the end of the first line. A carriage return stands nowhere else; that has been seen to.
pub(super) fn line_end(text: &[u8]) -> Option<usize> {
    text.iter().position(|byte| *byte == b'\r')
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    name: &'a [u8],
    value: &'a [u8],
}

/// Splits whole lines, each with its end, into fields.
pub(super) fn fields(mut lines: &[u8]) -> Result<Vec<Field<'_>>, Problem> {
    let mut fields = Vec::with_capacity(16);
    while !lines.is_empty() {
        let end = line_end(lines).ok_or("a header has no end")?;
        let line = &lines[..end];
        lines = &lines[end + 2..];
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            return Err("a header is folded over several lines");
        }
        let colon = line
            .iter()
            .position(|byte| *byte == b':')
            .ok_or("a header has no colon")?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if !is_token(name) {
            return Err("the name of a header is no token");
        }
        // All bytes, though one would do: without an early end, many are compared at once.
        let control = |byte: &u8| *byte < b' ' && *byte != b'\t' || *byte == 0x7f;
        if value.iter().fold(false, |any, byte| any | control(byte)) {
            return Err("a header holds control characters");
        }
        fields.push(Field { name, value });
    }
    Ok(fields)
}

fn is_token(text: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(allowed)
}

pub(crate) fn is_host(value: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:[]%".contains(byte);
    !value.is_empty() && value.len() <= 300 && value.iter().all(allowed)
}

pub(crate) fn length_of(value: &[u8]) -> Result<u64, Problem> {
    let fault = "the header Content-Length is no number";
    if !(1..=18).contains(&value.len()) || !value.iter().all(u8::is_ascii_digit) {
        return Err(fault);
    }
    std::str::from_utf8(value)
        .ok()
        .and_then(|digits| digits.parse().ok())
        .ok_or(fault)
}
