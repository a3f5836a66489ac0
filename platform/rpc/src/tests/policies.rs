//! Policies: what does not compile, and who may call what.

use std::sync::Arc;

use sv_kernel::{Actor, Id, RoleSet, Timestamp, Viewer};
use sv_proto::{common::CommonReason, options::Role};
use uuid::Uuid;

use super::protos::{method, pool};
use crate::{
    PolicyTable,
    policy::{Access, Caller, EDGE, OPERATOR, Settings, decide},
    roles::{self, ROLES},
};

const PATH: &str = "/streamverse.test.v1.Svc/Call";

fn problems(options: &str, fields: &str) -> String {
    PolicyTable::compile(&method(options, fields))
        .unwrap_err()
        .join("\n")
}

fn table(options: &str, fields: &str) -> PolicyTable {
    PolicyTable::compile(&method(options, fields)).unwrap()
}

fn viewer(user: u128, roles: impl IntoIterator<Item = Role>) -> Caller {
    let viewer = Viewer {
        user: Id::from_uuid(Uuid::from_u128(user)),
        session: Id::from_uuid(Uuid::from_u128(1)),
        device: None,
        roles: roles.into_iter().map(i32::from).collect::<RoleSet>(),
        expires_at: Timestamp::EPOCH,
        session_ends_at: None,
        profile: None,
        for_child: false,
    };
    Caller::from(&Actor::Viewer(Arc::new(viewer)))
}

/// Somebody whose session is bound to a profile for children, with roles that auth would have kept back.
fn child(user: u128, roles: impl IntoIterator<Item = Role>) -> Caller {
    let viewer = viewer(user, roles).viewer.unwrap();
    let child = Viewer {
        for_child: true,
        ..(*viewer).clone()
    };
    Caller::from(&Actor::Viewer(Arc::new(child)))
}

fn service(name: &str) -> Caller {
    Caller::from(&Actor::Service(name.into()))
}

fn refusal(table: &PolicyTable, caller: &Caller, wire: &[u8]) -> Option<&'static str> {
    let policy = table.get(PATH).unwrap();
    decide(caller, policy, wire, Settings::default())
        .err()
        .map(|e| e.reason())
}

fn named(field: u8, user: u128) -> Vec<u8> {
    let text = Uuid::from_u128(user).to_string();
    let mut wire = vec![field << 3 | 2, 36];
    wire.extend_from_slice(text.as_bytes());
    wire
}

#[test]
fn the_policies_and_reasons_of_this_build_make_sense() {
    assert_eq!(PolicyTable::ours().err(), None);
    crate::ReasonTable::compile(crate::our_pool()).unwrap();
}

