//! Which installation a data folder belongs to, and what happens when a part of it is lost.

use std::{fs, path::Path};

use sv_proto::SERVICES;

use super::Desk;
use crate::harness::Deployment;

/// Takes a database away, or leaves an empty file of it.
fn lose(folder: &Path, name: &str, leave_empty: bool) {
    for end in ["db", "db-wal", "db-shm"] {
        let _ = fs::remove_file(folder.join(format!("{name}.{end}")));
    }
    if leave_empty {
        fs::write(folder.join(format!("{name}.db")), "").unwrap();
    }
}

/// X-ST-1, C40.
#[test]
fn a_database_that_was_emptied_or_lost_refuses_the_start_with_the_way_back() {
    let desk = Desk::new();
    desk.run(&["migrate"]).ok();
    let whole = desk.run(&["doctor"]).ok();
    assert!(
        whole.contains("ok    the data folder is that of installation 0"),
        "{whole}"
    );
    for (name, empty) in SERVICES.iter().zip([true, false].into_iter().cycle()) {
        let file = desk.data.join(format!("{name}.db"));
        let kept = desk.files.path().join("kept.db");
        fs::copy(&file, &kept).unwrap();
        lose(&desk.data, name, empty);
        let said = desk.run(&["run", "--services", name]).failed();
        let found = if empty { "is empty" } else { "is missing" };
        for part in [
            format!("error: {name} of the data folder "),
            format!(
                " {found}, and it was in use: it was lost or emptied. Restore it from a backup; or, "
            ),
            format!(" --accept-lost {name}\n"),
        ] {
            assert!(said.contains(&part), "{part}: {said}");
        }
        let told = desk.run(&["doctor"]);
        assert_eq!(told.code, Some(1), "{told:?}");
        assert!(
            told.out
                .contains(&format!("MEND  {name} of the data folder")),
            "{told:?}"
        );
        fs::copy(&kept, &file).unwrap();
        desk.run(&["migrate"]).ok();
    }
}

