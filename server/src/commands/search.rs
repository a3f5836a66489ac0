//! `search rebuild`.

use std::time::{Duration, Instant};

use sv_kernel::{BoxError, Error};
use sv_proto::search::{
    RebuildIndexRequest, SearchReason, search_admin_service_client::SearchAdminServiceClient,
};
use sv_rpc::{call, error};

use crate::{config::Place, operator::Operator};

/// How long a rebuild may take.
const TIMEOUT: Duration = Duration::from_mins(10);
/// How often a rebuild that runs already is looked after.
const PAUSE: Duration = Duration::from_millis(100);

/// Builds the index anew.
pub(crate) async fn rebuild(place: &Place) -> Result<(), BoxError> {
    let operator = Operator::connect(place, &["search", "content", "livetv"]).await?;
    let bar = indicatif::ProgressBar::new_spinner().with_message("rebuilding the index");
    bar.enable_steady_tick(Duration::from_millis(100));
    let mut search = SearchAdminServiceClient::new(operator.transport("search")?);
    let begin = Instant::now();
    let answer = loop {
        let mut request = call(operator.ctx(), RebuildIndexRequest {});
        request.set_timeout(TIMEOUT);
        let answer = search.rebuild_index(request).await.map_err(error);
        // The service builds an index that it does not find by itself; what was changed before the
        // command is certain to be in it only after another rebuild.
        let busy = |refusal: &Error| refusal.is(&SearchReason::RebuildRunning);
        if !answer.as_ref().is_err_and(busy) || begin.elapsed() > TIMEOUT {
            break answer;
        }
        bar.set_message("waiting for the rebuild that runs already");
        tokio::time::sleep(PAUSE).await;
    };
    bar.finish_and_clear();
    operator.end().await;
    let answer = answer?.into_inner();
    super::line(&format!(
        "the index holds {} documents; {} titles and channels were read",
        answer.documents, answer.events
    ));
    Ok(())
}