#[test]
#[expect(clippy::too_many_lines, reason = "one line per mistake")]
fn what_makes_no_sense_does_not_compile() {
    let policy = |body: &str| format!("option (policy) = {{ {body} }};");
    let safe = "option idempotency_level = NO_SIDE_EFFECTS;";
    let cached = "cache: {scope: CACHE_SCOPE_PUBLIC max_age: {seconds: 1}}";
    for (options, fields, wish) in [
        (String::new(), "", "has no policy"),
        (policy("audit: 'x'"), "", "does not say who may call"),
        (
            policy(&format!("anonymous: {{}} {cached}")),
            "",
            "not declared NO_SIDE_EFFECTS",
        ),
        (
            safe.to_owned() + &policy("anonymous: {} cache: {scope: CACHE_SCOPE_PUBLIC}"),
            "",
            "does not say how long",
        ),
        (
            safe.to_owned()
                + &policy(
                    "anonymous: {} cache: {scope: CACHE_SCOPE_PUBLIC max_age: {seconds: 1}
                     invalidated_by: 'streamverse.content.v1.Content'}",
                ),
            "",
            "which is no event",
        ),
        (
            safe.to_owned() + &policy("anonymous: {} cache: {max_age: {seconds: 1}}"),
            "",
            "does not say for whom",
        ),
        (
            safe.to_owned() + &policy(&format!("service: {{callers: ['auth']}} {cached}")),
            "",
            "not open to everyone",
        ),
        (
            safe.to_owned()
                + &policy("authenticated: {} idempotency_key: IDEMPOTENCY_KEY_HONOURED"),
            "",
            "changes nothing",
        ),
        (
            policy("anonymous: {} idempotency_key: IDEMPOTENCY_KEY_HONOURED"),
            "",
            "of strangers",
        ),
        (
            policy("require: {owner_field: 'user_id'}"),
            "",
            "is not a field of the request",
        ),
        (
            policy("require: {owner_field: 'n'}"),
            "int32 n = 1;",
            "is not a string",
        ),
        (
            policy("require: {owner_field: 'inner'}"),
            "Inner inner = 1;",
            "is not a string",
        ),
        (
            policy("require: {owner_field: 'inner.ids'}"),
            "Inner inner = 1;",
            "goes through a list",
        ),
        (
            policy("require: {owner_field: 'all.user_id'}"),
            "repeated Inner all = 1;",
            "goes through a list",
        ),
        (
            policy("require: {owner_field: 'a'}"),
            "oneof one { string a = 1; string b = 2; }",
            "goes through a oneof",
        ),
        (policy("require: {}"), "", "requires what nobody has"),
        (
            policy("require: {any_of: [PERMISSION_UNSPECIFIED]}"),
            "",
            "unknown permission",
        ),
        (policy("service: {}"), "", "does not name its callers"),
        (
            policy("require: {callers: ['Auth Service']}"),
            "",
            "names a caller that is no service",
        ),
        (
            policy("service: {callers: ['Auth Service']}"),
            "",
            "no service",
        ),
        (policy("play_token: {}"), "", "only the plane BYTES"),
        (
            policy("anonymous: {} stream_body: true"),
            "",
            "as it arrives, which only the plane BYTES does",
        ),
        (
            policy("anonymous: {} deadline: {seconds: -1}"),
            "",
            "outside 0 to 24 h",
        ),
        (
            policy("anonymous: {} max_request_bytes: 5000000"),
            "",
            "above 4 MiB",
        ),
        (
            policy("anonymous: {}") + "option (rest) = {success_codes: [404]};",
            "",
            "not 2xx",
        ),
        (
            policy("anonymous: {}") + "option (rest) = {request_headers: [\"x-a\"]};",
            "",
            "only a mount could read",
        ),
        (
            policy("anonymous: {}"),
            "string s = 1 [(field) = {min: 1}];",
            "for numbers",
        ),
        (
            policy("anonymous: {}"),
            "int32 n = 1 [(field) = {format: FORMAT_UUID}];",
            "for strings",
        ),
        (
            policy("anonymous: {}"),
            "int32 n = 1 [(field) = {min: 2 max: 1}];",
            "min is above max",
        ),
        (
            policy("anonymous: {}"),
            "string s = 1 [(field) = {min_length: 9 max_length: 3}];",
            "above max_length",
        ),
        (
            policy("anonymous: {}"),
            "string s = 1 [(field) = {max_items: 3}];",
            "lists and maps",
        ),
    ] {
        let said = problems(&options, fields);
        assert!(
            said.contains(wish),
            "{options} {fields}\nsaid: {said}\nwish: {wish}"
        );
    }
}

#[test]
fn all_problems_are_listed_at_once() {
    let pool = pool(
        "message M {}
         service A { rpc One(M) returns (M); rpc Two(M) returns (M); }
         service B { rpc Three(M) returns (stream M) { option (policy) = {anonymous: {} cache: {}}; } }",
    );
    let found = PolicyTable::compile(&pool).unwrap_err();
    assert!(found.len() >= 5, "{found:#?}");
}

#[test]
fn a_permission_comes_from_a_role_and_from_nothing_else() {
    let table = table(
        "option (policy) = {require: {any_of: [PERMISSION_USERS_READ]}};",
        "",
    );
    assert_eq!(
        refusal(&table, &Caller::default(), b""),
        Some("UNAUTHENTICATED")
    );
    assert_eq!(
        refusal(&table, &viewer(1, []), b""),
        Some("PERMISSION_DENIED")
    );
    assert_eq!(
        refusal(&table, &viewer(1, [Role::Analyst]), b""),
        Some("PERMISSION_DENIED")
    );
    assert_eq!(
        refusal(&table, &viewer(1, [Role::Viewer, Role::Support]), b""),
        None
    );
    assert_eq!(
        refusal(&table, &service("auth"), b""),
        Some("PERMISSION_DENIED")
    );
    assert_eq!(
        refusal(&table, &service(EDGE), b""),
        Some("UNAUTHENTICATED")
    );
}

