//! Who vouches for servers, by the configuration.

use std::{fs, path::Path};

use sv_kernel::BoxError;

use super::AdapterError;

/// Reads the authorities of a setting, where it names a file, as they lie there in PEM.
pub(super) fn authorities(
    setting: &'static str,
    ca: &Path,
) -> Result<Option<Vec<u8>>, AdapterError> {
    if ca.as_os_str().is_empty() {
        return Ok(None);
    }
    let failed = |source: BoxError| AdapterError::Failed {
        what: setting.to_owned(),
        source,
    };
    sv_tls::authorities(ca).map_err(|source| failed(source.into()))?;
    let text = fs::read(ca).map_err(|source| failed(source.into()))?;
    Ok(Some(text))
}
