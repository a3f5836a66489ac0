//! Packages a video file into a folder, as `streamverse import media` does, without a server:
//! `cargo run -p sv-streaming --example package -- FILE TITLE-ID FOLDER`.

use std::{error::Error, path::Path};

use sv_ports::embedded;
use sv_streaming::import::{Job, Tools, import};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, title, folder] = arguments.as_slice() else {
        return Err("usage: package FILE TITLE-ID FOLDER".into());
    };
    let scratch = tempfile::tempdir()?;
    let job = Job {
        content_id: title,
        file: Path::new(file),
        scratch: scratch.path(),
        tools: &Tools::default(),
    };
    let blobs = embedded::Blob::open(Path::new(folder)).await?;
    import(&job, &blobs, &mut |_| {}).await?;
    Ok(())
}
