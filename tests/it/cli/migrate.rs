//! `migrate`.

use sv_proto::SERVICES;

use super::Desk;
use crate::harness::Deployment;

#[test]
fn tables_are_listed_then_made_then_up_to_date() {
    let desk = Desk::new();
    let listed = desk.run(&["migrate", "--dry-run"]).ok();
    for service in SERVICES {
        assert!(
            listed
                .lines()
                .any(|line| line.starts_with(&format!("{service}: 0001_"))
                    && line.ends_with(" would be applied")),
            "{service}: {listed}"
        );
    }
    let one = desk.run(&["migrate", "--services", "auth"]).ok();
    assert!(
        one.starts_with("auth: ") && one.ends_with(" applied, up to date\n"),
        "{one}"
    );
    assert!(!one.starts_with("auth: 0 "), "{one}");
    let all = desk.run(&["migrate"]).ok();
    assert!(
        all.starts_with("auth: 0 applied, up to date\nusers: "),
        "{all}"
    );
    assert_eq!(all.lines().count(), SERVICES.len(), "{all}");
    let nothing = desk.run(&["migrate", "--dry-run"]).ok();
    assert!(
        nothing.lines().all(|line| line.ends_with(": up to date")),
        "{nothing}"
    );
}

#[test]
fn a_folder_in_use_is_left_alone() {
    let deployment = Deployment::start(&["all"], &[]);
    let desk = Desk::at(&deployment);
    let said = desk.run(&["migrate"]).failed();
    assert!(
        said.starts_with("error: auth already runs on the data folder ")
            && said.ends_with(
                "; stop that process, or give another folder by --data-dir. Several processes of one service need PostgreSQL: store.url (DATABASE_URL)\n"
            ),
        "{said}"
    );
    let unknown = desk.run(&["migrate", "--services", "aut"]).misunderstood();
    assert!(
        unknown.contains("there is no service or group \"aut\"; there are the services auth,"),
        "{unknown}"
    );
}
