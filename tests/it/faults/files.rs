//! A limit of open files that is reached under a running server: it says so, instead of falling silent.

use std::{fs, net::TcpStream, process::Command};

use super::unlimited;
use crate::harness::{Answer, Client, Deployment};

/// More connections than a server leaves gaps among its files.
const MANY: usize = 200;

/// Sets how many files a process may have open.
fn limit(process: u32, files: u32) {
    let set = Command::new("prlimit")
        .args(["--pid", &process.to_string(), &format!("--nofile={files}:")])
        .status();
    assert!(set.unwrap().success());
}

/// Returns the highest number of a file that a process has open: the limit is on the numbers.
fn highest_file(process: u32) -> u32 {
    let open = fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let numbers = open.map(|file| file.unwrap().file_name().to_str().unwrap().parse());
    numbers.map(Result::unwrap).max().unwrap()
}

/// Opens connections until nothing more may be opened, and returns what is answered then.
fn crowd_out(url: &str, held: &mut Vec<TcpStream>) -> Answer {
    let address = url.trim_start_matches("http://");
    for _ in 0..MANY {
        let answer = Client::new(url).get("/ready");
        if answer.status == 503 {
            return answer;
        }
        held.push(TcpStream::connect(address).unwrap());
    }
    panic!("it is ready all the time");
}

#[test]
fn a_server_that_may_not_open_one_more_file_says_so_and_goes_on_once_it_may() {
    let deployment = Deployment::start(&["all"], &unlimited());
    let process = deployment.servers[0].child.id();
    let operators = format!("http://{}", deployment.servers[0].operators_port());
    limit(process, highest_file(process) + 1);
    let mut held = Vec::new();
    let told = crowd_out(&deployment.edge, &mut held);
    assert!(told.text().contains("open_files"), "{}", told.text());
    let told = crowd_out(&operators, &mut held);
    assert!(told.text().contains("ulimit -n"), "{}", told.text());
    deployment.until_logged("no more files may be open");

    limit(process, 4096);
    drop(held);
    Client::new(&deployment.edge).until("/ready", |answer| answer.status == 200);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");
    assert!(!deployment.logs().contains("panicked"));
}
