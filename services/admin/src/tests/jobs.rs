//! What administrators see and do of the jobs and the work of all services (SCHD-1).

use sv_boot::testing::Hosted;
use sv_handlers::jobs::{FakeJobService, JobServiceServer};
use sv_kernel::{Ctx, Error, Id};
use sv_proto::{
    admin::{self as pb, AdminReason, job_admin_service_client::JobAdminServiceClient},
    jobs::{
        DeleteWorkRequest, DeleteWorkResponse, Job, JobState, ListJobsRequest, ListJobsResponse,
        ListWorkRequest, ListWorkResponse, RetryWorkRequest, RetryWorkResponse, RunJobRequest,
        RunJobResponse, WorkItem, WorkState,
    },
    options::Role,
};
use sv_rpc::{Transport, call, error, testing::Harness};
use sv_store::testing::TestDb;
use uuid::Uuid;

use crate::{MIGRATIONS, NAME, Options, SERVICE, register};

/// The service beside two that answer, and one that does not.
struct Hall {
    db: TestDb,
    client: JobAdminServiceClient<Transport>,
    admin: Ctx,
    viewer: Ctx,
    _hosted: Hosted,
}

fn job(service: &str, name: &str, state: JobState) -> Job {
    Job {
        id: format!("{service}.{name}"),
        service: service.into(),
        name: name.into(),
        state: state.into(),
        ..Job::default()
    }
}

/// Three jobs of each service: one waits, one runs, one fails.
fn jobs(service: &str) -> Vec<Job> {
    vec![
        job(service, "c", JobState::Failing),
        job(service, "a", JobState::Waiting),
        job(service, "b", JobState::Running),
    ]
}

/// A service's `n`th piece of work; all of them are asked for in turns.
fn piece(service: &str, n: u32) -> WorkItem {
    let turn = 2 * n + u32::from(service == "users");
    let id = Uuid::from_u128(u128::from(turn));
    let mut item = WorkItem {
        id: format!("{service}.{id}"),
        service: service.into(),
        kind: "episodes".into(),
        ..WorkItem::default()
    };
    item.set_state(if n == 0 {
        WorkState::Running
    } else {
        WorkState::Dead
    });
    item
}

fn pieces(service: &str) -> Vec<WorkItem> {
    (0..5).rev().map(|n| piece(service, n)).collect()
}

fn found(service: &str, id: &str) -> Option<WorkItem> {
    let id = format!("{service}.{id}");
    pieces(service).into_iter().find(|item| item.id == id)
}

fn fake() -> FakeJobService {
    FakeJobService::new()
        .on_list_jobs(|_, request: ListJobsRequest| async move {
            Ok(ListJobsResponse {
                items: jobs(&request.service),
            })
        })
        .on_run_job(|_, request: RunJobRequest| async move {
            let mut jobs = jobs(&request.service).into_iter();
            let job = jobs.find(|job| job.name == request.name);
            Ok(RunJobResponse { job })
        })
        .on_list_work(|_, request: ListWorkRequest| async move {
            let older = |item: &WorkItem| {
                let (_, id) = item.id.split_once('.').unwrap();
                request.before_id.is_empty() || *id < *request.before_id
            };
            let items = pieces(&request.service).into_iter().filter(older);
            let most = usize::try_from(request.most).unwrap();
            Ok(ListWorkResponse {
                items: items.take(most).collect(),
            })
        })
        .on_retry_work(|_, request: RetryWorkRequest| async move {
            let item = found(&request.service, &request.id);
            Ok(RetryWorkResponse { item })
        })
        .on_delete_work(|_, request: DeleteWorkRequest| async move {
            let item = found(&request.service, &request.id);
            Ok(DeleteWorkResponse { item })
        })
}

impl Hall {
    async fn all() -> Vec<Self> {
        let mut halls = Vec::new();
        for db in TestDb::all(MIGRATIONS).await {
            let harness = Harness::new(&[NAME, "content", "users"]);
            let (mut server, hosted) =
                Hosted::start(&harness, NAME, &db, &(SERVICE.topics)()).await;
            let services = vec!["users", "rights", "content"];
            register(&mut server, &hosted, &Options::default(), (services, None));
            harness.peer(&mut server, "jobs", JobServiceServer::new(fake()));
            harness.serve(server);
            let mesh = harness.mesh.calling_as("edge");
            let id = Id::from_uuid(Uuid::from_u128(7));
            halls.push(Self {
                client: JobAdminServiceClient::new(mesh.client_transport(NAME).unwrap()),
                admin: harness.viewer(id, [Role::Admin]),
                viewer: harness.viewer(id, [Role::Viewer, Role::Support]),
                _hosted: hosted,
                db,
            });
        }
        halls
    }

    async fn jobs(&self, request: pb::ListJobsRequest) -> pb::ListJobsResponse {
        let mut client = self.client.clone();
        let answer = client.list_jobs(call(&self.admin, request)).await;
        answer.unwrap().into_inner()
    }

    async fn work(&self, request: pb::ListWorkRequest) -> pb::ListWorkResponse {
        let mut client = self.client.clone();
        let answer = client.list_work(call(&self.admin, request)).await;
        answer.unwrap().into_inner()
    }

    async fn run(&self, id: &str) -> Result<Job, Error> {
        let job_id = id.to_owned();
        let request = call(&self.admin, pb::RunJobRequest { job_id });
        let answer = self.client.clone().run_job(request).await;
        Ok(answer.map_err(error)?.into_inner().job.unwrap())
    }

