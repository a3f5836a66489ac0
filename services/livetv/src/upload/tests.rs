//! Files as they are found.

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
    read(tv(file).as_bytes(), &known()).unwrap()
}

fn refused(file: &[u8]) -> String {
    read(file, &known()).unwrap_err().0
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
    let programme = &entry.programme;
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
                &*told.guide_id,
                &*told.value,
                told.times,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (GuideProblem::ChannelUnknown, 1, "nobody", "", 2),
            (GuideProblem::TitleMissing, 3, "c", "", 1),
            (GuideProblem::StartInvalid, 4, "c", "noon", 2),
            (GuideProblem::StopInvalid, 5, "c", "later", 2),
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
    assert!(read(around.as_bytes(), &known()).is_ok());
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
    let file = read(file.as_bytes(), &known()).unwrap();
    assert_eq!(file.channels["c"][0].programme.title, "&b;&c;");
}

#[test]
fn elements_that_lie_too_deep_are_refused() {
    let deep = format!("<tv>{}", "<a>".repeat(100_000));
    assert_eq!(
        refused(deep.as_bytes()),
        "its elements lie more than 32 deep in each other"
    );
}
