//! Devices as people recognize them.

/// The most characters of a name.
const LONGEST: usize = 60;
/// Programs, by what their `User-Agent` holds; the first that fits counts, because browsers also name
/// those that they descend from.
const PROGRAMS: [(&str, &str); 16] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("AppleCoreMedia", "Apple player"),
    ("ExoPlayer", "ExoPlayer"),
    ("VLC/", "VLC"),
    ("Lavf/", "ffmpeg"),
    ("Roku/", "Roku"),
    ("okhttp/", "App"),
    ("CFNetwork/", "App"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];
/// Where they run, likewise.
const SYSTEMS: [(&str, &str); 12] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Apple TV", "Apple TV"),
    ("CrKey", "Chromecast"),
    ("Android", "Android"),
    ("Tizen", "Samsung TV"),
    ("Web0S", "LG TV"),
    ("PlayStation", "PlayStation"),
    ("Xbox", "Xbox"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
];

/// Names a device for people: as it names itself, else by the program that asks, e.g. `Firefox on
/// Windows`.
pub fn name(device: Option<&str>, agent: Option<&str>) -> String {
    let named = device.map(str::trim).filter(|device| !device.is_empty());
    match (
        named,
        agent.map(str::trim).filter(|agent| !agent.is_empty()),
    ) {
        (Some(device), _) => cut(device),
        (None, Some(agent)) => cut(&program(agent)),
        (None, None) => "Unknown device".to_owned(),
    }
}

fn program(agent: &str) -> String {
    let find = |of: &[(&'static str, &'static str)]| {
        let found = of.iter().find(|(sign, _)| agent.contains(sign));
        found.map(|(_, name)| *name)
    };
    match (find(&PROGRAMS), find(&SYSTEMS)) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        // `MyApp/1.2 (…)`.
        (None, None) => agent.split(['/', ' ']).next().unwrap_or(agent).to_owned(),
    }
}

fn cut(name: &str) -> String {
    name.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_called_as_it_calls_itself_and_else_by_its_program() {
        assert_eq!(
            name(Some("Living room TV"), Some("curl/8.0")),
            "Living room TV"
        );
        for (agent, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            ("VLC/3.0.20 LibVLC/3.0.20", "VLC"),
            ("MyPlayer/1.2 (TV)", "MyPlayer"),
            ("", "Unknown device"),
        ] {
            assert_eq!(name(None, Some(agent)), expected, "{agent}");
        }
        assert_eq!(name(Some(&"é".repeat(100)), None).chars().count(), LONGEST);
    }
}
