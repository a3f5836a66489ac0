use sv_kernel::{Clock as _, SystemClock, Timestamp};

use super::raw::{Site, hasty, plain};

#[tokio::test]
async fn an_answer_tells_one_date_by_the_clock_of_the_process() {
    let site = Site::start(hasty(), plain).await;
    let before = SystemClock.now().secs();
    let ask = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answer = site.raw(ask).await.to_lowercase();
    let told: Vec<_> = answer
        .lines()
        .filter_map(|line| line.strip_prefix("date: "))
        .collect();
    let seconds = before..=SystemClock.now().secs();
    let mut dates = seconds.filter_map(|second| Timestamp::from_secs(second).http_date());
    assert!(
        told.len() == 1 && dates.any(|date| date.to_lowercase() == told[0]),
        "{answer}"
    );
}
