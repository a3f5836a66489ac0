//! A limit of open files that is reached under a running server: it says so, instead of falling silent.

use std::{fs, process::Command, thread, time::Duration};

use super::unlimited;
use crate::harness::{Answer, Client, Deployment};

/// Sets how many files a process may have open.
fn limit(process: u32, files: &str) {
    let set = Command::new("prlimit")
        .args(["--pid", &process.to_string(), &format!("--nofile={files}:")])
        .status();
    assert!(set.unwrap().success());
}

fn open_files(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/fd")).unwrap().count()
}

#[test]
fn a_server_that_may_not_open_one_more_file_says_so_and_goes_on_once_it_may() {
    let deployment = Deployment::start(&["all"], &unlimited());
    let process = deployment.servers[0].child.id();
    let operators = format!("http://{}", deployment.servers[0].operators_port());
    // Connections that ended meanwhile leave room for others, so it is tried until there is none.
    let refused = |url: &str| -> Answer {
        for _ in 0..100 {
            limit(process, &open_files(process).to_string());
            let answer = Client::new(url).get("/ready");
            if answer.status == 503 {
                return answer;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("it is ready all the time: {}", deployment.logs());
    };
    let told = refused(&deployment.edge);
    assert!(told.text().contains("open_files"), "{}", told.text());
    let told = refused(&operators);
    assert!(told.text().contains("ulimit -n"), "{}", told.text());
    deployment.until_logged("no more files may be open");

    limit(process, "4096");
    Client::new(&deployment.edge).until("/ready", |answer| answer.status == 200);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");
    assert!(!deployment.logs().contains("panicked"));
}
