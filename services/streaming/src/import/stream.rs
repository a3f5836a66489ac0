//! The streams of a file, as ffprobe describes them.

use serde::{Deserialize, Deserializer};

/// One stream as ffprobe describes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Stream {
    pub index: u32,
    pub codec_type: String,
    pub codec_name: String,
    pub profile: String,
    pub pix_fmt: String,
    pub field_order: String,
    pub color_transfer: String,
    pub sample_aspect_ratio: String,
    pub width: u32,
    pub height: u32,
    pub level: i32,
    pub channels: u32,
    pub channel_layout: String,
    #[serde(deserialize_with = "number")]
    pub sample_rate: f64,
    #[serde(deserialize_with = "ratio")]
    pub avg_frame_rate: f64,
    #[serde(deserialize_with = "number")]
    pub duration: f64,
    pub disposition: Disposition,
    pub side_data_list: Vec<SideData>,
    pub tags: Tags,
}

/// What the file says of a stream in words.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tags {
    language: String,
}

/// What a stream is for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Disposition {
    pub default: u8,
    pub attached_pic: u8,
    pub visual_impaired: u8,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SideData {
    pub rotation: f64,
}

impl Stream {
    /// Whether it is a picture of the film, and not the film.
    pub(super) fn is_cover(&self) -> bool {
        self.disposition.attached_pic == 1
    }

    /// Returns the tag of its language, where it has one that can be one.
    pub(super) fn language(&self) -> Option<&str> {
        let can_be = |tag: &str| {
            (2..=35).contains(&tag.len())
                && tag != "und"
                && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        Some(self.tags.language.as_str()).filter(|tag| can_be(tag))
    }

    /// Returns the size in which a player shows the picture: wide, high.
    pub(super) fn shown(&self) -> (f64, f64) {
        let shape = self
            .sample_aspect_ratio
            .split_once(':')
            .and_then(|(x, y)| Some(x.parse::<f64>().ok()? / y.parse::<f64>().ok()?))
            .filter(|shape| (0.1..=10.0).contains(shape))
            .unwrap_or(1.0);
        let (width, height) = (f64::from(self.width) * shape, f64::from(self.height));
        if (self.rotation() / 90.0).round() % 2.0 == 0.0 {
            (width, height)
        } else {
            (height, width)
        }
    }

    /// Says by how many degrees a player has to turn the picture.
    pub(super) fn rotation(&self) -> f64 {
        self.side_data_list
            .iter()
            .map(|data| data.rotation)
            .find(|turn| *turn != 0.0)
            .unwrap_or_default()
    }
}

/// Reads a number that ffprobe writes as text; `N/A` is 0.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(text.parse().unwrap_or(0.0))
}

/// Reads a ratio such as `24000/1001`; one over zero is 0.
fn ratio<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let text = String::deserialize(deserializer)?;
    let value = text.split_once('/').and_then(|(over, under)| {
        let (over, under): (f64, f64) = (over.parse().ok()?, under.parse().ok()?);
        (under > 0.0).then_some(over / under)
    });
    Ok(value.unwrap_or(0.0))
}
