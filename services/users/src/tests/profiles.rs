use sv_kernel::{Ctx, Error};
use sv_proto::{common::CommonReason, users as pb, users::UserReason};

use super::{TestApp, acme, shared, unknown_id};

fn named(name: &str) -> pb::Profile {
    pb::Profile {
        name: name.into(),
        ..pb::Profile::default()
    }
}

async fn create(test: &TestApp, ctx: &Ctx, profile: pb::Profile) -> Result<pb::Profile, Error> {
    let request = pb::CreateProfileRequest {
        profile: Some(profile),
    };
    let answer = test
        .viewer
        .clone()
        .create_profile(sv_rpc::call(ctx, request))
        .await;
    Ok(answer.map_err(sv_rpc::error)?.into_inner().profile.unwrap())
}

async fn update(
    test: &TestApp,
    ctx: &Ctx,
    id: &str,
    profile: pb::Profile,
    mask: &[&str],
) -> Result<pb::Profile, Error> {
    let paths = mask
        .iter()
        .map(|path| (*path).to_owned())
        .collect::<Vec<_>>();
    let request = pb::UpdateProfileRequest {
        profile_id: id.into(),
        profile: Some(profile),
        update_mask: (!paths.is_empty()).then_some(prost_types::FieldMask { paths }),
    };
    let answer = test
        .viewer
        .clone()
        .update_profile(sv_rpc::call(ctx, request))
        .await;
    Ok(answer.map_err(sv_rpc::error)?.into_inner().profile.unwrap())
}

async fn get(test: &TestApp, ctx: &Ctx, id: &str) -> Result<pb::Profile, Error> {
    let request = pb::GetProfileRequest {
        profile_id: id.into(),
    };
    let answer = test
        .viewer
        .clone()
        .get_profile(sv_rpc::call(ctx, request))
        .await;
    Ok(answer.map_err(sv_rpc::error)?.into_inner().profile.unwrap())
}

async fn delete(test: &TestApp, ctx: &Ctx, id: &str) -> Result<(), Error> {
    let request = pb::DeleteProfileRequest {
        profile_id: id.into(),
    };
    let answer = test
        .viewer
        .clone()
        .delete_profile(sv_rpc::call(ctx, request))
        .await;
    answer.map(drop).map_err(sv_rpc::error)
}

async fn page(
    test: &TestApp,
    ctx: &Ctx,
    size: i32,
    token: &str,
) -> Result<pb::ListProfilesResponse, Error> {
    let request = pb::ListProfilesRequest {
        page_size: size,
        page_token: token.into(),
        ..pb::ListProfilesRequest::default()
    };
    let answer = test
        .viewer
        .clone()
        .list_profiles(sv_rpc::call(ctx, request))
        .await;
    Ok(answer.map_err(sv_rpc::error)?.into_inner())
}

async fn names(test: &TestApp, ctx: &Ctx) -> Vec<String> {
    let page = page(test, ctx, 0, "").await.unwrap();
    page.items.into_iter().map(|profile| profile.name).collect()
}

/// USER-3, API-2.
#[tokio::test]
async fn profiles_are_listed_page_by_page_oldest_first() {
    for test in TestApp::all().await {
        let (_, ctx) = test.ana().await;
        for name in ["Ben", "Cem", "Dia"] {
            create(&test, &ctx, named(name)).await.unwrap();
        }
        let first = page(&test, &ctx, 3, "").await.unwrap();
        let second = page(&test, &ctx, 3, &first.next_page_token).await.unwrap();
        let all = first
            .items
            .iter()
            .chain(&second.items)
            .map(|profile| &*profile.name);
        assert_eq!(all.collect::<Vec<_>>(), ["Ana", "Ben", "Cem", "Dia"]);
        assert_eq!((second.next_page_token, second.total), (String::new(), 4));

        let (_, other) = test.ana().await;
        let refused = page(&test, &other, 3, &first.next_page_token)
            .await
            .unwrap_err();
        assert!(refused.is(&CommonReason::PageInvalid), "{refused}");
    }
}