    async fn retry(&self, id: &str) -> Result<WorkItem, Error> {
        let work_id = id.to_owned();
        let request = call(&self.admin, pb::RetryWorkRequest { work_id });
        let answer = self.client.clone().retry_work(request).await;
        Ok(answer.map_err(error)?.into_inner().item.unwrap())
    }

    async fn delete(&self, id: &str) -> Result<(), Error> {
        let work_id = id.to_owned();
        let request = call(&self.admin, pb::DeleteWorkRequest { work_id });
        let answer = self.client.clone().delete_work(request).await;
        answer.map(drop).map_err(error)
    }

    /// The acts on record, with what they were about.
    async fn acts(&self) -> Vec<(String, String)> {
        let records = self.db.audit_records().await.into_iter();
        let done = records.filter(|record| record.outcome == 1);
        done.map(|record| (record.action, record.subject.unwrap().id))
            .collect()
    }
}

#[tokio::test]
async fn jobs_of_all_services_are_one_list_that_says_who_does_not_answer() {
    for hall in Hall::all().await {
        let (mut ids, mut token) = (Vec::new(), String::new());
        loop {
            let request = pb::ListJobsRequest {
                page_size: 4,
                page_token: token,
                ..pb::ListJobsRequest::default()
            };
            let page = hall.jobs(request).await;
            assert_eq!(page.unreachable, ["rights"]);
            ids.extend(page.items.into_iter().map(|job| job.id));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        let all = [
            "content.a",
            "content.b",
            "content.c",
            "users.a",
            "users.b",
            "users.c",
        ];
        assert_eq!(ids, all);
        let of_users = hall
            .jobs(pb::ListJobsRequest {
                service: "users".into(),
                offset: 1,
                ..pb::ListJobsRequest::default()
            })
            .await;
        assert_eq!((of_users.items.len(), of_users.unreachable.len()), (2, 0));
        let request = call(&hall.viewer, pb::ListJobsRequest::default());
        let refused = hall.client.clone().list_jobs(request).await;
        assert_eq!(error(refused.unwrap_err()).reason(), "PERMISSION_DENIED");
    }
}

#[tokio::test]
async fn a_turn_that_is_asked_for_is_on_record_and_none_is_while_the_job_runs() {
    for hall in Hall::all().await {
        assert_eq!(hall.run("users.a").await.unwrap().id, "users.a");
        hall.run("content.c").await.unwrap();
        let refused = hall.run("users.b").await.unwrap_err();
        assert!(refused.is(&AdminReason::JobRunning), "{refused}");
        let long = format!("users.{}", "d".repeat(101));
        for unknown in [
            "users.d", "nobody.a", "users", ".", "users.", "users. ", &long,
        ] {
            let refused = hall.run(unknown).await.unwrap_err();
            assert!(refused.is(&AdminReason::JobNotFound), "{refused}");
            let job_id = unknown.to_owned();
            let request = call(&hall.admin, pb::GetJobRequest { job_id });
            let refused = hall.client.clone().get_job(request).await.map_err(error);
            assert!(refused.unwrap_err().is(&AdminReason::JobNotFound));
        }
        let refused = hall.run("rights.a").await.unwrap_err();
        assert_eq!(refused.reason(), "UNAVAILABLE");
        let act = |id: &str| ("job.run".to_owned(), id.to_owned());
        assert_eq!(hall.acts().await, [act("users.a"), act("content.c")]);
    }
}

#[tokio::test]
async fn work_of_all_services_is_one_list_by_age_and_what_nobody_does_is_tried_or_deleted() {
    for hall in Hall::all().await {
        let (mut ids, mut token) = (Vec::new(), String::new());
        loop {
            let request = pb::ListWorkRequest {
                page_size: 3,
                page_token: token,
                ..pb::ListWorkRequest::default()
            };
            let page = hall.work(request).await;
            ids.extend(page.items.into_iter().map(|item| item.id));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        let wanted = (0..5).rev();
        let wanted = wanted.flat_map(|n| [piece("users", n).id, piece("content", n).id]);
        assert_eq!(ids, wanted.collect::<Vec<_>>());
        let skipped = hall
            .work(pb::ListWorkRequest {
                limit: 2,
                offset: 7,
                ..pb::ListWorkRequest::default()
            })
            .await;
        let skipped: Vec<_> = skipped.items.into_iter().map(|item| item.id).collect();
        assert_eq!(skipped, ids[7..9]);

        let (dead, running) = (piece("users", 3).id, piece("content", 0).id);
        assert_eq!(hall.retry(&dead).await.unwrap().id, dead);
        hall.delete(&dead).await.unwrap();
        for refused in [
            hall.retry(&running).await.map(drop),
            hall.delete(&running).await,
        ] {
            assert!(refused.unwrap_err().is(&AdminReason::WorkRunning));
        }
        let strange = format!("users.{}", Uuid::from_u128(99));
        for unknown in ["users.no-id", &strange, "nobody.a"] {
            for refused in [
                hall.retry(unknown).await.map(drop),
                hall.delete(unknown).await,
            ] {
                assert!(refused.unwrap_err().is(&AdminReason::WorkNotFound));
            }
        }
        let act = |act: &str| (act.to_owned(), dead.clone());
        assert_eq!(
            hall.acts().await,
            [act("work.retried"), act("work.deleted")]
        );
    }
}
