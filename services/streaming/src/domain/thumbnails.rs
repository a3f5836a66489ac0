//! Small pictures of a title that players show while somebody looks for a place, side by side in sheets (X-CAT-3).

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::check::{MediaProblem, is_hash, require};

/// Seconds for which one picture stands, unless that were too many.
const INTERVAL: f64 = 10.0;
/// The most pictures of a title.
const MOST: f64 = 1_000.0;
/// The width of one in pixels; upright pictures are as high as this at most twice.
const WIDTH: f64 = 240.0;
/// The most pixels of a sheet each way: more is too large for televisions.
const SHEET: u32 = 2_048;

/// Small pictures of a title. The JSON form is that of the message `streamverse.streaming.v1.Thumbnails`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Thumbnails {
    /// Seconds for which one stands.
    pub interval_seconds: f64,
    /// The width of one in pixels.
    pub width: u32,
    /// The height of one in pixels.
    pub height: u32,
    /// How many stand beside each other in a sheet.
    pub columns: u32,
    /// How many stand below each other in a sheet.
    pub rows: u32,
    /// How many there are.
    pub count: u32,
    /// The sheets, in order.
    pub sheets: Vec<Sheet>,
}

/// A sheet of small pictures: the blob `<prefix>/thumbnails/sheet-<n>.jpg`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sheet {
    /// Bytes.
    pub size: u32,
    /// The first 16 hexadecimal digits of the SHA-256 of its bytes.
    pub hash: String,
}

impl Thumbnails {
    /// Lays out the pictures of a title of a length in seconds, whose picture is shown in a size: wide, high. The
    /// sheets are not made yet.
    pub fn of(seconds: f64, (width, height): (f64, f64)) -> Self {
        let interval_seconds = INTERVAL.max((seconds / MOST).ceil());
        let count = whole((seconds / interval_seconds).ceil()).max(1);
        let (width, height) = (width.max(1.0), height.max(1.0));
        let factor = (WIDTH / width).min(WIDTH * 2.0 / height);
        let (width, height) = (even(width * factor), even(height * factor));
        let columns = (SHEET / width).clamp(1, 8).min(count);
        let rows = (SHEET / height).clamp(1, 10).min(count.div_ceil(columns));
        Self {
            interval_seconds,
            width,
            height,
            columns,
            rows,
            count,
            sheets: Vec::new(),
        }
    }

    /// Returns how many sheets there are.
    pub fn sheet_count(&self) -> u32 {
        self.count.div_ceil((self.columns * self.rows).max(1))
    }

    /// Returns the pixels of a sheet: wide, high.
    pub fn sheet_size(&self) -> (u32, u32) {
        (self.columns * self.width, self.rows * self.height)
    }

    /// Writes the track: for each stretch of the title, the part of the sheet that shows it. `address` names a sheet.
    pub fn track(&self, seconds: f64, address: impl Fn(usize, &Sheet) -> String) -> String {
        let mut text = String::from("WEBVTT\n");
        let of_sheet = self.columns * self.rows;
        for n in 0..self.count {
            let (sheet, place) = ((n / of_sheet) as usize, n % of_sheet);
            let Some(of) = self.sheets.get(sheet) else {
                break;
            };
            let from = f64::from(n) * self.interval_seconds;
            let to = (from + self.interval_seconds).min(seconds.max(from + 0.001));
            let (x, y) = (
                place % self.columns * self.width,
                place / self.columns * self.height,
            );
            // Writing to a text never fails.
            let _ = write!(
                text,
                "\n{} --> {}\n{}#xywh={x},{y},{},{}\n",
                time(from),
                time(to),
                address(sheet, of),
                self.width,
                self.height
            );
        }
        text
    }

