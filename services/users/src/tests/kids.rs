//! Profiles for children, and PINs (C44, X-ID-7).

use std::{sync::Arc, time::Duration};

use sv_kernel::{Actor, Bearer, Ctx, Error};
use sv_proto::{
    common::CommonReason,
    users::{self as pb, UserReason},
};
use sv_rpc::identity::{AccessClaims, TokenSettings};

use super::TestApp;

/// A household: the default profile, one for a child, and one with a PIN.
struct Household {
    user: pb::User,
    owner: Ctx,
    kid: pb::Profile,
    ben: pb::Profile,
}

async fn create(
    test: &TestApp,
    ctx: &Ctx,
    name: &str,
    is_kids: bool,
) -> Result<pb::Profile, Error> {
    let profile = pb::Profile {
        name: name.into(),
        is_kids,
        ..pb::Profile::default()
    };
    let request = pb::CreateProfileRequest {
        profile: Some(profile),
    };
    let mut client = test.viewer.clone();
    let answer = client.create_profile(sv_rpc::call(ctx, request));
    Ok(answer
        .await
        .map_err(sv_rpc::error)?
        .into_inner()
        .profile
        .unwrap())
}

async fn household(test: &TestApp) -> Household {
    let (user, owner) = test.ana().await;
    let kid = create(test, &owner, "Kid", true).await.unwrap();
    let ben = create(test, &owner, "Ben", false).await.unwrap();
    Household {
        user,
        owner,
        kid,
        ben,
    }
}

/// Returns the context of a session that is bound to a profile.
fn bound(test: &TestApp, home: &Household, profile: &pb::Profile) -> Ctx {
    let viewer = home.owner.actor.viewer().unwrap().clone();
    let for_child = profile.is_kids;
    let profile = Some(profile.id.parse().unwrap());
    let mut claims = AccessClaims::new(
        &TokenSettings::default(),
        &home.owner.tenant,
        viewer.user,
        viewer.session,
        [],
        test.harness.env.clock.now(),
    );
    claims.pid = profile;
    claims.pch = Some(for_child);
    Ctx {
        actor: Actor::Viewer(Arc::new(sv_kernel::Viewer {
            profile,
            for_child,
            ..viewer
        })),
        bearer: Some(Bearer::new(test.harness.sign(&claims))),
        ..home.owner.clone()
    }
}

async fn enter(
    test: &TestApp,
    home: &Household,
    into: &str,
    from: Option<&pb::Profile>,
    pin: &str,
    password_shown: bool,
) -> Result<pb::Profile, Error> {
    let request = pb::EnterProfileRequest {
        user_id: home.user.id.clone(),
        profile_id: into.into(),
        from_profile_id: from.map(|profile| profile.id.clone()).unwrap_or_default(),
        pin: pin.into(),
        password_shown,
    };
    let mut client = test.auth.clone();
    let answer = client.enter_profile(sv_rpc::call(&home.owner, request));
    Ok(answer
        .await
        .map_err(sv_rpc::error)?
        .into_inner()
        .profile
        .unwrap())
}

