//! Guides as XMLTV: read as a stream, one programme at a time, without entities but XML's own five.

use std::{collections::HashSet, io};

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesRef, BytesStart, Event},
};
use sv_proto::livetv::{GuideProblem, Programme};

use super::{File, Unreadable, fields, source, time};
use crate::domain::{Entry, Found};

/// The most programmes of one file.
const MAX_PROGRAMMES: i32 = 100_000;
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

/// A programme that is being read.
#[derive(Debug, Default)]
struct Draft {
    start: String,
    stop: String,
    channel: String,
    rating_system: String,
    programme: Programme,
}

/// Reads a file to its end. Only programmes of channels that are `known` are kept.
pub(super) fn read(bytes: &[u8], known: &HashSet<String>) -> Result<File, Unreadable> {
    let mut reader = Reader::from_reader(source::open(bytes).map_err(|cause| of_io(&cause))?);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    let mut reading = Reading {
        known,
        file: File::default(),
        open: Vec::new(),
        draft: Draft::default(),
        text: String::new(),
        seen: 0,
        is_rooted: false,
        is_beside: false,
    };
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(of_xml)?;
        match event {
            Event::Start(element) => reading.start(&element)?,
            Event::End(_) => reading.end()?,
            Event::Text(text) => reading.say(&text.xml10_content()),
            Event::CData(text) => reading.say(&text.xml10_content()),
            Event::GeneralRef(reference) => reading.refer(&reference),
            Event::Eof => break,
            _ => {}
        }
    }
    if !reading.open.is_empty() {
        return Err(Unreadable("it ends in the middle; send all of it".into()));
    }
    if !reading.file.is_guide {
        return Err(Unreadable("it is no XMLTV: there is no element tv".into()));
    }
    if reading.is_beside {
        let problem = "it is no XML: there is text outside of its element tv";
        return Err(Unreadable(problem.into()));
    }
    Ok(reading.file)
}

/// How far a file was read.
struct Reading<'a> {
    known: &'a HashSet<String>,
    file: File,
    open: Vec<Tag>,
    draft: Draft,
    text: String,
    seen: i32,
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
            Tag::Root => self.file.is_guide = true,
            Tag::Programme => {
                self.draft = Draft {
                    start: attribute(element, "start"),
                    stop: attribute(element, "stop"),
                    channel: attribute(element, "channel"),
                    ..Draft::default()
                };
            }
            Tag::Icon if self.draft.programme.image_url.is_empty() => {
                self.draft.programme.image_url = fields::address(&attribute(element, "src"));
            }
            Tag::Rating => self.draft.rating_system = attribute(element, "system"),
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
                let board = &self.draft.rating_system;
                fields::rating(&mut programme.maturity_rating, board, &text);
            }
            Some(Tag::Programme) => self.programme()?,
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

    /// Takes a programme that was read to its end.
    fn programme(&mut self) -> Result<(), Unreadable> {
        self.seen += 1;
        if self.seen > MAX_PROGRAMMES {
            let problem = format!("it has more than {MAX_PROGRAMMES} programmes; split it");
            return Err(Unreadable(problem));
        }
        let draft = std::mem::take(&mut self.draft);
        let number = self.seen;
        let claims = &mut self.file.claims;
        let mut tell = |problem, value: &str| {
            let guide_id = fields::clean(&draft.channel, fields::TITLE);
            let found = Found {
                problem,
                number,
                title: draft.programme.title.clone(),
                value: fields::clean(value, fields::VALUE),
            };
            claims.add(&guide_id, &found);
        };
        let channel = draft.channel.trim();
        if !self.known.contains(channel) {
            tell(GuideProblem::ChannelUnknown, "");
            return Ok(());
        }
        if draft.programme.title.is_empty() {
            tell(GuideProblem::TitleMissing, "");
            return Ok(());
        }
        let Some(start) = time::read(&draft.start) else {
            tell(GuideProblem::StartInvalid, &draft.start);
            return Ok(());
        };
        let stop = time::read(&draft.stop);
        if stop.is_none() && !draft.stop.trim().is_empty() {
            tell(GuideProblem::StopInvalid, &draft.stop);
        }
        let entry = Entry {
            number,
            start,
            stop,
            programme: draft.programme,
        };
        let channels = &mut self.file.channels;
        channels.entry(channel.to_owned()).or_default().push(entry);
        Ok(())
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

fn of_io(error: &io::Error) -> Unreadable {
    Unreadable(error.to_string())
}
