use proptest::prelude::*;

use super::{head, read};

fn problem(file: &[u8]) -> String {
    read(file).unwrap_err().to_string()
}

#[test]
fn webvtt_is_kept_without_styles_and_notes() {
    let file = "\u{feff}WEBVTT - Kind: captions\nLanguage: en\n\nSTYLE\n::cue { color: red }\n\n\
        NOTE from the editor\n\n1\n00:00:15.000 --> 00:00:17.951 line:0 region:a align:start\n\
        At the <i>left</i> we can see...\n\n00:01.5 --> 00:02.000\nFirst\nand second line\n";
    let (text, cues) = read(file.as_bytes()).unwrap();
    assert_eq!(cues, 2);
    assert_eq!(
        text,
        "\n00:00:01.500 --> 00:00:02.000\nFirst\nand second line\n\
         \n00:00:15.000 --> 00:00:17.951 line:0 align:start\nAt the <i>left</i> we can see...\n"
    );
    let whole = head(Some(126_000)) + &text;
    assert!(whole.starts_with("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:126000,LOCAL:00:00:00.000\n\n00:"));
    assert_eq!(read(whole.as_bytes()).unwrap().0, text, "it reads itself");
}

#[test]
fn subrip_becomes_webvtt() {
    let file = "1\r\n00:00:01,600 --> 00:00:04,200\r\n<font color=\"red\">Fish & <b>chips</b></font>\r\n\
        \r\n2\r\n00:00:05,000 --> 00:00:06,0 X1:1 X2:2\r\n{\\an8}5 < 6\r\n\r\nafter a gap\r\n\r\n\
        00:00:07,000 --> 00:00:08,000\r\n42\r\n";
    let (text, cues) = read(file.as_bytes()).unwrap();
    assert_eq!(cues, 3);
    assert_eq!(
        text,
        "\n00:00:01.600 --> 00:00:04.200\nFish &amp; <b>chips</b>\n\
         \n00:00:05.000 --> 00:00:06.000 line:0\n5 &lt; 6\nafter a gap\n\
         \n00:00:07.000 --> 00:00:08.000\n42\n"
    );
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (file, says) in [
        (&b"WEBVTT\n"[..], "no cues"),
        (b"", "no cues"),
        (b"\xff\xfe1\0", "UTF-8"),
        (b"WEBVTT\n\n1\n2\n3\n", "line 3"),
        (
            b"WEBVTT\n\n00:02.000 --> 00:01.000\nA\n",
            "line 3: the cue ends before",
        ),
        (b"WEBVTT\n\n00:61.000 --> 01:01.000\nA\n", "line 3"),
        (
            b"WEBVTT\n\n00:01.000 --> 00:02.000\nA\n00:03.000 --> 00:04.000\nB\n",
            "arrow",
        ),
        (b"1\n00:00:01 -> 00:00:02\nA\n", "line 1"),
        (b"GIF89a", "line 1"),
        (
            b"WEBVTT\n\n00:01.000 --> 99:00:00.000\nA\n",
            "later than a title may",
        ),
    ] {
        let told = problem(file);
        assert!(told.contains(says), "{told}");
    }
}

proptest! {
    #[test]
    fn any_file_is_read_or_refused_and_what_is_read_reads_again(
        file in "(WEBVTT\n\n)?(([0-9]\n)?(00:0[0-9][.,]5 --> 00:1[0-9][.,]000.{0,9}\n|.{0,12}\n|\n)){0,9}",
        bytes in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let _ = read(&bytes);
        if let Ok((text, cues)) = read(file.as_bytes()) {
            let again = read((head(None) + &text).as_bytes());
            prop_assert_eq!(again, Ok((text, cues)));
        }
    }
}

/// Files that once took minutes: blank lines before a long text, and signs that nothing closes.
#[test]
fn hostile_subrip_takes_no_longer_than_its_length_allows() {
    let head = "1\n00:00:01,000 --> 00:00:02,000\nA\n";
    let blank = "\n".repeat(300_000) + &"x".repeat(100_000);
    assert!(read((head.to_owned() + &blank).as_bytes()).is_err());
    for sign in ["<", "{\\", "<b", "{\\{"] {
        let file = format!("{head}{}>}}\n", sign.repeat(100_000));
        assert!(read(file.as_bytes()).is_err(), "too long for a cue");
    }
    let (text, _) = read(format!("{head}a <b>c</b <i {{\\an8}}d\n").as_bytes()).unwrap();
    assert!(text.ends_with("A\na <b>c&lt;/b &lt;i d\n"), "{text}");
}
