//! `import catalog`, `import guide` and `import media`.

use std::{
    fs::{self, File},
    io,
    path::Path,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use sv_content::import::{ImportError, Progress, import_catalogue};
use sv_kernel::BoxError;
use sv_proto::{
    content::{
        content_admin_service_client::ContentAdminServiceClient,
        content_service_client::ContentServiceClient,
    },
    livetv::guide_admin_service_client::GuideAdminServiceClient,
    streaming::{Media, media_admin_service_client::MediaAdminServiceClient},
};
use sv_streaming::{
    domain::Note,
    import::{Imported, Job, Stage},
};

use crate::{
    adapters,
    cli::Output,
    config::{Config, Place},
    operator::{Operator, settings},
};

/// Imports films from a JSON file.
pub(crate) async fn catalog(
    file: &Path,
    dry_run: bool,
    output: Output,
    place: &Place,
) -> Result<(), BoxError> {
    let reader = open(file)?;
    let operator = Operator::connect(place, &[sv_content::SERVICE.name]).await?;
    let client = ContentAdminServiceClient::new(operator.transport(sv_content::SERVICE.name)?);
    let bar = bar(0, "{bar:30} {pos}/{len} rows")?;
    let told = |progress: Progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    };
    let outcome = import_catalogue(&client, operator.ctx(), reader, dry_run, told).await;
    bar.finish_and_clear();
    operator.end().await;
    let report = outcome.map_err(|failure| match failure {
        ImportError::Format(cause) => format!("{}: {cause}", file.display()).into(),
        refused @ ImportError::Refused { .. } => BoxError::from(refused),
    })?;
    super::line(&match output {
        Output::Text => report.to_string().trim_end().to_owned(),
        Output::Json => serde_json::to_string_pretty(&report)?,
    });
    if report.refused_all() {
        let rows = report.refused;
        return Err(format!(
            "no film was imported: all {rows} rows were refused; the report says why"
        )
        .into());
    }
    Ok(())
}

/// Uploads a guide.
pub(crate) async fn guide(
    file: &Path,
    time_zone: String,
    dry_run: bool,
    output: Output,
    place: &Place,
) -> Result<(), BoxError> {
    let guide = sv_livetv::import::Guide::read(open(file)?, tempfile::tempfile)
        .map_err(|cause| format!("{}: {cause}", file.display()))?;
    let operator = Operator::connect(place, &[sv_livetv::SERVICE.name]).await?;
    let client = GuideAdminServiceClient::new(operator.transport(sv_livetv::SERVICE.name)?);
    let bar = bar(0, "{spinner} uploading")?;
    let outcome =
        sv_livetv::import::upload(&client, operator.ctx(), guide, &time_zone, dry_run).await;
    bar.finish_and_clear();
    operator.end().await;
    let report = outcome?;
    super::line(&match output {
        Output::Text => report.to_string().trim_end().to_owned(),
        Output::Json => serde_json::to_string_pretty(&report.to_json())?,
    });
    if report.refused_all() {
        return Err("no programme was taken: all were refused; the report says why".into());
    }
    Ok(())
}

/// Packages a video file and makes it the media of a title.
pub(crate) async fn media(
    file: &Path,
    content_id: &str,
    dry_run: bool,
    output: Output,
    place: &Place,
) -> Result<(), BoxError> {
    drop(open(file)?);
    let (config, _) = settings(place)?;
    let streaming: sv_streaming::Options = config.of(&sv_streaming::SERVICE);
    let tools = streaming.tools(std::env::current_exe()?);
    let job = Job {
        content_id,
        file,
        scratch: &std::env::temp_dir(),
        tools: &tools,
    };
    let operator = Operator::connect(
        place,
        &[sv_streaming::SERVICE.name, sv_content::SERVICE.name],
    )
    .await?;
    let report = if dry_run {
        examine(&job, &operator, output).await
    } else {
        package_and_publish(&job, &config, &operator, output).await
    };
    operator.end().await;
    super::line(&report?);
    Ok(())
}

/// Fails unless there is a title for the media.
async fn find_title(job: &Job<'_>, operator: &Operator) -> Result<(), BoxError> {
    let content = ContentServiceClient::new(operator.transport(sv_content::SERVICE.name)?);
    Ok(sv_streaming::import::find_title(operator.ctx(), &content, job.content_id).await?)
}

