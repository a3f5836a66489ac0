//! `search rebuild`.

use super::Desk;
use crate::harness::{Answer, Client, Deployment};

const FILMS: &str = r#"[{"Title": "The Glass Harbour"}, {"Title": "The Iron Meadow"}]"#;

#[test]
fn the_index_of_a_stopped_folder_is_built_anew() {
    let desk = Desk::installed();
    assert_eq!(
        desk.run(&["search", "rebuild"]).ok(),
        "the index holds 0 documents; 0 titles and channels were read\n"
    );
    let film = desk.file("films.json", FILMS);
    desk.run(&["import", "catalog", &film]).ok();
    assert_eq!(
        desk.run(&["search", "rebuild"]).ok(),
        "the index holds 2 documents; 2 titles and channels were read\n"
    );
}

#[test]
fn a_running_server_builds_it_anew_and_finds_the_same() {
    let deployment = Deployment::start(&["all"], &[]);
    let desk = Desk::at(&deployment);
    let film = desk.file("films.json", FILMS);
    desk.run(&["import", "catalog", &film]).ok();
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");
    let found = |answer: &Answer| {
        answer.status == 200 && answer.json()["data"]["items"][0]["title"] == "The Iron Meadow"
    };
    viewer.until("/search/global?q=iron", found);
    assert_eq!(
        desk.run(&["search", "rebuild"]).ok(),
        "the index holds 2 documents; 2 titles and channels were read\n"
    );
    assert!(found(&viewer.get("/search/global?q=meadow")));
}
