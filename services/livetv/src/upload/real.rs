//! Files of other programs' tests, from the folder that `STREAMVERSE_TEST_DATA` names.

use std::{collections::HashSet, env, fs, path::PathBuf};

use super::{Sent, Zone, read};
use crate::domain::arrange;

#[test]
fn every_programme_of_the_dirty_files_is_taken_or_refused_with_a_reason() {
    #[expect(clippy::disallowed_methods, reason = "tests find their inputs by it")]
    let folder = env::var("STREAMVERSE_TEST_DATA").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = folder.join("xmltv");
    let sent = Sent {
        content_type: "",
        zone: Zone::UTC,
    };
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let known: HashSet<String> = text
            .split("channel=\"")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
            .collect();
        let mut file =
            read(&bytes, &sent, &known).unwrap_or_else(|why| panic!("{path:?}: {why:?}"));
        let mut taken = 0;
        for (channel, entries) in std::mem::take(&mut file.channels) {
            let (slots, found) = arrange(entries);
            taken += slots.len();
            for found in &found {
                file.claims.add(&channel, found);
            }
            for pair in slots.windows(2) {
                assert!(pair[0].stop <= pair[1].start, "{path:?}: {pair:?}");
            }
        }
        let all = text.matches("<programme ").count();
        let refused = usize::try_from(file.claims.refused()).unwrap();
        assert_eq!(taken + refused, all, "{path:?}: {:?}", file.claims);
        files += 1;
    }
    assert!(files > 10, "{files}");
}
