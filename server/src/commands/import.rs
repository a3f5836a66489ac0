//! `import catalog` and `import media`.

use std::{fs::File, path::Path, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use sv_content::import::{Progress, import_catalogue};
use sv_kernel::BoxError;
use sv_proto::{
    content::content_admin_service_client::ContentAdminServiceClient,
    streaming::media_admin_service_client::MediaAdminServiceClient,
};
use sv_streaming::import::{Job, Stage};

use crate::{
    adapters::Adapters,
    cli::{Output, Place},
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
    let operator = Operator::connect(place, &[sv_content::NAME]).await?;
    let client = ContentAdminServiceClient::new(operator.transport(sv_content::NAME)?);
    let bar = bar(0, "{bar:30} {pos}/{len} rows")?;
    let told = |progress: Progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    };
    let outcome = import_catalogue(&client, operator.ctx(), reader, dry_run, told).await;
    bar.finish_and_clear();
    operator.end().await;
    let report = outcome?;
    super::line(&match output {
        Output::Text => report.to_string().trim_end().to_owned(),
        Output::Json => serde_json::to_string_pretty(&report)?,
    });
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
    let (config, folder) = settings(place)?;
    let tools = config.streaming.tools();
    if dry_run {
        let found = sv_streaming::import::examine(&tools, file).await?;
        let what = serde_json::json!({
            "width": found.width, "height": found.height,
            "durationSeconds": found.duration_seconds, "notes": found.notes,
        });
        super::line(&match output {
            Output::Json => serde_json::to_string_pretty(&what)?,
            Output::Text => {
                let size = format!("{}×{}", found.width, found.height);
                let head = format!(
                    "{size}, {:.2} s; it can be imported",
                    found.duration_seconds
                );
                std::iter::once(head)
                    .chain(found.notes)
                    .collect::<Vec<_>>()
                    .join("\n  ")
            }
        });
        return Ok(());
    }
    let needed = [sv_streaming::NAME, sv_content::NAME];
    let operator = Operator::connect(place, &needed).await?;
    let adapters = Adapters::open(&config, operator.data().path()).await?;
    let scratch = std::env::temp_dir();
    let job = Job {
        content_id,
        file,
        scratch: &scratch,
        tools: &tools,
    };
    let bar = bar(100, "{bar:30} {percent}% {msg}")?;
    let imported = sv_streaming::import::import(&job, &*adapters.blobs, &mut |progress| {
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
    let imported = match imported {
        Ok(imported) => imported,
        Err(failure) => {
            operator.end().await;
            return Err(failure.into());
        }
    };
    let client = MediaAdminServiceClient::new(operator.transport(sv_streaming::NAME)?);
    let published = sv_streaming::import::publish(operator.ctx(), &client, &imported.media).await;
    operator.end().await;
    let published = published?;
    super::line(&match output {
        Output::Json => serde_json::to_string_pretty(&serde_json::json!({
            "contentId": published.content_id, "prefix": published.prefix,
            "durationSeconds": published.duration_seconds, "reused": imported.reused,
            "notes": imported.notes, "folder": folder,
        }))?,
        Output::Text => {
            let how = if imported.reused {
                "was packaged before"
            } else {
                "packaged"
            };
            let segments: usize = published.renditions.iter().map(|r| r.segments.len()).sum();
            let head = format!(
                "{}: {how}, {:.2} s in {segments} segments, published",
                published.content_id, published.duration_seconds
            );
            std::iter::once(head)
                .chain(imported.notes)
                .collect::<Vec<_>>()
                .join("\n  ")
        }
    });
    Ok(())
}

fn open(file: &Path) -> Result<File, BoxError> {
    File::open(file).map_err(|cause| format!("cannot read {}: {cause}", file.display()).into())
}

fn bar(length: u64, template: &str) -> Result<ProgressBar, BoxError> {
    let bar = ProgressBar::new(length).with_style(ProgressStyle::with_template(template)?);
    bar.enable_steady_tick(Duration::from_millis(100));
    Ok(bar)
}
