//! Guides as JSON: an array of programmes, or one object after the other, as on lines. Cut into programmes
//! before they are read, so that one is in memory at a time.

use std::io::{self, BufRead};

use serde_json::Value;

use super::{Row, Sink, Unreadable, fields};

/// The most bytes of one programme.
const MAX_ROW: usize = 64 << 10;

/// Reads a file to its end.
pub(super) fn read(text: impl BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let mut cutter = Cutter {
        text,
        line: 1,
        row: Vec::new(),
    };
    let is_array = cutter.peek()? == Some(b'[');
    if is_array {
        cutter.next()?;
    }
    let mut is_first = true;
    loop {
        let next = match (cutter.peek()?, is_array) {
            (Some(b']'), true) => {
                cutter.next()?;
                if cutter.peek()?.is_some() {
                    return Err(cutter.broken("there is more behind its array"));
                }
                return Ok(());
            }
            (None, false) if !is_first => return Ok(()),
            (None, false) => return Err(cutter.broken("it is empty")),
            (None, true) => {
                return Err(Unreadable("it ends in the middle; send all of it".into()));
            }
            (Some(b','), true) if !is_first => {
                cutter.next()?;
                cutter.peek()?
            }
            (Some(_), true) if !is_first => return Err(cutter.broken("a comma is missing")),
            (next, _) => next,
        };
        if next != Some(b'{') {
            return Err(cutter.broken("a programme is an object"));
        }
        is_first = false;
        let line = cutter.line;
        cutter.cut()?;
        match serde_json::from_slice(&cutter.row) {
            Ok(value) => programme(line, &value, sink)?,
            Err(problem) => {
                let line = usize::try_from(line).unwrap_or_default() + problem.line() - 1;
                return Err(Unreadable(format!("it is no JSON: line {line}: {problem}")));
            }
        }
    }
}

/// Cuts a text into its objects.
struct Cutter<R> {
    text: R,
    line: i32,
    row: Vec<u8>,
}

impl<R: BufRead> Cutter<R> {
    /// Says which byte comes after the white space.
    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let Some(byte) = self.text.fill_buf()?.first().copied() else {
                return Ok(None);
            };
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.next()?;
        }
    }

    fn next(&mut self) -> io::Result<Option<u8>> {
        let byte = self.text.fill_buf()?.first().copied();
        if byte.is_some() {
            self.text.consume(1);
        }
        self.line = self.line.saturating_add(i32::from(byte == Some(b'\n')));
        Ok(byte)
    }

    /// Reads an object to its end.
    fn cut(&mut self) -> Result<(), Unreadable> {
        self.row.clear();
        let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
        loop {
            let Some(byte) = self.next()? else {
                return Err(Unreadable("it ends in the middle; send all of it".into()));
            };
            self.row.push(byte);
            if self.row.len() > MAX_ROW {
                let problem = format!("a programme has more than {} KiB", MAX_ROW >> 10);
                return Err(self.broken(&problem));
            }
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_text => escaped = true,
                b'"' => in_text = !in_text,
                _ if in_text => {}
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
    }

    fn broken(&self, problem: &str) -> Unreadable {
        Unreadable(format!(
            "it is no guide in JSON: line {}: {problem}",
            self.line
        ))
    }
}

/// Takes an object. Keys that are not known say nothing here.
fn programme(line: i32, value: &Value, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let channel = value.get("channel").and_then(Value::as_str);
    let mut wrong = None;
    let mut text = |key: &'static str| match value.get(key) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => {
            wrong.get_or_insert(key);
            String::new()
        }
    };
    let mut row = Row {
        line,
        channel: text("channel"),
        start: text("start"),
        stop: text("stop"),
        ..Row::default()
    };
    let shown = &mut row.programme;
    shown.title = fields::clean(&text("title"), fields::TITLE);
    shown.subtitle = fields::clean(&text("subtitle"), fields::TITLE);
    shown.description = fields::clean(&text("description"), fields::DESCRIPTION);
    shown.season_number = fields::number(&text("season"));
    shown.episode_number = fields::number(&text("episode"));
    shown.image_url = fields::address(&text("image_url"));
    fields::rating(&mut shown.maturity_rating, "", &text("rating"));
    match value.get("categories") {
        Some(Value::Array(categories)) => {
            for category in categories {
                match category {
                    Value::String(category) => fields::category(&mut shown.categories, category),
                    _ => drop(wrong.get_or_insert("categories")),
                }
            }
        }
        None | Some(Value::Null) => {}
        Some(_) => drop(wrong.get_or_insert("categories")),
    }
    match wrong {
        Some("categories") => sink.refuse(
            line,
            channel.unwrap_or_default(),
            "categories is no list of texts",
        ),
        Some(key) => {
            let why = format!("{key} is neither a text nor a number");
            sink.refuse(line, channel.unwrap_or_default(), &why)
        }
        None => sink.take(&row),
    }
}