/// USER-4: PUT.
#[tokio::test]
async fn replacing_a_profile_clears_what_is_not_sent() {
    for test in TestApp::all().await {
        let (_, ctx) = test.ana().await;
        let full = pb::Profile {
            avatar_url: "https://example.com/ben.png".into(),
            language: "PT-br".into(),
            ..named("  Ben ")
        };
        let ben = create(&test, &ctx, full).await.unwrap();
        assert_eq!(
            (&*ben.name, &*ben.language, ben.is_kids),
            ("Ben", "pt-BR", false)
        );
        assert_eq!(get(&test, &ctx, &ben.id).await.unwrap(), ben);

        test.harness
            .clock
            .advance(std::time::Duration::from_secs(1));
        let plain = update(&test, &ctx, &ben.id, named("Benny"), &[])
            .await
            .unwrap();
        assert_eq!(
            (&*plain.name, &*plain.avatar_url, plain.is_kids),
            ("Benny", "", false)
        );
        assert_eq!((&plain.id, plain.create_time), (&ben.id, ben.create_time));
        assert!(plain.update_time.unwrap().seconds > ben.update_time.unwrap().seconds);
        assert_eq!(get(&test, &ctx, &ben.id).await.unwrap(), plain);
    }
}

/// USER-4, C3: PATCH.
#[tokio::test]
async fn changing_a_profile_touches_only_what_the_mask_names() {
    for test in TestApp::all().await {
        let (_, ctx) = test.ana().await;
        let ben = create(&test, &ctx, named("Ben")).await.unwrap();
        let change = pb::Profile {
            is_kids: true,
            language: "de".into(),
            ..named("")
        };
        let changed = update(&test, &ctx, &ben.id, change.clone(), &["is_kids"])
            .await
            .unwrap();
        let expected = pb::Profile {
            is_kids: true,
            ..ben.clone()
        };
        assert_eq!(changed, expected);
        let refused = update(&test, &ctx, &ben.id, change.clone(), &["is_kids", "mood"])
            .await
            .unwrap_err();
        assert!(refused.is(&CommonReason::ValidationFailed), "{refused}");
        let refused = update(&test, &ctx, &ben.id, change, &["name"])
            .await
            .unwrap_err();
        assert!(refused.is(&CommonReason::ValidationFailed), "{refused}");
        assert_eq!(get(&test, &ctx, &ben.id).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn a_name_is_unique_in_the_account_whatever_its_case() {
    for test in TestApp::all().await {
        let (_, ctx) = test.ana().await;
        let ben = create(&test, &ctx, named("Ben")).await.unwrap();
        for same in ["ANA", " ana", "Ａｎａ"] {
            let refused = create(&test, &ctx, named(same)).await.unwrap_err();
            assert!(
                refused.is(&UserReason::ProfileNameTaken),
                "{same}: {refused}"
            );
            let refused = update(&test, &ctx, &ben.id, named(same), &["name"])
                .await
                .unwrap_err();
            assert!(
                refused.is(&UserReason::ProfileNameTaken),
                "{same}: {refused}"
            );
        }
        update(&test, &ctx, &ben.id, named("BEN"), &["name"])
            .await
            .unwrap();
        let refused = create(&test, &ctx, named("\u{a0} \u{2003}"))
            .await
            .unwrap_err();
        assert!(refused.is(&CommonReason::ValidationFailed), "{refused}");
        let (_, other) = test.ana().await;
        create(&test, &other, named("Ben")).await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_seen_makes_no_name_and_no_difference() {
    for test in TestApp::all().await {
        let (_, ana) = test.ana().await;
        create(&test, &ana, named("Kids")).await.unwrap();
        for name in ["\u{200b}Kids", "K\u{200d}ids", "\u{202e}Kids\u{202c}"] {
            let refused = create(&test, &ana, named(name)).await.unwrap_err();
            assert!(refused.is(&UserReason::ProfileNameTaken), "{refused}");
        }
        for name in ["\u{200b}", "\u{200d} \u{feff}", "\u{3164}"] {
            let refused = create(&test, &ana, named(name)).await.unwrap_err();
            assert!(refused.is(&CommonReason::ValidationFailed), "{refused}");
        }
    }
}

#[tokio::test]
async fn an_account_never_has_more_than_eight_profiles_nor_two_of_a_name() {
    for test in TestApp::all().await {
        let (_, ctx) = test.ana().await;
        test.db.warm().await;
        let test = shared(test);
        let calls = (0..30).map(|n| {
            let (test, ctx) = (test.clone(), ctx.clone());
            let name = format!("Person {}", n % 10);
            tokio::spawn(async move { create(&test, &ctx, named(&name)).await })
        });
        for call in futures::future::join_all(calls.collect::<Vec<_>>()).await {
            if let Err(refused) = call.unwrap() {
                let expected = refused.is(&UserReason::ProfileLimit)
                    || refused.is(&UserReason::ProfileNameTaken);
                assert!(expected, "{refused}");
            }
        }
        let mut names = names(&test, &ctx).await;
        assert_eq!(names.len(), 8);
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 8);
    }
}

/// USER-4, C3.
#[tokio::test]
async fn the_last_profile_stays_and_the_default_moves_on() {
    for test in TestApp::all().await {
        let (user, ctx) = test.ana().await;
        let refused = delete(&test, &ctx, &user.default_profile_id)
            .await
            .unwrap_err();
        assert!(refused.is(&UserReason::ProfileLast), "{refused}");
        let kid = pb::Profile {
            is_kids: true,
            ..named("Kid")
        };
        create(&test, &ctx, kid).await.unwrap();
        let ben = create(&test, &ctx, named("Ben")).await.unwrap();
        delete(&test, &ctx, &user.default_profile_id).await.unwrap();
        assert!(get(&test, &ctx, &ben.id).await.unwrap().is_default);
        let again = delete(&test, &ctx, &user.default_profile_id)
            .await
            .unwrap_err();
        assert!(again.is(&UserReason::ProfileNotFound), "{again}");
        assert_eq!(names(&test, &ctx).await, ["Kid", "Ben"]);
    }
}

#[tokio::test]
async fn the_default_is_taken_over_and_never_just_given_up() {
    for test in TestApp::all().await {
        let (user, ctx) = test.ana().await;
        let default = pb::Profile {
            is_default: true,
            ..named("Ben")
        };
        let ben = create(&test, &ctx, default).await.unwrap();
        assert!(ben.is_default);
        let given_up = update(&test, &ctx, &ben.id, named("Ben"), &["is_default"])
            .await
            .unwrap();
        assert!(given_up.is_default);
        let back = pb::Profile {
            is_default: true,
            ..pb::Profile::default()
        };
        update(&test, &ctx, &user.default_profile_id, back, &["is_default"])
            .await
            .unwrap();
        assert!(!get(&test, &ctx, &ben.id).await.unwrap().is_default);
    }
}

/// D1, C44: what belongs to another account does not exist.
#[tokio::test]
async fn profiles_of_other_accounts_and_tenants_do_not_exist() {
    for test in TestApp::all().await {
        let (ana, _) = test.ana().await;
        let (eve, ctx) = test.ana().await;
        let id = &ana.default_profile_id;
        let refusals = [
            get(&test, &ctx, id).await.unwrap_err(),
            update(&test, &ctx, id, named("Eve's"), &[])
                .await
                .unwrap_err(),
            delete(&test, &ctx, id).await.unwrap_err(),
            resolve(&test, &ctx, &eve.id, id).await.unwrap_err(),
            resolve(&test, &ctx, &unknown_id(), "").await.unwrap_err(),
            resolve(&test, &acme(&test.stranger()), &ana.id, id)
                .await
                .unwrap_err(),
        ];
        for refused in refusals {
            assert!(refused.is(&UserReason::ProfileNotFound), "{refused}");
        }
        let own = resolve(&test, &ctx, &ana.id, id).await.unwrap();
        assert_eq!((&own.id, own.is_default), (id, true));
    }
}

async fn resolve(
    test: &TestApp,
    ctx: &Ctx,
    user: &str,
    profile: &str,
) -> Result<pb::Profile, Error> {
    let request = pb::ResolveProfileRequest {
        user_id: user.into(),
        profile_id: profile.into(),
    };
    let answer = test
        .streaming
        .clone()
        .resolve_profile(sv_rpc::call(ctx, request))
        .await;
    Ok(answer.map_err(sv_rpc::error)?.into_inner().profile.unwrap())
}

/// C40: over the real table of answers.
#[tokio::test]
async fn a_repeated_request_with_its_key_creates_one_profile() {
    for test in TestApp::all().await {
        let (_, ctx) = test.ana().await;
        let create = |name: &str| {
            let profile = Some(named(name));
            let mut request = sv_rpc::call(&ctx, pb::CreateProfileRequest { profile });
            let key = "5f0c2b9d".parse().unwrap();
            request.metadata_mut().insert("idempotency-key", key);
            let mut viewer = test.viewer.clone();
            async move { viewer.create_profile(request).await.map_err(sv_rpc::error) }
        };
        let first = create("Ben").await.unwrap().into_inner();
        let again = create("Ben").await.unwrap().into_inner();
        assert_eq!(first, again);
        let other = create("Cem").await.unwrap_err();
        assert!(other.is(&CommonReason::IdempotencyKeyReused), "{other}");
        assert_eq!(names(&test, &ctx).await, ["Ana", "Ben"]);
    }
}