    /// Refuses what does not fit together, or not to a title of a length in seconds.
    pub(super) fn check(&self, seconds: f64) -> Result<(), MediaProblem> {
        let at = |problem: &str| format!("thumbnails: {problem}");
        let sizes = [self.width, self.height, self.columns, self.rows];
        let (wide, high) = (
            self.width.saturating_mul(self.columns),
            self.height.saturating_mul(self.rows),
        );
        let fits = sizes.iter().all(|size| (1..=SHEET).contains(size)) && wide.max(high) <= SHEET;
        require(fits, || {
            at("a sheet has no size, or more than 2048 pixels each way")
        })?;
        let interval = self.interval_seconds;
        require((1.0..=3_600.0).contains(&interval), || {
            at("intervalSeconds is not 1 to 3600")
        })?;
        let expected = whole((seconds / interval).ceil()).max(1);
        require(self.count == expected && self.count <= 2_000, || {
            at(&format!("there are {} of {expected}", self.count))
        })?;
        require(self.sheets.len() == self.sheet_count() as usize, || {
            at("there are more or fewer sheets than pictures need")
        })?;
        let whole = |sheet: &Sheet| sheet.size > 0 && is_hash(&sheet.hash);
        require(self.sheets.iter().all(whole), || {
            at("a sheet has no fitting size or hash")
        })
    }
}

/// Writes a time as WebVTT has it.
fn time(seconds: f64) -> String {
    let milli = u64::from(whole(seconds * 1_000.0));
    let (hours, minutes) = (milli / 3_600_000, milli / 60_000 % 60);
    format!(
        "{hours:02}:{minutes:02}:{:02}.{:03}",
        milli / 1_000 % 60,
        milli % 1_000
    )
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most the milliseconds of a day, and never negative"
)]
fn whole(number: f64) -> u32 {
    number.round() as u32
}

fn even(pixels: f64) -> u32 {
    whole(pixels / 2.0).max(1) * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(seconds: f64, size: (f64, f64)) -> Thumbnails {
        let mut made = Thumbnails::of(seconds, size);
        let sheet = Sheet {
            size: 1,
            hash: "0".repeat(16),
        };
        made.sheets = vec![sheet; made.sheet_count() as usize];
        made
    }

    #[test]
    fn titles_of_every_length_and_shape_have_pictures_that_fit() {
        let lengths = [0.04, 3.0, 10.0, 10.01, 95.0, 5_400.0, 86_400.0];
        let shapes = [
            (1_920.0, 1_080.0),
            (1_080.0, 1_920.0),
            (1_920.0, 800.0),
            (2.0, 8_192.0),
            (8_192.0, 2.0),
        ];
        for seconds in lengths {
            for shape in shapes {
                let made = made(seconds, shape);
                assert_eq!(made.check(seconds), Ok(()), "{seconds} {shape:?}");
                assert!(made.count <= 1_000, "{made:?}");
                let cues = made.track(seconds, |n, _| n.to_string());
                assert_eq!(cues.matches("-->").count(), made.count as usize);
            }
        }
        let wide = made(5_400.0, (1_920.0, 1_080.0));
        assert_eq!((wide.width, wide.height, wide.count), (240, 136, 540));
        assert_eq!((wide.columns, wide.rows, wide.sheets.len()), (8, 10, 7));
        let upright = made(30.0, (1_080.0, 1_920.0));
        assert_eq!((upright.width, upright.height), (240, 426));
        assert_eq!((upright.columns, upright.rows), (3, 1));
    }

    #[test]
    fn the_track_names_a_part_of_a_sheet_for_each_stretch() {
        let made = made(95.0, (640.0, 360.0));
        let track = made.track(95.0, |n, sheet| format!("sheet-{n}.jpg?v={}", sheet.hash));
        assert!(
            track.starts_with(
                "WEBVTT\n\n00:00:00.000 --> 00:00:10.000\nsheet-0.jpg?v=0000000000000000#xywh=0,0,240,136\n"
            ),
            "{track}"
        );
        assert!(track.contains("#xywh=1680,0,240,136\n\n00:01:20.000 --> 00:01:30.000\n"));
        assert!(track.ends_with(
            "00:01:30.000 --> 00:01:35.000\nsheet-0.jpg?v=0000000000000000#xywh=240,136,240,136\n"
        ));
    }

    #[test]
    fn pictures_that_do_not_fit_their_title_are_refused() {
        let spoils: [fn(&mut Thumbnails); 6] = [
            |t| t.count += 1,
            |t| t.sheets.clear(),
            |t| t.width = 5_000,
            |t| t.rows = 0,
            |t| t.interval_seconds = f64::NAN,
            |t| t.sheets[0].hash = "x".into(),
        ];
        for (n, spoil) in spoils.iter().enumerate() {
            let mut made = made(95.0, (640.0, 360.0));
            spoil(&mut made);
            assert!(made.check(95.0).is_err(), "{n}");
        }
    }
}
