//! Live television in miniature.

use prost::Message as _;
use sea_orm::{ConnectionTrait as _, Statement};
use sv_boot::testing::Hosted;
use sv_handlers::users::{FakeUserService, UserServiceServer};
use sv_kernel::{Ctx, Error, Event as _, Tenant};
use sv_proto::{
    content::ContentStatus,
    livetv::{
        AdminListChannelsRequest, Channel, ChannelChanged, CreateChannelRequest,
        ListChannelsRequest, ListChannelsResponse, UpdateChannelRequest,
        live_tv_admin_service_client::LiveTvAdminServiceClient,
        live_tv_service_client::LiveTvServiceClient,
    },
    options::Role,
    users::{Profile, ResolveProfileResponse},
};
use sv_rpc::{
    Transport, call, error,
    identity::{AccessClaims, TokenSettings},
    testing::Harness,
};
use sv_store::testing::TestDb;

use crate::{MIGRATIONS, NAME, SERVICE, register};

/// Live television in miniature, beside a service of users that calls every named profile a child's.
pub(super) struct TestApp {
    pub(super) db: TestDb,
    pub(super) harness: Harness,
    pub(super) viewers: LiveTvServiceClient<Transport>,
    pub(super) editors: LiveTvAdminServiceClient<Transport>,
    /// Someone who watches.
    pub(super) viewer: Ctx,
    /// The same in a profile for children.
    pub(super) child: Ctx,
    /// Someone who edits.
    pub(super) editor: Ctx,
    _hosted: Hosted,
}

/// An event of the outbox: key, version and the channel, `None` for a tombstone.
pub(super) type Told = (String, i64, Option<Channel>);

impl TestApp {
    /// Makes one on each database under test.
    pub(super) async fn all() -> Vec<Self> {
        let mut apps = Vec::new();
        for db in TestDb::all(MIGRATIONS).await {
            apps.push(Self::on(db).await);
        }
        apps
    }

    pub(super) async fn on(db: TestDb) -> Self {
        let harness = Harness::new(&[NAME, "users"]);
        let (mut server, hosted) = Hosted::start(&harness, NAME, &db, &(SERVICE.topics)()).await;
        register(&mut server, &hosted);
        let users = FakeUserService::new().on_resolve_profile(|_, request| async move {
            let profile = Profile {
                id: request.profile_id,
                is_kids: true,
                ..Profile::default()
            };
            Ok(ResolveProfileResponse {
                profile: Some(profile),
            })
        });
        harness.peer(&mut server, "users", UserServiceServer::new(users));
        harness.serve(server);
        let edge = || {
            let mesh = harness.mesh.calling_as("edge");
            mesh.client_transport(NAME).unwrap()
        };
        let user = harness.env.ids.next();
        let viewer = harness.viewer(user, [Role::Viewer]);
        let profile = harness.env.ids.next::<Profile>().uuid();
        Self {
            viewers: LiveTvServiceClient::new(edge()),
            editors: LiveTvAdminServiceClient::new(edge()),
            child: Ctx {
                profile: Some(profile),
                ..viewer.clone()
            },
            viewer,
            editor: harness.viewer(user, [Role::Admin]),
            _hosted: hosted,
            db,
            harness,
        }
    }

    /// Returns an editor of another tenant.
    pub(super) fn editor_of(&self, tenant: &str) -> Ctx {
        let tenant = Tenant::parse(tenant).unwrap();
        let ids = &self.harness.env.ids;
        let claims = AccessClaims::new(
            &TokenSettings::default(),
            &tenant,
            ids.next(),
            ids.next(),
            [Role::Admin],
            self.harness.env.clock.now(),
        );
        Ctx {
            bearer: Some(sv_kernel::Bearer::new(self.harness.sign(&claims))),
            ..self.harness.anonymous().for_tenant(tenant)
        }
    }

    pub(super) async fn create(&self, channel: Channel) -> Result<Channel, Error> {
        self.create_as(&self.editor, channel).await
    }

    pub(super) async fn create_as(&self, ctx: &Ctx, channel: Channel) -> Result<Channel, Error> {
        let request = CreateChannelRequest {
            channel: Some(channel),
        };
        let answer = self
            .editors
            .clone()
            .create_channel(call(ctx, request))
            .await;
        Ok(answer.map_err(error)?.into_inner().channel.unwrap())
    }

    /// Creates a published channel.
    pub(super) async fn publish(&self, number: i32, name: &str) -> Channel {
        self.create(channel(number, name)).await.unwrap()
    }

    pub(super) async fn update(
        &self,
        id: &str,
        channel: Channel,
        paths: &[&str],
    ) -> Result<Channel, Error> {
        let request = UpdateChannelRequest {
            id: id.into(),
            channel: Some(channel),
            update_mask: Some(prost_types::FieldMask {
                paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            }),
        };
        let request = call(&self.editor, request);
        let answer = self.editors.clone().update_channel(request).await;
        Ok(answer.map_err(error)?.into_inner().channel.unwrap())
    }

    pub(super) async fn list_as(
        &self,
        ctx: &Ctx,
        request: ListChannelsRequest,
    ) -> Result<ListChannelsResponse, Error> {
        let answer = self.viewers.clone().list_channels(call(ctx, request)).await;
        Ok(answer.map_err(error)?.into_inner())
    }

    /// Lists the names that viewers see, in order, page by page.
    pub(super) async fn names(&self, request: ListChannelsRequest) -> Vec<String> {
        let mut names = Vec::new();
        let mut token = String::new();
        loop {
            let page = ListChannelsRequest {
                page_token: token,
                ..request.clone()
            };
            let page = self.list_as(&self.viewer, page).await.unwrap();
            names.extend(page.items.into_iter().map(|item| item.name));
            token = page.next_page_token;
            if token.is_empty() {
                return names;
            }
        }
    }

    /// Counts the channels of every status.
    pub(super) async fn count(&self) -> i32 {
        let request = AdminListChannelsRequest {
            with_total: true,
            ..AdminListChannelsRequest::default()
        };
        let request = call(&self.editor, request);
        let answer = self.editors.clone().admin_list_channels(request).await;
        answer.unwrap().into_inner().total.unwrap()
    }

    /// Lists the channels of the outbox.
    pub(super) async fn told(&self) -> Vec<Told> {
        let rows = self.outbox(ChannelChanged::TOPIC).await;
        let told = rows.into_iter().map(|(key, version, payload)| {
            let channel = payload.map(|bytes| {
                let changed = ChannelChanged::decode(bytes.as_slice()).unwrap();
                assert_eq!(changed.channel_id, key);
                assert_eq!(i64::from(changed.version), version);
                changed.channel.unwrap()
            });
            (key, version, channel)
        });
        told.collect()
    }

    /// Lists the events of a topic.
    pub(super) async fn outbox(&self, topic: &str) -> Vec<(String, i64, Option<Vec<u8>>)> {
        let sql = "SELECT key, version, payload FROM outbox WHERE topic = $1 ORDER BY id";
        let statement = Statement::from_sql_and_values(self.db.backend(), sql, [topic.into()]);
        let rows = self.db.read().query_all_raw(statement).await.unwrap();
        let row = |row: &sea_orm::QueryResult| {
            (
                row.try_get("", "key").unwrap(),
                row.try_get("", "version").unwrap(),
                row.try_get("", "payload").unwrap(),
            )
        };
        rows.iter().map(row).collect()
    }
}

/// A published channel.
pub(super) fn channel(number: i32, name: &str) -> Channel {
    let mut channel = Channel {
        number,
        name: name.into(),
        ..Channel::default()
    };
    channel.set_status(ContentStatus::Published);
    channel
}
