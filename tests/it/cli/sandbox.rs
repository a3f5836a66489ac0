//! `sandbox-exec`: what a decoder of foreign files can reach, and what not (D9).

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::harness::{output, program};

/// Runs a command of the shell in the sandbox.
fn confined(options: &[&str], script: &str) -> Output {
    let mut command = Command::new(program());
    command
        .arg("sandbox-exec")
        .args(options)
        .args(["--", "/bin/bash", "-c", script])
        .env("STREAMVERSE_JWT_SECRET", "a secret of the environment")
        .stdin(Stdio::null());
    output(&mut command, None)
}

fn told(output: &Output) -> String {
    let both = [&*output.stdout, &*output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in Unicode")
}

#[test]
fn nothing_can_be_opened_but_what_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (film, key) = (
        folder.path().join("film.mp4"),
        folder.path().join("auth.db"),
    );
    fs::write(&film, "film").unwrap();
    fs::write(&key, "key").unwrap();
    let (film, key) = (text(&film), text(&key));
    let read = confined(&["--read", film], &format!("cat {film}"));
    assert!(read.status.success(), "{}", told(&read));
    assert_eq!(read.stdout, b"film");
    for script in [
        format!("cat {key}"),
        format!("ls {}", text(folder.path())),
        format!("echo x > {key}"),
        format!("echo x > {film}"),
        format!("rm {key}"),
        format!("ln {key} {film}.too"),
        "cat /etc/passwd".into(),
        "cat /proc/1/environ".into(),
        "ls /tmp".into(),
    ] {
        let output = confined(&["--read", film], &script);
        assert!(!output.status.success(), "{script}: {}", told(&output));
    }
    assert_eq!(fs::read(folder.path().join("auth.db")).unwrap(), b"key");
}

#[test]
fn only_the_named_folder_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let scratch = folder.path().join("scratch");
    fs::create_dir(&scratch).unwrap();
    let (folder, scratch) = (text(folder.path()), text(&scratch));
    let written = confined(&["--write", scratch], &format!("echo x > {scratch}/a"));
    assert!(written.status.success(), "{}", told(&written));
    for script in [
        format!("echo x > {folder}/a"),
        format!("mv {scratch}/a {folder}/a"),
        format!("echo '#!/bin/sh' > {scratch}/p && chmod 700 {scratch}/p && {scratch}/p"),
        // More than it may.
        format!("head -c 3000 /dev/zero > {scratch}/b"),
    ] {
        let output = confined(&["--write", scratch, "--file-bytes", "2048"], &script);
        assert!(!output.status.success(), "{script}: {}", told(&output));
    }
}

#[test]
fn there_is_no_network_no_other_process_and_no_setting() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let dial = format!("exec 3<>/dev/tcp/127.0.0.1/{port}");
    // It can: the same without the sandbox.
    let free = Command::new("/bin/bash")
        .args(["-c", &dial])
        .status()
        .unwrap();
    assert!(free.success() && listener.accept().is_ok());
    let output = confined(&[], &dial);
    assert!(!output.status.success());
    assert!(told(&output).contains("not permitted"), "{}", told(&output));
    assert!(listener.accept().is_err(), "somebody called");

    let own = std::process::id();
    let killed = confined(&[], &format!("kill -0 {own}"));
    assert!(!killed.status.success(), "{}", told(&killed));

    let environment = confined(&[], "echo \"$STREAMVERSE_JWT_SECRET\"; declare -x");
    assert!(
        !told(&environment).contains("secret"),
        "{}",
        told(&environment)
    );
}

#[test]
fn processor_time_ends() {
    let output = confined(&["--cpu-seconds", "1"], "while :; do :; done");
    assert!(!output.status.success());
}

/// ffmpeg itself, told to read whatever a file names: only the sandbox is in its way.
#[cfg(feature = "test-media")]
#[test]
fn a_file_that_names_others_opens_none_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let (foreign, scratch) = (
        folder.path().join("foreign.mp4"),
        folder.path().join("scratch"),
    );
    fs::create_dir(&scratch).unwrap();
    let made = Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "testsrc=d=1:s=64x64",
            "-pix_fmt",
            "yuv420p",
        ])
        .arg(&foreign)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", told(&made));
    let list = folder.path().join("list.txt");
    fs::write(&list, format!("file '{}'\n", text(&foreign))).unwrap();
    let script = format!(
        "ffmpeg -v error -y -f concat -safe 0 -protocol_whitelist file,tcp,http -i {} -c copy {}/out.mp4",
        text(&list),
        text(&scratch)
    );
    let options = ["--read", text(&list), "--write", text(&scratch)];
    let kept = confined(&options, &script);
    assert!(!kept.status.success(), "{}", told(&kept));
    // With the file named it works, so it was the sandbox.
    let named = [&options[..], &["--read", text(&foreign)]].concat();
    let open = confined(&named, &script);
    assert!(open.status.success(), "{}", told(&open));

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/key", listener.local_addr().unwrap());
    let dialled = confined(&options, &format!("ffmpeg -v error -i {url} -f null -"));
    assert!(!dialled.status.success(), "{}", told(&dialled));
    assert!(listener.accept().is_err(), "somebody called");
}
