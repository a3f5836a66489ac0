//! An upload, and the import that it becomes, while the program is killed again and again: what was acknowledged is
//! there, and what is packaged at last is the file, byte by byte.

use serde_json::Value;

use super::{KILLS, editor, moment, unlimited};
use crate::{
    harness::{Client, Deployment},
    journeys::{
        real::input,
        uploads::{TUS, begin, ended, offset, send},
    },
};

const VIDEO: &str = "video/big-buck-bunny-480p-30s.mp4";
/// Titles of the demonstration: one gets the file by the command line, one by the upload.
const BY_HAND: &str = "01936f00-0001-7000-8000-000000000001";
const UPLOADED: &str = "01936f00-0002-7000-8000-000000000002";
/// Bytes of a piece: some dozens make the file.
const PIECE: usize = 96 * 1_024;

#[test]
fn twenty_kills_of_a_server_lose_no_byte_that_it_acknowledged() {
    let demo = ("STREAMVERSE_SERVER__DEMO", "true".to_owned());
    let scratch = tempfile::tempdir().unwrap();
    let folder = (
        "STREAMVERSE_STREAMING__SCRATCH",
        scratch.path().display().to_string(),
    );
    let settings = [unlimited()[0].clone(), demo, folder];
    let mut deployment = Deployment::start(&["all"], &settings);
    let bytes = std::fs::read(input(VIDEO)).unwrap();
    let mut client = editor(&deployment);
    client.until(&format!("/admin/ondemand/movies?id={BY_HAND}"), |answer| {
        answer.status == 200
    });
    let file = input(VIDEO);
    let by_hand = deployment.command(&[
        "import",
        "media",
        file.to_str().unwrap(),
        "--content",
        BY_HAND,
        "--output",
        "json",
    ]);
    let by_hand: Value = serde_json::from_str(&by_hand).unwrap();

    let place = begin(&client, UPLOADED, bytes.len());
    let (mut acknowledged, mut kills) = (0, 0);
    while acknowledged < bytes.len() {
        let end = (acknowledged + PIECE).min(bytes.len());
        let sent = std::thread::scope(|scope| {
            let piece = &bytes[acknowledged..end];
            let (client, place) = (&client, &place);
            let sending = scope.spawn(move || send(client, place, piece, acknowledged));
            if kills < KILLS {
                std::thread::sleep(moment(std::time::Duration::from_millis(40)));
                deployment.kill();
                kills += 1;
                deployment.start_again();
            }
            sending.join().unwrap()
        });
        client = editor(&deployment);
        let now = offset(&client.call("HEAD", &place, None, &TUS));
        if let Some(answer) = sent.filter(|answer| answer.status == 204) {
            assert!(now >= offset(&answer), "what was acknowledged is lost");
        }
        assert!(
            now >= acknowledged && now <= end,
            "{acknowledged} {now} {end}"
        );
        acknowledged = now;
    }
    // While it is packaged, too.
    for _ in 0..3 {
        std::thread::sleep(moment(std::time::Duration::from_secs(2)));
        deployment.kill();
        deployment.start_again();
    }
    client = editor(&deployment);
    let over = ended(&client, &place.replace("/uploads/", "/imports/"));
    assert_eq!(over["stage"], "published", "{over}");
    comes_to_the_same(&client, &by_hand);
    drop(deployment);
    let left: Vec<_> = std::fs::read_dir(scratch.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

/// The name of a packaging is that of the file's bytes.
fn comes_to_the_same(client: &Client, by_hand: &Value) {
    let uploaded = client.get(&format!("/admin/media/{UPLOADED}")).data(200);
    let generation = |said: &Value| {
        let prefix = said["prefix"].as_str().unwrap();
        prefix.rsplit('/').next().unwrap().to_owned()
    };
    assert_eq!(generation(&uploaded), generation(by_hand));
}