#[test]
fn an_owner_is_who_the_final_bytes_name() {
    let table = table(
        "option (policy) = {require: {any_of: [PERMISSION_USERS_WRITE] owner_field: 'user_id'}};",
        "string user_id = 1;",
    );
    let (mine, theirs) = (named(1, 7), named(1, 8));
    let me = viewer(7, [Role::Viewer]);
    assert_eq!(refusal(&table, &me, &mine), None);
    for bad in [
        &theirs[..],
        b"",
        &[mine.clone(), theirs.clone()].concat(),
        &[mine.clone(), vec![0x08, 1]].concat(),
        &[mine.clone(), vec![0xFF]].concat(),
        &[vec![0x0A, 0], mine.clone(), vec![0x0A, 0]].concat(),
    ] {
        assert_eq!(
            refusal(&table, &me, bad),
            Some("PERMISSION_DENIED"),
            "{bad:?}"
        );
    }
    assert_eq!(
        refusal(&table, &me, &[theirs.clone(), mine.clone()].concat()),
        None
    );
    assert_eq!(refusal(&table, &viewer(9, [Role::Admin]), &theirs), None);
    assert_eq!(
        refusal(&table, &Caller::default(), &mine),
        Some("UNAUTHENTICATED")
    );
}

#[test]
fn methods_for_services_do_not_exist_for_anybody_else() {
    let named = table("option (policy) = {service: {callers: ['auth']}};", "");
    for stranger in [Caller::default(), viewer(1, ROLES), service(EDGE)] {
        assert_eq!(refusal(&named, &stranger, b""), Some("ROUTE_NOT_FOUND"));
    }
    assert_eq!(refusal(&named, &service("auth"), b""), None);
    assert_eq!(
        refusal(&named, &service("users"), b""),
        Some("PERMISSION_DENIED")
    );
    assert_eq!(
        refusal(&named, &service(OPERATOR), b""),
        Some("PERMISSION_DENIED")
    );
}

#[test]
fn browsing_is_open_only_where_it_is_set() {
    let table = table(
        "option (policy) = {authenticated: {open_to_browsing: true}};",
        "",
    );
    let policy = table.get(PATH).unwrap();
    let open = Settings {
        anonymous_browse: true,
    };
    assert!(decide(&Caller::default(), policy, b"", open).is_ok());
    assert_eq!(
        refusal(&table, &Caller::default(), b""),
        Some("UNAUTHENTICATED")
    );
    assert_eq!(
        refusal(&table, &service("auth"), b""),
        Some("UNAUTHENTICATED")
    );
    // A service lets in what the edge passes on, which has asked the setting: no service has it.
    assert_eq!(refusal(&table, &service(EDGE), b""), None);
    let closed = self::table("option (policy) = {authenticated: {}};", "");
    assert_eq!(
        refusal(&closed, &service(EDGE), b""),
        Some("UNAUTHENTICATED")
    );
}

#[test]
fn a_child_may_only_what_is_open_to_children() {
    let call = |options: &str, fields: &str, caller: &Caller| {
        let table = self::table(&format!("option (policy) = {{{options}}};"), fields);
        refusal(&table, caller, &named(1, 1))
    };
    let (anybody, admin) = (child(1, []), child(1, ROLES));
    assert_eq!(
        call("authenticated: {}", "", &anybody),
        Some("PROFILE_LOCKED")
    );
    let open = "authenticated: {open_to_children: true}";
    assert_eq!(call(open, "", &anybody), None);
    let browsing = "authenticated: {open_to_browsing: true}";
    assert_eq!(call(browsing, "", &anybody), Some("PROFILE_LOCKED"));
    let own = "require: {owner_field: 'user_id'}";
    let field = "string user_id = 1;";
    assert_eq!(call(own, field, &viewer(1, [])), None);
    assert_eq!(call(own, field, &anybody), Some("PROFILE_LOCKED"));
    let power = "require: {any_of: PERMISSION_USERS_WRITE}";
    assert_eq!(call(power, "", &viewer(1, ROLES)), None);
    assert_eq!(call(power, "", &admin), Some("PERMISSION_DENIED"));
    assert_eq!(call("anonymous: {}", "", &anybody), None);
    // On a child's behalf the services of the installation do what they are named for.
    let by_service = Caller {
        service: Some("users".into()),
        ..anybody
    };
    assert_eq!(call("service: {callers: ['users']}", "", &by_service), None);
}

