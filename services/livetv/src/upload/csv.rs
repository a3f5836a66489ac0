//! Guides as CSV (RFC 4180): the first line names the columns, in any order. Between values stands a comma, a
//! semicolon or a tab, whichever the first line has most of.

use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{Row, Sink, Unreadable, fields};

/// The most bytes of a row, and the most columns.
const MAX_ROW: usize = 64 << 10;
const MAX_COLUMNS: usize = 64;

/// The columns that are read; others say nothing here.
const COLUMNS: [&str; 11] = [
    "channel",
    "start",
    "stop",
    "title",
    "subtitle",
    "description",
    "categories",
    "season",
    "episode",
    "rating",
    "image_url",
];
/// Those that have to be there.
const REQUIRED: [&str; 3] = ["channel", "start", "title"];

/// Reads a file to its end.
pub(super) fn read(mut text: impl BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let delimiter = delimiter(text.fill_buf()?);
    let mut rows = Rows {
        text,
        reader: ReaderBuilder::new().delimiter(delimiter).build(),
        line: 1,
        quoted: false,
        bytes: vec![0; MAX_ROW],
        ends: vec![0; MAX_COLUMNS + 1],
    };
    let Some((_, head)) = rows.next()? else {
        return Err(Unreadable("it is empty".into()));
    };
    let columns: Vec<String> = head.iter().map(|name| name.trim().to_lowercase()).collect();
    let place = |name: &str| columns.iter().position(|column| column == name);
    if let Some(missing) = REQUIRED.iter().find(|name| place(name).is_none()) {
        return Err(Unreadable(format!(
            "it is no guide in CSV: its first line names no column {missing}; the columns are {}, of which {} have to be there",
            COLUMNS.join(", "),
            REQUIRED.join(", ")
        )));
    }
    let places = COLUMNS.map(place);
    while let Some((line, values)) = rows.next()? {
        let value = |name: &str| {
            let at = COLUMNS.iter().position(|column| *column == name);
            at.and_then(|at| values.get(places[at]?))
                .map_or("", String::as_str)
        };
        if values.len() != columns.len() {
            let why = format!(
                "it has {} values for {} columns",
                values.len(),
                columns.len()
            );
            sink.refuse(line, value("channel"), &why)?;
            continue;
        }
        sink.take(&row(line, value))?;
    }
    Ok(())
}

fn row<'v>(line: i32, value: impl Fn(&str) -> &'v str) -> Row {
    let mut row = Row {
        line,
        channel: value("channel").to_owned(),
        start: value("start").to_owned(),
        stop: value("stop").to_owned(),
        ..Row::default()
    };
    let shown = &mut row.programme;
    shown.title = fields::clean(value("title"), fields::TITLE);
    shown.subtitle = fields::clean(value("subtitle"), fields::TITLE);
    shown.description = fields::clean(value("description"), fields::DESCRIPTION);
    for category in value("categories").split('|') {
        fields::category(&mut shown.categories, category);
    }
    shown.season_number = fields::number(value("season"));
    shown.episode_number = fields::number(value("episode"));
    shown.image_url = fields::address(value("image_url"));
    fields::rating(&mut shown.maturity_rating, "", value("rating"));
    row
}

/// Tells what stands between values by the first line.
fn delimiter(start: &[u8]) -> u8 {
    let line = start
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let count = |delimiter: u8| line.split(|byte| *byte == delimiter).count();
    let others = [b';', b'\t'].into_iter();
    others.fold(b',', |best, other| {
        if count(other) > count(best) {
            other
        } else {
            best
        }
    })
}

/// Reads a text row by row.
struct Rows<R> {
    text: R,
    reader: Reader,
    line: i32,
    /// Whether the quotes of the row so far are odd in number.
    quoted: bool,
    bytes: Vec<u8>,
    /// Where values end in the bytes.
    ends: Vec<usize>,
}

impl<R: BufRead> Rows<R> {
    /// Reads the next row, and says on which line it begins; `None` at the end.
    fn next(&mut self) -> Result<Option<(i32, Vec<String>)>, Unreadable> {
        self.skip_breaks()?;
        let line = self.line;
        let (mut written, mut ended) = (0, 0);
        loop {
            let input = self.text.fill_buf()?;
            let (result, read, wrote, ends) =
                self.reader
                    .read_record(input, &mut self.bytes[written..], &mut self.ends[ended..]);
            let breaks = input[..read].split(|byte| *byte == b'\n').count() - 1;
            let quotes = input[..read].split(|byte| *byte == b'"').count() - 1;
            self.quoted ^= quotes % 2 == 1;
            self.text.consume(read);
            self.line = self.line.saturating_add(sv_proto::convert::count(breaks));
            (written, ended) = (written + wrote, ended + ends);
            match result {
                ReadRecordResult::InputEmpty => {}
                // Its quotes come in pairs; else it has swallowed what follows, or a part of a value is lost.
                ReadRecordResult::Record if self.quoted => {
                    return Err(broken(line, "has a quote that nothing closes"));
                }
                ReadRecordResult::Record if ended <= MAX_COLUMNS => break,
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::OutputFull => {
                    let problem = format!("has more than {} KiB", MAX_ROW >> 10);
                    return Err(broken(line, &problem));
                }
                ReadRecordResult::Record | ReadRecordResult::OutputEndsFull => {
                    let problem = format!("has more than {MAX_COLUMNS} columns");
                    return Err(broken(line, &problem));
                }
            }
        }
        let mut start = 0;
        let values = self.ends[..ended].iter().map(|end| {
            // Ends are relative to the whole row, and rise.
            let value = self.bytes.get(start..*end).unwrap_or_default();
            start = *end;
            String::from_utf8_lossy(value).into_owned()
        });
        Ok(Some((line, values.collect())))
    }

    fn skip_breaks(&mut self) -> io::Result<()> {
        while let Some(byte @ (b'\n' | b'\r')) = self.text.fill_buf()?.first().copied() {
            self.text.consume(1);
            self.line = self.line.saturating_add(i32::from(byte == b'\n'));
        }
        Ok(())
    }
}

fn broken(line: i32, problem: &str) -> Unreadable {
    let problem = format!("it is no guide in CSV: the row on line {line} {problem}");
    Unreadable(problem)
}
