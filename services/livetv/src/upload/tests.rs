//! Files as they are found.

use std::fmt::Write as _;

use sv_kernel::Timestamp;

use super::*;

fn known() -> HashSet<String> {
    ["c", "3sat.de"].map(String::from).into()
}

fn tv(programmes: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE tv SYSTEM \"xmltv.dtd\">\n<tv>{programmes}</tv>"
    )
}

fn programmes(file: &str) -> File {
    let sent = Sent {
        content_type: "application/xml",
        zone: Zone::UTC,
    };
    read(tv(file).as_bytes(), &sent, &known()).unwrap()
}

fn read_as(content_type: &str, file: &[u8]) -> Result<File, Unreadable> {
    let zone = Zone::named("Europe/Berlin").unwrap();
    let sent = Sent { content_type, zone };
    read(file, &sent, &known())
}

fn refused(file: &[u8]) -> String {
    refused_as("text/xml", file)
}

fn refused_as(content_type: &str, file: &[u8]) -> String {
    read_as(content_type, file).unwrap_err().0
}

#[test]
fn a_programme_is_read_with_all_that_is_kept_of_it() {
    let file = programmes(
        r#"<channel id="3sat.de"><display-name lang="de">3SAT</display-name></channel>
        <programme start="20000603163300 +0200" stop="200006031733 +0200" channel="3sat.de" x-foo="bar">
            <x-extra>No <b>thank</b> you</x-extra>
            <title lang="de">  Blah
                &amp; <![CDATA[<Blub>]]> &#233;&eacute; AT&T </title>
            <title lang="en">other</title>
            <sub-title>Part</sub-title>
            <desc>One
               two.</desc>
            <credits><actor role="x">e<image>https://example.com/no.jpg</image></actor></credits>
            <category>Comedy</category><category>comedy</category><category/>
            <icon src="https://example.com/a.jpg" width="5"/>
            <episode-num system="xmltv_ns">2 . 9 . 0/1</episode-num>
            <rating system="FSK"><value>12</value></rating>
            <star-rating><value>3/3</value></star-rating>
        </programme>"#,
    );
    let [entry] = &file.channels["3sat.de"][..] else {
        panic!("{file:?}");
    };
    let at = |text| Timestamp::parse_rfc3339(text).unwrap();
    assert_eq!(entry.start, at("2000-06-03T14:33:00Z"));
    assert_eq!(entry.stop, Some(at("2000-06-03T15:33:00Z")));
    let programme = &entry.show.programme();
    assert_eq!((entry.number, entry.line), (1, 4));
    assert_eq!(programme.title, "Blah & <Blub> é&eacute; AT&T");
    assert_eq!(programme.subtitle, "Part");
    assert_eq!(programme.description, "One two.");
    assert_eq!(programme.categories, ["Comedy"]);
    assert_eq!(programme.image_url, "https://example.com/a.jpg");
    assert_eq!((programme.season_number, programme.episode_number), (3, 10));
    assert_eq!(programme.maturity_rating, "FSK-12");
    assert!(file.claims.into_findings().is_empty());
}