/// Says what an import would do.
async fn examine(job: &Job<'_>, operator: &Operator, output: Output) -> Result<String, BoxError> {
    find_title(job, operator).await?;
    let found = sv_streaming::import::examine(job.tools, job.file).await?;
    Ok(match output {
        Output::Json => serde_json::to_string_pretty(&json!({
            "width": found.width,
            "height": found.height,
            "durationSeconds": found.duration_seconds,
            "notes": found.notes.iter().map(|note| &note.text).collect::<Vec<_>>(),
        }))?,
        Output::Text => {
            let size = format!("{}×{}", found.width, found.height);
            let head = format!(
                "{size}, {:.2} s; it can be imported",
                found.duration_seconds
            );
            with_notes(head, &found.notes)
        }
    })
}

/// Makes the files, stores them, and makes them the media of their title.
async fn package_and_publish(
    job: &Job<'_>,
    config: &Config,
    operator: &Operator,
    output: Output,
) -> Result<String, BoxError> {
    find_title(job, operator).await?;
    let blobs = adapters::blobs(config, operator.data().path()).await?;
    let bar = bar(100, "{bar:30} {percent}% {msg}")?;
    let imported = sv_streaming::import::import(job, &*blobs, &mut |progress| {
        bar.set_message(match progress.stage {
            Stage::Probing => "looking into the file",
            Stage::Packaging => "packaging",
            Stage::Checking => "checking",
            Stage::Storing => "storing",
        });
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 100"
        )]
        bar.set_position((progress.fraction.clamp(0.0, 1.0) * 100.0) as u64);
    })
    .await;
    bar.finish_and_clear();
    let imported = imported?;
    let client = MediaAdminServiceClient::new(operator.transport(sv_streaming::SERVICE.name)?);
    let published = sv_streaming::import::publish(operator.ctx(), &client, &imported.media).await?;
    media_report(output, &imported, &published)
}

/// Says what was imported.
fn media_report(
    output: Output,
    imported: &Imported,
    published: &Media,
) -> Result<String, BoxError> {
    let segments: usize = published.renditions.iter().map(|r| r.segments.len()).sum();
    Ok(match output {
        Output::Json => serde_json::to_string_pretty(&json!({
            "contentId": published.content_id,
            "prefix": published.prefix,
            "durationSeconds": published.duration_seconds,
            "segments": segments,
            "reused": imported.reused,
            "notes": imported.notes.iter().map(|note| &note.text).collect::<Vec<_>>(),
        }))?,
        Output::Text => {
            let how = if imported.reused {
                "was packaged before"
            } else {
                "packaged"
            };
            let head = format!(
                "{}: {how}, {:.2} s in {segments} segments, published",
                published.content_id, published.duration_seconds
            );
            with_notes(head, &imported.notes)
        }
    })
}

/// Puts notes below a line, indented.
fn with_notes(head: String, notes: &[Note]) -> String {
    notes
        .iter()
        .fold(head, |text, note| text + "\n  " + &note.text)
}

/// Opens a file that can be read from its start to its end, more than once. Pipes and devices may
/// have no end, or no second time, and opening a pipe waits for its writer.
fn open(file: &Path) -> Result<File, BoxError> {
    let refusal =
        |cause: &dyn std::fmt::Display| format!("cannot read {}: {cause}", file.display());
    let kind = fs::metadata(file).map_err(|cause| refusal(&cause))?;
    if kind.is_dir() {
        return Err(refusal(&io::Error::from(io::ErrorKind::IsADirectory)).into());
    }
    if !kind.is_file() {
        let cause = "it is a pipe or a device; an import reads twice, so write it to a file first";
        return Err(refusal(&cause).into());
    }
    File::open(file).map_err(|cause| refusal(&cause).into())
}

fn bar(length: u64, template: &str) -> Result<ProgressBar, BoxError> {
    let bar = ProgressBar::new(length).with_style(ProgressStyle::with_template(template)?);
    bar.enable_steady_tick(Duration::from_millis(100));
    Ok(bar)
}
