//! Guides as XMLTV: read as a stream, one programme at a time, without entities but XML's own five.

use std::io::BufRead;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesRef, BytesStart, Event},
};
use sv_proto::convert::count;

use super::{Row, Sink, Unreadable, fields};

/// How deep elements lie in each other at most.
const MAX_DEPTH: usize = 32;
/// The most bytes of one text that are kept.
const MAX_TEXT: usize = 16 << 10;

/// What an element of a programme says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Root,
    Programme,
    Title,
    Subtitle,
    Description,
    Category,
    Icon,
    Episode { as_xmltv: bool },
    Rating,
    RatingValue,
    Other,
}

/// Reads a file to its end.
pub(super) fn read(text: impl BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let mut reader = Reader::from_reader(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    let mut reading = Reading {
        sink,
        is_guide: false,
        open: Vec::new(),
        draft: Row::default(),
        rating_system: String::new(),
        text: String::new(),
        line: 1,
        is_rooted: false,
        is_beside: false,
    };
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(of_xml)?;
        match &event {
            Event::Start(element) => reading.start(element)?,
            Event::End(_) => reading.end()?,
            Event::Text(text) => reading.say(&text.xml10_content()),
            Event::CData(text) => reading.say(&text.xml10_content()),
            Event::GeneralRef(reference) => reading.refer(reference),
            Event::Eof => break,
            _ => {}
        }
        // All line breaks of a file lie within its events.
        let breaks = event.bytes().filter(|byte| *byte == b'\n').count();
        reading.line = reading.line.saturating_add(count(breaks));
    }
    if !reading.open.is_empty() {
        return Err(Unreadable("it ends in the middle; send all of it".into()));
    }
    if !reading.is_guide {
        return Err(Unreadable("it is no XMLTV: there is no element tv".into()));
    }
    if reading.is_beside {
        let problem = "it is no XML: there is text outside of its element tv";
        return Err(Unreadable(problem.into()));
    }
    Ok(())
}

/// How far a file was read.
struct Reading<'a> {
    sink: &'a mut dyn Sink,
    /// Whether there is a guide in it, however empty.
    is_guide: bool,
    open: Vec<Tag>,
    draft: Row,
    rating_system: String,
    text: String,
    line: i32,
    /// Whether an element has begun that lies in no other.
    is_rooted: bool,
    /// Whether there is text that lies in no element.
    is_beside: bool,
}

impl Reading<'_> {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), Unreadable> {
        if self.open.len() >= MAX_DEPTH {
            let problem = format!("its elements lie more than {MAX_DEPTH} deep in each other");
            return Err(Unreadable(problem));
        }
        if self.open.is_empty() && std::mem::replace(&mut self.is_rooted, true) {
            let problem = "it is no XML: it has more than one outermost element";
            return Err(Unreadable(problem.into()));
        }
        let name = element.name();
        let tag = match (self.open.last(), name.as_ref()) {
            (None, "tv") => Tag::Root,
            (Some(Tag::Root), "programme") => Tag::Programme,
            (Some(Tag::Programme), inner) => inside(inner, element),
            (Some(Tag::Rating), "value") => Tag::RatingValue,
            _ => Tag::Other,
        };
        match tag {
            Tag::Root => self.is_guide = true,
            Tag::Programme => {
                self.draft = Row {
                    line: self.line,
                    start: attribute(element, "start"),
                    stop: attribute(element, "stop"),
                    channel: attribute(element, "channel"),
                    ..Row::default()
                };
            }
            Tag::Icon if self.draft.programme.image_url.is_empty() => {
                self.draft.programme.image_url = fields::address(&attribute(element, "src"));
            }
            Tag::Rating => self.rating_system = attribute(element, "system"),
            _ => {}
        }
        self.open.push(tag);
        self.text.clear();
        Ok(())
    }

    fn end(&mut self) -> Result<(), Unreadable> {
        let text = std::mem::take(&mut self.text);
        let programme = &mut self.draft.programme;
        match self.open.pop() {
            Some(Tag::Title) => fields::first(&mut programme.title, &text, fields::TITLE),
            Some(Tag::Subtitle) => fields::first(&mut programme.subtitle, &text, fields::TITLE),
            Some(Tag::Description) => {
                fields::first(&mut programme.description, &text, fields::DESCRIPTION);
            }
            Some(Tag::Category) => fields::category(&mut programme.categories, &text),
            Some(Tag::Episode { as_xmltv }) => fields::episode(programme, &text, as_xmltv),
            Some(Tag::RatingValue) => {
                let board = &self.rating_system;
                fields::rating(&mut programme.maturity_rating, board, &text);
            }
            Some(Tag::Programme) => self.sink.take(&std::mem::take(&mut self.draft))?,
            _ => {}
        }
        Ok(())
    }

    /// Takes a text, or a part of one.
    fn say(&mut self, text: &str) {
        self.is_beside |= self.open.is_empty() && !text.trim().is_empty();
        let wanted = !matches!(
            self.open.last(),
            None | Some(Tag::Root | Tag::Programme | Tag::Icon | Tag::Rating | Tag::Other)
        );
        if wanted && self.text.len() < MAX_TEXT {
            let left = text.floor_char_boundary(MAX_TEXT - self.text.len());
            self.text.push_str(&text[..left]);
        }
    }

    /// Takes a reference: a character, or one of XML's own five; any other stays as it is written.
    fn refer(&mut self, reference: &BytesRef<'_>) {
        let character = match reference.resolve_char_ref() {
            Ok(Some(character)) => Some(character),
            _ => match &**reference {
                "amp" => Some('&'),
                "lt" => Some('<'),
                "gt" => Some('>'),
                "quot" => Some('"'),
                "apos" => Some('\''),
                _ => None,
            },
        };
        match character {
            Some(character) => self.say(character.encode_utf8(&mut [0; 4])),
            None => self.say(&format!("&{};", &**reference)),
        }
    }
}

/// Tells what an element within a programme says.
fn inside(name: &str, element: &BytesStart<'_>) -> Tag {
    match name {
        "title" => Tag::Title,
        "sub-title" => Tag::Subtitle,
        "desc" => Tag::Description,
        "category" => Tag::Category,
        "icon" => Tag::Icon,
        "rating" => Tag::Rating,
        "episode-num" => match attribute(element, "system").as_str() {
            "xmltv_ns" => Tag::Episode { as_xmltv: true },
            "onscreen" | "" => Tag::Episode { as_xmltv: false },
            _ => Tag::Other,
        },
        _ => Tag::Other,
    }
}

/// Reads an attribute; one that is not there, or cannot be read, is empty.
fn attribute(element: &BytesStart<'_>, name: &str) -> String {
    let found = element.try_get_attribute(name).ok().flatten();
    let value = found.and_then(|found| found.normalized_value(XmlVersion::Implicit1_0).ok());
    value.unwrap_or_default().into_owned()
}

fn of_xml(error: quick_xml::Error) -> Unreadable {
    match error {
        quick_xml::Error::Io(cause) => Unreadable(cause.to_string()),
        quick_xml::Error::Encoding(_) => {
            Unreadable("its letters are not of the encoding that it names".into())
        }
        other => Unreadable(format!("it is no XML: {other}")),
    }
}