/// Whatever pays or changes an account, a profile or what protects it is not among them.
#[test]
fn what_a_child_may_is_a_short_list() {
    let policies = PolicyTable::ours().unwrap();
    let mut open = Vec::new();
    for policy in policies.iter() {
        let to = |caller: &Caller| decide(caller, policy, b"", Settings::default());
        if matches!(policy.access, Access::Authenticated { .. }) && to(&child(1, [])).is_ok() {
            open.push(policy.path.rsplit('/').next().unwrap());
        }
    }
    assert_eq!(
        open,
        [
            "CreateTicket",
            "Logout",
            "SelectProfile",
            "GetHome",
            "ListGenres",
            "ListRecommendations",
            "ListTitles",
            "GetCollection",
            "ListCollectionItems",
            "ListCollections",
            "GetEpisode",
            "GetMovie",
            "GetSeries",
            "ListEpisodes",
            "ListMovies",
            "ListSeries",
            "GetPerson",
            "ListPeople",
            "ListPersonTitles",
            "GetPlaylist",
            "ListPlaylistItems",
            "ListPlaylists",
            "GetVideo",
            "ListVideos",
            "GetGuide",
            "GetChannel",
            "ListChannels",
            "ListSubscriptions",
            "SearchGlobal",
            "CompletePlay",
            "Heartbeat",
            "ListPlaySessions",
            "Play",
            "PlayLive",
            "PlayOnDemand",
            "HideContinueWatching",
            "ListContinueWatching",
            "ListWatchHistory",
            "AddToWatchlist",
            "DeleteRating",
            "GetRating",
            "ListRatings",
            "ListWatchlist",
            "RemoveFromWatchlist",
            "SetRating",
            "GetMe",
            "GetProfile",
            "ListProfiles",
        ]
    );
}

/// D2: every RPC of the build with every kind of caller, against the plain meaning of its option.
#[test]
fn every_rpc_refuses_every_role_that_its_policy_does_not_name() {
    let policies = PolicyTable::ours().unwrap();
    let mut checked = 0;
    for policy in policies.iter() {
        for role in ROLES {
            let caller = viewer(1, [role]);
            let allowed = decide(&caller, policy, b"", Settings::default()).is_ok();
            let expected = match &policy.access {
                Access::Anonymous | Access::Authenticated { .. } | Access::PlayToken => true,
                Access::Require { roles, .. } => roles.contains(role.into()),
                Access::Service { .. } => false,
            };
            assert_eq!(
                allowed,
                expected,
                "{} as {}",
                policy.path,
                roles::name(role)
            );
            checked += 1;
        }
        let stranger = decide(&Caller::default(), policy, b"", Settings::default());
        let open = matches!(policy.access, Access::Anonymous | Access::PlayToken);
        assert_eq!(
            stranger.err().map(|e| e.is(&CommonReason::Internal)),
            (!open).then_some(false),
            "{}",
            policy.path
        );
    }
    assert!(checked > 100, "{checked}");
}

/// The golden matrix: a change of who may call what shows in review. `UPDATE=1` rewrites it.
#[test]
fn the_authorization_matrix_is_the_reviewed_one() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/authorization.md");
    let matrix = PolicyTable::ours().unwrap().matrix();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, &matrix).unwrap();
    }
    let reviewed = std::fs::read_to_string(file).unwrap_or_default();
    assert_eq!(
        reviewed, matrix,
        "run UPDATE=1 cargo test -p sv-rpc matrix, and review the change"
    );
}
