//! `config print` and `config check`.

use serde_json::Value;
use sv_boot::config::{Layers, masked};
use sv_kernel::BoxError;

use crate::{cli::Place, config::Config};

/// Prints every setting that can be written into a file, with its origin; secrets are masked.
pub(crate) fn print(place: &Place) -> Result<(), BoxError> {
    let layers = Config::at(place)?;
    let mut out = Vec::new();
    render(&layers, "", &masked(layers.values()), 0, &mut out)?;
    super::line(&out.join("\n"));
    Ok(())
}

/// Says whether the configuration can be used.
pub(crate) fn check(place: &Place) -> Result<(), BoxError> {
    let config: Config = Config::at(place)?.extract()?;
    config.check()?;
    super::line("the configuration can be used");
    Ok(())
}

/// Renders settings as YAML with the origin of each value as a comment.
fn render(
    layers: &Layers,
    path: &str,
    value: &Value,
    depth: usize,
    out: &mut Vec<String>,
) -> Result<(), BoxError> {
    let Value::Object(map) = value else {
        return Ok(());
    };
    for (key, value) in map {
        let setting = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        let indent = "  ".repeat(depth);
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                out.push(format!("{indent}{key}:"));
                render(layers, &setting, value, depth + 1, out)?;
            }
            value => {
                let text = serde_json::to_string(value)?;
                out.push(format!(
                    "{indent}{key}: {text} # {}",
                    layers.origin(&setting)
                ));
            }
        }
    }
    Ok(())
}