/// Gives a profile a PIN, as its table holds it.
async fn give_pin(test: &TestApp, ctx: &Ctx, profile: &pb::Profile, pin: &str) {
    let seal = crate::domain::PinSeal::new(&[9; 32]);
    let tag = seal.pin(profile.id.parse().unwrap(), pin).unwrap().tag;
    let tx = test.db.begin(ctx).await.unwrap();
    let id: uuid::Uuid = profile.id.parse().unwrap();
    let sql = "UPDATE profiles SET pin_tag = $1 WHERE id = $2";
    tx.run(sql, [tag.into(), id.into()]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn out_of_a_profile_for_children_leads_a_proof_only() {
    for test in TestApp::all().await {
        let home = household(&test).await;
        let grown = home.user.default_profile_id.clone();
        enter(&test, &home, &home.kid.id, None, "", false)
            .await
            .unwrap();
        let from = Some(&home.kid);
        for pin in ["", "1234"] {
            let refused = enter(&test, &home, &grown, from, pin, false)
                .await
                .unwrap_err();
            assert!(refused.is(&UserReason::ProfileProofRequired), "{refused}");
        }
        enter(&test, &home, &home.kid.id, from, "", false)
            .await
            .unwrap();
        enter(&test, &home, &grown, from, "", true).await.unwrap();
        give_pin(&test, &home.owner, &home.kid, "2468").await;
        let refused = enter(&test, &home, &grown, from, "1234", false)
            .await
            .unwrap_err();
        assert!(refused.is(&UserReason::PinWrong), "{refused}");
        enter(&test, &home, &grown, from, "2468", false)
            .await
            .unwrap();
        let gone = pb::Profile {
            id: super::unknown_id(),
            ..pb::Profile::default()
        };
        let refused = enter(&test, &home, &grown, Some(&gone), "", false)
            .await
            .unwrap_err();
        assert!(refused.is(&UserReason::ProfileProofRequired), "{refused}");
    }
}

#[tokio::test]
async fn five_wrong_pins_lock_it_for_a_quarter_of_an_hour() {
    for test in TestApp::all().await {
        let home = household(&test).await;
        give_pin(&test, &home.owner, &home.ben, "2468").await;
        for _ in 0..5 {
            let refused = enter(&test, &home, &home.ben.id, None, "1111", false).await;
            assert!(refused.unwrap_err().is(&UserReason::PinWrong));
        }
        let refused = enter(&test, &home, &home.ben.id, None, "2468", false).await;
        let refused = refused.unwrap_err();
        assert!(refused.is(&UserReason::PinLocked), "{refused}");
        assert!(refused.retry_delay().is_some());
        enter(&test, &home, &home.ben.id, None, "", true)
            .await
            .unwrap();
        test.harness.clock.advance(Duration::from_mins(15));
        enter(&test, &home, &home.ben.id, None, "2468", false)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_bound_session_acts_for_its_profile_whatever_is_named() {
    for test in TestApp::all().await {
        let home = household(&test).await;
        give_pin(&test, &home.owner, &home.ben, "2468").await;
        let resolve = async |ctx: &Ctx, named: &str| {
            let request = pb::ResolveProfileRequest {
                user_id: home.user.id.clone(),
                profile_id: named.into(),
            };
            let mut client = test.streaming.clone();
            let answer = client.resolve_profile(sv_rpc::call(ctx, request));
            let profile = answer.await.map_err(sv_rpc::error)?.into_inner().profile;
            Ok::<_, Error>(profile.unwrap().id)
        };
        let child = bound(&test, &home, &home.kid);
        for named in ["", &*home.kid.id] {
            assert_eq!(resolve(&child, named).await.unwrap(), home.kid.id);
        }
        let refused = resolve(&child, &home.user.default_profile_id)
            .await
            .unwrap_err();
        assert!(refused.is(&UserReason::ProfileBound), "{refused}");
        let mut by_header = child.clone();
        by_header.profile = Some(home.user.default_profile_id.parse().unwrap());
        let refused = resolve(&by_header, "").await.unwrap_err();
        assert!(refused.is(&UserReason::ProfileBound), "{refused}");

        // The owner's own session may act for any profile but one with a PIN.
        for named in [&home.kid.id, &home.user.default_profile_id] {
            assert_eq!(resolve(&home.owner, named).await.unwrap(), *named);
        }
        let refused = resolve(&home.owner, &home.ben.id).await.unwrap_err();
        assert!(refused.is(&UserReason::ProfileProofRequired), "{refused}");
        let ben = bound(&test, &home, &home.ben);
        assert_eq!(resolve(&ben, "").await.unwrap(), home.ben.id);

        // A PIN of the default is asked on the way from another profile, not of a session that was opened
        // with the password and is bound to none, whether it names the default or not.
        let default = pb::Profile {
            id: home.user.default_profile_id.clone(),
            ..pb::Profile::default()
        };
        give_pin(&test, &home.owner, &default, "1357").await;
        for named in ["", &*default.id] {
            assert_eq!(resolve(&home.owner, named).await.unwrap(), default.id);
        }
        for from in [&home.kid, &home.ben] {
            let refused = enter(&test, &home, &default.id, Some(from), "", false).await;
            let refused = refused.unwrap_err();
            assert!(refused.is(&UserReason::ProfileProofRequired), "{refused}");
        }
    }
}

#[tokio::test]
async fn a_child_changes_no_profiles_and_nobody_frees_one_without_proof() {
    for test in TestApp::all().await {
        let home = household(&test).await;
        let child = bound(&test, &home, &home.kid);
        let refused = create(&test, &child, "Big", false).await.unwrap_err();
        assert!(refused.is(&UserReason::ProfileLocked), "{refused}");
        let update = async |ctx: &Ctx, id: &str, change: pb::Profile, path: &str| {
            let request = pb::UpdateProfileRequest {
                profile_id: id.into(),
                profile: Some(change),
                update_mask: Some(prost_types::FieldMask {
                    paths: vec![path.into()],
                }),
            };
            let mut client = test.viewer.clone();
            let answer = client.update_profile(sv_rpc::call(ctx, request));
            answer.await.map(drop).map_err(sv_rpc::error)
        };
        let request = pb::SetProfileControlsRequest {
            profile_id: home.kid.id.clone(),
            new_pin: Some("1357".into()),
            pin: "2468".into(),
            ..Default::default()
        };
        give_pin(&test, &home.owner, &home.kid, "2468").await;
        let mut client = test.viewer.clone();
        let refused = client.set_profile_controls(sv_rpc::call(&child, request));
        let refused = sv_rpc::error(refused.await.unwrap_err());
        assert!(refused.is(&UserReason::ProfileLocked), "{refused}");
        let kids = |is_kids| pb::Profile {
            is_kids,
            ..pb::Profile::default()
        };
        let refused = update(&child, &home.kid.id, kids(false), "is_kids").await;
        assert!(refused.unwrap_err().is(&UserReason::ProfileLocked));
        let refused = update(&home.owner, &home.kid.id, kids(false), "is_kids").await;
        assert!(refused.unwrap_err().is(&UserReason::ProfileProofRequired));
        let request = pb::DeleteProfileRequest {
            profile_id: home.ben.id.clone(),
        };
        let mut client = test.viewer.clone();
        let refused = client.delete_profile(sv_rpc::call(&child, request));
        let refused = sv_rpc::error(refused.await.unwrap_err());
        assert!(refused.is(&UserReason::ProfileLocked), "{refused}");

        // The default acts for the owner, so it is never for children.
        let default = &home.user.default_profile_id;
        let refused = update(&home.owner, default, kids(true), "is_kids").await;
        assert!(refused.unwrap_err().is(&UserReason::ProfileKidsDefault));
        let wanted = pb::Profile {
            is_default: true,
            ..pb::Profile::default()
        };
        let refused = update(&home.owner, &home.kid.id, wanted, "is_default").await;
        assert!(refused.unwrap_err().is(&UserReason::ProfileKidsDefault));
    }
}

#[tokio::test]
async fn controls_are_changed_with_the_pin_and_pins_are_digits() {
    for test in TestApp::all().await {
        let home = household(&test).await;
        let control = async |request: pb::SetProfileControlsRequest| {
            let request = pb::SetProfileControlsRequest {
                profile_id: home.kid.id.clone(),
                ..request
            };
            let mut viewer = test.viewer.clone();
            let answer = viewer.set_profile_controls(sv_rpc::call(&home.owner, request));
            let profile = answer.await.map_err(sv_rpc::error)?.into_inner().profile;
            Ok::<_, Error>(profile.unwrap())
        };
        let new_pin = |new: &str, pin: &str| pb::SetProfileControlsRequest {
            new_pin: Some(new.into()),
            pin: pin.into(),
            ..Default::default()
        };
        let refused = control(new_pin("1357", "")).await.unwrap_err();
        assert!(refused.is(&UserReason::ProfileProofRequired), "{refused}");
        give_pin(&test, &home.owner, &home.kid, "2468").await;
        for bad in ["123", "12345678x", "12a4", "１２３４"] {
            let refused = control(new_pin(bad, "2468")).await.unwrap_err();
            assert!(
                refused.is(&CommonReason::ValidationFailed),
                "{bad}: {refused}"
            );
        }
        assert!(control(new_pin("1357", "2468")).await.unwrap().has_pin);
        let refused = control(new_pin("", "2468")).await.unwrap_err();
        assert!(refused.is(&UserReason::PinWrong), "{refused}");
        let free = pb::SetProfileControlsRequest {
            is_kids: Some(false),
            pin: "1357".into(),
            ..Default::default()
        };
        assert!(!control(free).await.unwrap().is_kids);
    }
}
