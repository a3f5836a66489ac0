//! `search rebuild`.

use std::time::Duration;

use sv_kernel::BoxError;
use sv_proto::search::{
    RebuildIndexRequest, search_admin_service_client::SearchAdminServiceClient,
};
use sv_rpc::{call, error};

use crate::{cli::Place, operator::Operator};

/// How long a rebuild may take.
const PATIENCE: Duration = Duration::from_mins(10);

/// Builds the index anew.
pub(crate) async fn rebuild(place: &Place) -> Result<(), BoxError> {
    let operator = Operator::connect(place, &["search"]).await?;
    let bar = indicatif::ProgressBar::new_spinner().with_message("rebuilding the index");
    bar.enable_steady_tick(Duration::from_millis(100));
    let mut search = SearchAdminServiceClient::new(operator.transport("search")?);
    let mut request = call(operator.ctx(), RebuildIndexRequest {});
    request.set_timeout(PATIENCE);
    let answer = search.rebuild_index(request).await.map_err(error);
    bar.finish_and_clear();
    operator.end().await;
    let answer = answer?.into_inner();
    super::line(&format!(
        "the index holds {} titles after {} events",
        answer.documents, answer.events
    ));
    Ok(())
}
