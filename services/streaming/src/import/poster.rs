//! Takes a poster out of the picture: a frame that is neither black nor of one colour.

use std::path::Path;

use super::{ImportError, Tools, package::timeout, tools::Run};

/// Where frames are looked at, as fractions of the length, the most welcome first.
const PLACES: [f64; 7] = [0.1, 0.25, 0.5, 0.05, 0.75, 0.9, 0.0];
/// The size to which a frame is shrunk to look at it.
const THUMB: (usize, usize) = (32, 18);
/// The mean brightness, of 255, from which a frame is not black.
const BRIGHT: f64 = 32.0;
/// The spread of brightness from which a frame shows something.
const VARIED: f64 = 12.0;

/// Writes the poster.
pub(super) async fn poster(
    tools: &Tools,
    progressive: &Path,
    seconds: f64,
    to: &Path,
) -> Result<(), ImportError> {
    let mut best = (0.0, -1.0);
    for place in PLACES {
        let at = seconds * place;
        let Some((mean, spread)) = look(tools, progressive, at).await? else {
            continue;
        };
        if mean >= BRIGHT && spread >= VARIED {
            best = (at, f64::INFINITY);
            break;
        }
        if spread > best.1 {
            best = (at, spread);
        }
    }
    Run::new(tools, &tools.ffmpeg, timeout(0.0))
        .args(["-ss", &format!("{:.3}", best.0)])
        .input(progressive)
        .args(["-frames:v", "1", "-an", "-vf", "scale='min(1280,iw)':-2"])
        .args(["-q:v", "3", "-fflags", "+bitexact", "-flags:v", "+bitexact"])
        .args(["-f", "image2", "-update", "1"])
        .output(to)
        .lines(|_| {})
        .await?
        .ok("taking the poster")?;
    let bytes = tokio::fs::read(to).await?;
    if bytes.starts_with(&[0xFF, 0xD8]) && bytes.ends_with(&[0xFF, 0xD9]) {
        Ok(())
    } else {
        Err(ImportError::broken("poster", "it is not a JPEG picture"))
    }
}

/// Measures a frame: mean and spread of its brightness. `None` where there is no frame.
async fn look(
    tools: &Tools,
    progressive: &Path,
    at: f64,
) -> Result<Option<(f64, f64)>, ImportError> {
    let (width, height) = THUMB;
    let (outcome, bytes) = Run::new(tools, &tools.ffmpeg, timeout(0.0))
        .args(["-ss", &format!("{at:.3}")])
        .input(progressive)
        .args(["-frames:v", "1", "-an"])
        .args(["-vf", &format!("scale={width}:{height},format=gray")])
        .args(["-f", "rawvideo", "pipe:1"])
        .bytes(width * height)
        .await?;
    outcome.ok("looking for a poster")?;
    Ok((bytes.len() == width * height).then(|| brightness(&bytes)))
}

fn brightness(pixels: &[u8]) -> (f64, f64) {
    #[expect(clippy::cast_precision_loss, reason = "a few hundred pixels")]
    let count = pixels.len() as f64;
    let mean = pixels.iter().map(|p| f64::from(*p)).sum::<f64>() / count;
    let square = pixels
        .iter()
        .map(|p| (f64::from(*p) - mean).powi(2))
        .sum::<f64>();
    (mean, (square / count).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brightness_tells_black_from_a_picture() {
        assert_eq!(brightness(&[0; 576]), (0.0, 0.0));
        let (mean, spread) = brightness(&[0, 200, 0, 200]);
        assert!((mean - 100.0).abs() < 1e-9 && (spread - 100.0).abs() < 1e-9);
    }
}