#[test]
fn what_is_wrong_with_programmes_is_told_once_for_each_channel_and_problem() {
    let file = programmes(
        r#"<programme start="20000603" channel="nobody"><title>a</title></programme>
        <programme start="20000604" channel="nobody"><title>b</title></programme>
        <programme start="20000604" channel="c"><title> </title></programme>
        <programme start="noon" channel="c"><title>n</title></programme>
        <programme start="20000605" stop="later" channel="c"><title>kept</title></programme>
        <programme start="99991231233000 -0100" channel="c"><title>n</title></programme>
        <programme start="99991231" stop="99991231235959 -0100" channel="c"><title>kept</title></programme>"#,
    );
    assert_eq!(file.channels["c"].len(), 2);
    assert_eq!(file.channels["c"][1].stop, None);
    assert_eq!(file.channels.len(), 1);
    assert_eq!(file.claims.refused(), 5);
    let told = file.claims.into_findings();
    let told: Vec<_> = told
        .iter()
        .map(|told| {
            (
                told.problem(),
                told.programme,
                told.line,
                &*told.guide_id,
                &*told.value,
                told.times,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (GuideProblem::ChannelUnknown, 1, 3, "nobody", "", 2),
            (GuideProblem::TitleMissing, 3, 5, "c", "", 1),
            (GuideProblem::StartInvalid, 4, 6, "c", "noon", 2),
            (GuideProblem::StopInvalid, 5, 7, "c", "later", 2),
        ]
    );
}

#[test]
fn an_empty_guide_is_one_and_what_is_none_is_refused_in_words() {
    assert!(programmes("").channels.is_empty());
    assert_eq!(refused(b""), "it is no XMLTV: there is no element tv");
    assert_eq!(
        refused(b"{\"a\": 1}"),
        "it is no XMLTV: there is no element tv"
    );
    assert_eq!(
        refused(b"<rss><tv/></rss>"),
        "it is no XMLTV: there is no element tv"
    );
    assert_eq!(
        refused(b"<tv><programme>"),
        "it ends in the middle; send all of it"
    );
    assert!(refused(b"<tv></vt>").starts_with("it is no XML: "));
    for beside in ["x<tv/>", "<tv/>x", "<tv/>&amp;", "<tv/><![CDATA[x]]>"] {
        let told = "it is no XML: there is text outside of its element tv";
        assert_eq!(refused(beside.as_bytes()), told, "{beside}");
    }
    for several in ["<tv/><tv/>", "<a/><tv/>", "<tv></tv>\n<b/>"] {
        let told = "it is no XML: it has more than one outermost element";
        assert_eq!(refused(several.as_bytes()), told, "{several}");
    }
    let around = "\u{feff}<?xml version='1.0'?>\n<!-- a --><tv/>\n<!-- b -->\n";
    assert!(read_as("", around.as_bytes()).is_ok());
    let latin = b"<?xml version='1.0' encoding='UTF-8'?><tv>\xe9</tv>";
    assert_eq!(
        refused(latin),
        "its letters are not of the encoding that it names"
    );
}

#[test]
fn entities_of_a_file_are_not_expanded() {
    let file = r#"<!DOCTYPE tv [<!ENTITY a "lol"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>
        <tv><programme start="20000605" stop="2000060501" channel="c"><title>&b;&c;</title></programme></tv>"#;
    let file = read_as("", file.as_bytes()).unwrap();
    assert_eq!(file.channels["c"][0].show.programme().title, "&b;&c;");
}

#[test]
fn elements_that_lie_too_deep_are_refused() {
    let deep = format!("<tv>{}", "<a>".repeat(100_000));
    assert_eq!(
        refused(deep.as_bytes()),
        "its elements lie more than 32 deep in each other"
    );
}

/// Problems with number, line, channel and value.
fn told(file: File) -> Vec<(GuideProblem, i32, i32, String, String)> {
    let told = file.claims.into_findings().into_iter();
    told.map(|told| {
        let (programme, line) = (told.programme, told.line);
        (told.problem(), programme, line, told.guide_id, told.value)
    })
    .collect()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

#[test]
fn a_guide_in_json_is_an_array_or_one_programme_a_line() {
    let rows = [
        r#"{"channel": "c", "start": "2026-07-01T20:15", "stop": "20260701211500 +0200", "title": " One\n {\"} ",
            "subtitle": "s", "description": "d", "categories": ["News", "news", "Talk"], "season": 3,
            "episode": "10", "rating": "TV-14", "image_url": "https://example.com/a.jpg", "more": [{}]}"#,
        r#"{"channel": "3sat.de", "start": "2026-07-01T20:15:00Z", "title": "Two", "stop": null}"#,
    ];
    let array = format!("\u{feff} [\n{}\n]\n", rows.join(",\n"));
    for (kind, file) in [
        ("application/json", array.clone()),
        ("", array),
        ("", rows.join("\n")),
    ] {
        let file = read_as(kind, file.as_bytes()).unwrap();
        let entry = &file.channels["c"][0];
        assert_eq!(entry.start, at("2026-07-01T18:15:00Z"));
        assert_eq!(entry.stop, Some(at("2026-07-01T19:15:00Z")));
        let shown = entry.show.programme();
        assert_eq!((&*shown.title, &*shown.subtitle), ("One {\"}", "s"));
        assert_eq!(
            (&*shown.description, &*shown.maturity_rating),
            ("d", "TV-14")
        );
        assert_eq!(shown.categories, ["News", "Talk"]);
        assert_eq!((shown.season_number, shown.episode_number), (3, 10));
        assert_eq!(shown.image_url, "https://example.com/a.jpg");
        let other = &file.channels["3sat.de"][0];
        assert_eq!((other.number, other.stop), (2, None));
        assert_eq!(told(file), []);
    }
}

#[test]
fn a_guide_in_csv_names_its_columns_in_any_order() {
    for (delimiter, kind) in [
        (",", "text/csv; charset=iso-8859-1"),
        (";", "text/csv; charset=latin1"),
    ] {
        let lines = [
            "Title,start,channel,stop,categories,what,season,episode,rating,image_url,description,subtitle",
            "\"Caf\u{e9}, \"\"one\"\"\nand two\",2026-07-01 20:15,c,2026-07-01 21:15,News|Talk,x,1,2,FSK-12,,d,s",
            "",
            "Two,20260701211500 +0100,c,,,,,,,,,",
        ];
        let file = lines.map(|line| line.replace(',', delimiter)).join("\r\n");
        let latin: Vec<u8> = file.chars().map(|c| u8::try_from(c).unwrap()).collect();
        let file = read_as(kind, &latin).unwrap();
        let [one, two] = &file.channels["c"][..] else {
            panic!("{file:?}");
        };
        let shown = one.show.programme();
        assert_eq!(shown.title, format!("Café{delimiter} \"one\" and two"));
        assert_eq!(shown.categories, ["News", "Talk"]);
        assert_eq!(
            (&*shown.maturity_rating, shown.episode_number),
            ("FSK-12", 2)
        );
        assert_eq!((one.line, two.line), (2, 5));
        assert_eq!(
            (one.start, two.start),
            (at("2026-07-01T18:15:00Z"), at("2026-07-01T20:15:00Z"))
        );
        assert_eq!(
            (one.stop, two.stop),
            (Some(at("2026-07-01T19:15:00Z")), None)
        );
        assert_eq!(told(file), []);
    }
}

#[test]
fn what_is_wrong_with_rows_is_told_with_their_lines() {
    let json = r#"
[{"channel": "c", "start": "soon", "title": "a"},

 {"channel": "c", "start": {}, "title": "b"}, {"channel": "c", "start": "2026-07-01", "title": ["t"]},
 {"channel": "x", "start": "2026-07-01", "title": "c"}, {"start": 2026, "title": "d"},
 {"channel": "c", "start": "2026-07-01", "title": "", "categories": "News"}]"#;
    let file = read_as("", json.as_bytes()).unwrap();
    assert_eq!(file.claims.refused(), 6);
    let row = |number, line, why: &str| {
        (
            GuideProblem::RowInvalid,
            number,
            line,
            "c".to_owned(),
            why.to_owned(),
        )
    };
    let other = |problem, number, line, channel: &str, value: &str| {
        (problem, number, line, channel.to_owned(), value.to_owned())
    };
    assert_eq!(
        told(file),
        [
            other(GuideProblem::StartInvalid, 1, 2, "c", "soon"),
            row(2, 4, "start is neither a text nor a number"),
            other(GuideProblem::ChannelUnknown, 4, 5, "x", ""),
            other(GuideProblem::ChannelUnknown, 5, 5, "", ""),
        ]
    );
    let csv = "channel,start,title\nc,2026-07-01,a,b\nc,2026-07-01,\nc,never,t\n";
    let file = read_as("", csv.as_bytes()).unwrap();
    assert_eq!(
        told(file),
        [
            row(1, 2, "it has 4 values for 3 columns"),
            other(GuideProblem::TitleMissing, 2, 3, "c", ""),
            other(GuideProblem::StartInvalid, 3, 4, "c", "never"),
        ]
    );
}

#[test]
fn what_is_no_guide_in_json_is_refused_in_words() {
    let head = "it is no guide in JSON: line";
    for (file, why) in [
        ("[1]", format!("{head} 1: a programme is an object")),
        ("[{}\n{}]", format!("{head} 2: a comma is missing")),
        ("[{},]", format!("{head} 1: a programme is an object")),
        (
            "[]\n[]",
            format!("{head} 2: there is more behind its array"),
        ),
        ("[{}", "it ends in the middle; send all of it".into()),
        (
            "[{\"a\": \"}]",
            "it ends in the middle; send all of it".into(),
        ),
        ("", format!("{head} 1: it is empty")),
    ] {
        assert_eq!(
            refused_as("application/json", file.as_bytes()),
            why,
            "{file}"
        );
    }
    assert!(refused_as("", b"[{},\n{\"a\"\n:}]").starts_with("it is no JSON: line 3: "));
    let deep = format!("[{{\"a\": {}", "[".repeat(30_000));
    assert!(
        refused_as("", format!("{deep}{}}}]", "]".repeat(30_000)).as_bytes())
            .starts_with("it is no JSON: ")
    );
    let long = format!("[{{\"a\": \"{}\"}}]", "x".repeat(70_000));
    assert_eq!(
        refused_as("", long.as_bytes()),
        format!("{head} 1: a programme has more than 64 KiB")
    );
    assert!(
        read_as("application/json", b"[]")
            .unwrap()
            .channels
            .is_empty()
    );
}

#[test]
fn what_is_no_guide_in_csv_is_refused_in_words() {
    for (file, why) in [
        ("", "it is empty".to_owned()),
        (
            "a,b\n",
            "it is no guide in CSV: its first line names no column channel; the columns are channel, start, stop, title, \
             subtitle, description, categories, season, episode, rating, image_url, of which channel, start, title have to \
             be there"
                .to_owned(),
        ),
        (
            "channel,start,title\n\"",
            "it is no guide in CSV: the row on line 2 has a quote that nothing closes".to_owned(),
        ),
        (
            "channel,start,title\nc,2026-07-01,\"a\nc,2026-07-02,b\nc,2026-07-03,c\n",
            "it is no guide in CSV: the row on line 2 has a quote that nothing closes".to_owned(),
        ),
        (
            "channel,start,title\nc,2026-07-01,a\"b\n",
            "it is no guide in CSV: the row on line 2 has a quote that nothing closes".to_owned(),
        ),
    ] {
        let read = read_as("text/csv", file.as_bytes());
        assert_eq!(
            read.err().map(|refused| refused.0).unwrap_or_default(),
            why,
            "{file}"
        );
    }
    let long = format!("channel,start,title\n\"{}", "x".repeat(70_000));
    let row = "it is no guide in CSV: the row on line";
    assert_eq!(
        refused_as("", long.as_bytes()),
        format!("{row} 2 has more than 64 KiB")
    );
    let wide = format!("channel,start,title{}\n", ",x".repeat(70));
    assert_eq!(
        refused_as("", wide.as_bytes()),
        format!("{row} 1 has more than 64 columns")
    );
    let form = "it is a form; send the file itself as the body";
    assert_eq!(refused_as("multipart/form-data; boundary=x", b"--x"), form);
}

#[test]
fn of_a_file_that_is_all_wrong_only_so_much_is_kept() {
    let mut csv = String::from("channel,start,title\n");
    for number in 0..20_000 {
        let _ = writeln!(csv, "unknown-{number},2026-07-01,t");
    }
    let file = read_as("text/csv", csv.as_bytes()).unwrap();
    assert_eq!(file.claims.refused(), 20_000);
    assert_eq!(file.claims.told.len(), MOST_CLAIMS);
    assert_eq!(told(file).len(), MOST_FINDINGS);
}