#[test]
fn parts_of_two_installations_do_not_go_together() {
    let (desk, other) = (Desk::new(), Desk::new());
    for desk in [&desk, &other] {
        desk.run(&["migrate"]).ok();
    }
    lose(&desk.data, "users", false);
    fs::copy(other.data.join("users.db"), desk.data.join("users.db")).unwrap();
    let ended = desk.run(&["migrate"]);
    // What belongs to the folder and comes first is brought up to date; nothing after it.
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(1), "auth: 0 applied, up to date\n"),
        "{ended:?}"
    );
    let said = ended.errors;
    assert!(
        said.starts_with("error: users belongs to installation 0"),
        "{said}"
    );
    assert!(said.contains("they do not go together"), "{said}");

    let told = desk.run(&["doctor", "--accept-lost", "users"]).ok();
    assert!(
        told.contains("users is given up; what was left of it lies in "),
        "{told}"
    );
    desk.run(&["migrate"]).ok();
    desk.run(&["doctor"]).ok();
    let lost = fs::read_dir(desk.data.join("lost"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    assert!(
        lost.path().join("users.db").exists(),
        "nothing is thrown away"
    );
}

/// C40: a part says which it is, so that no other is taken for it.
#[test]
fn databases_that_were_swapped_or_copied_over_each_other_are_refused_by_name() {
    let desk = signed_up();
    let whole = |name: &str| {
        // What a process that ended has left to be written back.
        assert!(!desk.data.join(format!("{name}.db-wal")).exists(), "{name}");
        fs::read(desk.data.join(format!("{name}.db"))).unwrap()
    };
    let (users, auth, bus) = (whole("users"), whole("auth"), whole("bus"));
    let lie = |name: &str, bytes: &[u8]| {
        lose(&desk.data, name, false);
        fs::write(desk.data.join(format!("{name}.db")), bytes).unwrap();
    };
    let cases = [
        ("bus", "users", &users),
        ("users", "auth", &auth),
        ("auth", "bus", &bus),
    ];
    let right = [("bus", &bus), ("users", &users), ("auth", &auth)];
    for (place, found, bytes) in cases {
        lie(place, bytes);
        let said = desk.run(&["run", "--services", "auth,users"]).errors;
        let told = desk.run(&["doctor"]).out;
        for said in [said, told] {
            assert!(
                said.contains(&format!(
                    "what lies in the place of {place} in the data folder {} is {found} of this installation",
                    desk.data.canonicalize().unwrap().display()
                )),
                "{said}"
            );
        }
        for (place, bytes) in right {
            lie(place, bytes);
        }
    }
    desk.run(&["doctor"]).ok();
}

/// Makes an installation with an administrator: its secrets seal something.
fn signed_up() -> Desk {
    let desk = Desk::new();
    desk.run(&["migrate"]).ok();
    create(&desk, false).ok();
    desk
}

fn create(desk: &Desk, replace: bool) -> super::Ended {
    let create = [
        "admin",
        "create",
        "--email",
        "root@example.org",
        "--password-file",
        "-",
    ];
    let replace = if replace {
        &["--replace-password"][..]
    } else {
        &[]
    };
    desk.type_into(&[&create, replace].concat(), "correct horse battery\n")
}

#[test]
fn a_lost_or_replaced_secret_that_seals_something_is_not_made_anew_until_it_is_given_up() {
    let desk = signed_up();
    for (name, service) in [("profile-pins", "users"), ("password-pepper", "auth")] {
        let file = desk.data.join("keys").join(name);
        let kept = fs::read(&file).unwrap();
        for (found, lie) in [
            ("is missing", None),
            ("was replaced by another one", Some(&[7; 32][..])),
            ("cannot be read (", Some(&[])),
        ] {
            fs::remove_file(&file).unwrap();
            if let Some(bytes) = lie {
                fs::write(&file, bytes).unwrap();
            }
            let said = create(&desk, true).failed();
            let told = desk.run(&["doctor"]).out;
            for said in [said, told] {
                for part in [
                    format!("the secret {name} ("),
                    format!("/keys/{name}) {found}"),
                    format!("and {service} has sealed "),
                    format!(" --accept-lost {name}\n"),
                ] {
                    assert!(said.contains(&part), "{part}: {said}");
                }
            }
            fs::write(&file, &kept).unwrap();
            desk.run(&["doctor"]).ok();
            create(&desk, true).ok();
        }
        fs::remove_file(&file).unwrap();
        desk.run(&["doctor", "--accept-lost", name]).ok();
        create(&desk, true).ok();
        assert_ne!(fs::read(&file).unwrap(), kept);
        desk.run(&["doctor"]).ok();
    }
    // Page tokens are worth nothing.
    fs::remove_file(desk.data.join("keys/page-tokens")).unwrap();
    create(&desk, true).ok();
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_what_to_do() {
    let desk = signed_up();
    for (file, part) in [
        ("keys/identity/auth.key", "remove it"),
        ("keys/page-tokens", "remove it"),
        ("installation/id", "--accept-lost installation"),
        ("users.db", "--accept-lost users"),
        ("bus.db", "--accept-lost bus"),
    ] {
        let path = desk.data.join(file);
        let kept = fs::read(&path).unwrap();
        fs::write(
            &path,
            "no file of ours at all, and long enough to look at".repeat(9),
        )
        .unwrap();
        let said = create(&desk, true).failed();
        assert!(said.contains(path.to_str().unwrap()), "{file}: {said}");
        assert!(said.contains(part), "{file}: {said}");
        fs::write(&path, &kept).unwrap();
        create(&desk, true).ok();
    }
}

#[test]
fn a_folder_that_forgot_whose_it_is_takes_the_word_of_its_databases_only_when_told_to() {
    let desk = Desk::new();
    desk.run(&["migrate"]).ok();
    fs::remove_dir_all(desk.data.join("installation")).unwrap();
    let said = desk.run(&["migrate"]).failed();
    assert!(said.contains("does not say which it is"), "{said}");
    desk.run(&["doctor", "--accept-lost", "installation"]).ok();
    desk.run(&["migrate"]).ok();
}

#[test]
fn nothing_is_given_up_under_a_running_server_and_no_part_that_there_is_not() {
    let deployment = Deployment::start(&["all"], &[]);
    let desk = Desk::at(&deployment);
    let said = desk.run(&["doctor", "--accept-lost", "bus"]).failed();
    assert!(
        said.contains(" runs on the data folder; stop it first"),
        "{said}"
    );
    let said = desk
        .run(&["doctor", "--accept-lost", "everything"])
        .failed();
    assert!(
        said.starts_with("error: there is no part everything; there are auth, "),
        "{said}"
    );
}

/// X-SR-2, C20: what the log has lost is rebuilt from the catalogue itself.
#[test]
fn an_index_finds_every_title_after_the_log_was_lost() {
    let mut deployment =
        Deployment::start(&["all"], &[("STREAMVERSE_SERVER__DEMO", "true".into())]);
    deployment.admin();
    let titles = |deployment: &Deployment| {
        let said = deployment.command(&["search", "rebuild"]);
        let words = said.split(' ').map(str::parse::<usize>);
        words.flatten().next().unwrap_or_else(|| panic!("{said}"))
    };
    let begin = std::time::Instant::now();
    let mut before = 0;
    while before < 3 {
        assert!(begin.elapsed().as_secs() < 60, "no demonstration");
        before = titles(&deployment);
    }
    // The demonstration has come up to its end.
    loop {
        let now = titles(&deployment);
        if now == before {
            break;
        }
        before = now;
    }
    deployment.kill();
    lose(deployment.data.path(), "bus", false);
    let refused = deployment.try_start().unwrap_err();
    assert!(refused.contains("bus of the data folder"), "{refused}");
    deployment.command(&["doctor", "--accept-lost", "bus"]);
    deployment.start_again();
    assert_eq!(titles(&deployment), before);
    let mut viewer = crate::harness::Client::new(&deployment.edge);
    viewer.login("root@example.org", "correct horse battery");
    let status = viewer.get("/admin/search/status").data(200);
    assert_eq!(status["documents"], before);
}

/// On PostgreSQL the database says which installation it is.
#[cfg(feature = "test-stack")]
#[test]
fn an_empty_folder_joins_the_installation_of_its_database_and_a_foreign_one_is_refused() {
    let [(name, url), ..] = crate::harness::servers();
    let on_database = |desk: Desk| desk.with(name, &url);
    let id = |desk: &Desk| fs::read_to_string(desk.data.join("installation/id")).unwrap();
    let (one, two) = (on_database(Desk::new()), on_database(Desk::new()));
    for desk in [&one, &two] {
        desk.run(&["migrate"]).ok();
    }
    assert_eq!(id(&one), id(&two), "they are replicas of one installation");

    let foreign = Desk::new();
    foreign.run(&["migrate"]).ok();
    let said = on_database(foreign).run(&["migrate"]).failed();
    assert!(
        said.starts_with("error: the database belongs to installation 0"),
        "{said}"
    );
    assert!(said.contains("an empty one joins the database"), "{said}");
}
