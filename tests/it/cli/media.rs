//! `import media`, as far as it goes without ffmpeg; with it, the thread imports the real video.

use super::Desk;
use crate::harness::Deployment;

/// The first of the demonstration's own titles.
const TITLE: &str = "01936f00-0001-7000-8000-000000000001";
const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

#[test]
fn what_cannot_be_is_said_before_any_work_is_done() {
    let desk = Desk::installed();
    let film = desk.file("film.mp4", "not yet a film");
    for dry in [&[][..], &["--dry-run"]] {
        let import = |file: &str, title: &str| {
            let args = [&["import", "media", file, "--content", title], dry].concat();
            desk.run(&args).failed()
        };
        assert_eq!(
            import("missing.mp4", TITLE),
            "error: cannot read missing.mp4: No such file or directory (os error 2)\n"
        );
        assert_eq!(
            import(&film, "The Matrix"),
            "error: The Matrix is not the id of a title, such as 0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67\n"
        );
        let unknown = import(&film, NOBODY);
        assert!(
            unknown.starts_with(&format!(
                "error: there is no title {NOBODY}; `streamverse import catalog` brings"
            )),
            "{unknown}"
        );
    }
}

#[test]
fn without_ffmpeg_one_line_says_how_to_get_it() {
    let deployment = Deployment::start(&["all"], &[("STREAMVERSE_SERVER__DEMO", "true".into())]);
    let desk = Desk::at(&deployment).with("PATH", "/nowhere");
    let film = desk.file("film.mp4", "a film");
    for dry in [&[][..], &["--dry-run"]] {
        let args = [&["import", "media", &film, "--content", TITLE], dry].concat();
        // The titles come a moment after the port opens.
        let said = loop {
            let said = desk.run(&args).failed();
            if !said.starts_with("error: there is no title") {
                break said;
            }
        };
        let tool = if dry.is_empty() { "ffmpeg" } else { "ffprobe" };
        assert_eq!(
            said,
            format!(
                "error: {tool} is not installed; on Debian or Ubuntu: apt-get install -y --no-install-recommends ffmpeg\n"
            )
        );
    }
}
