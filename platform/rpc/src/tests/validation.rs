//! Validation of requests by the options of their fields.

use proptest::prelude::*;
use prost_reflect::{DynamicMessage, prost::Message as _};
use sv_kernel::FieldViolation;
use sv_proto::users as pb;

use super::protos::pool;
use crate::{PolicyTable, Validator};

const BODY: &str = r#"
    enum Color { COLOR_UNSPECIFIED = 0; COLOR_RED = 1; COLOR_BLUE = 5; }
    message Credit {
      string name = 1 [(field) = {required: true max_length: 5}];
      string role = 2 [(field) = {required: true}];
    }
    message Body {
      string title = 1 [(field) = {required: true min_length: 2 max_length: 4}];
      repeated Credit credits = 2 [(field) = {min_items: 2 max_items: 3}];
      Color color = 3;
      repeated Color colors = 4;
      optional int32 year = 5 [(field) = {required: true min: 1900 max: 2100}];
      double score = 6 [(field) = {min: 0 max: 10}];
      map<string, Credit> by_name = 7;
      bytes blob = 8 [(field) = {max_length: 3}];
      string text = 9;
      repeated sint32 deltas = 10 [(field) = {min: -2}];
      Credit main = 11;
      google.protobuf.Timestamp at = 12;
      google.protobuf.Duration span = 13;
      Body again = 14;
      repeated string tags = 15;
      oneof details { Credit film = 16; Credit series = 17; }
      string order = 18 [(field) = {words: ["title", "-release_date"]}];
      Chosen chosen = 19;
    }
    message Chosen {
      repeated string ids = 1 [(field) = {required: true}];
      repeated string countries = 2 [(field) = {format: FORMAT_COUNTRY}];
    }
    message Req {
      string id = 1 [(field) = {required: true}];
      Body content = 2 [(field) = {required: true}];
      google.protobuf.FieldMask update_mask = 3;
      Body film = 4 [(field) = {within: [
        {field: "color" rules: {values: [0, 1]}},
        {field: "film" rules: {required: true}},
        {field: "series" rules: {absent: true}},
        {field: "tags" rules: {absent: true}}
      ]}];
      repeated Body films = 5 [(field) = {within: {field: "text" rules: {absent: true}}}];
    }
    message Res {}
    service Svc {
      rpc Call(Req) returns (Res) {
        option (google.api.http) = { put: "/x/{id}" body: "content" };
        option (policy) = {anonymous: {}};
      }
    }
"#;

struct Rules {
    validator: Validator,
    request: prost_reflect::MessageDescriptor,
}

fn rules() -> Rules {
    let pool = pool(BODY);
    let table = PolicyTable::compile(&pool).unwrap();
    Rules {
        validator: table
            .get("/streamverse.test.v1.Svc/Call")
            .unwrap()
            .input
            .clone(),
        request: pool.get_message_by_name("streamverse.test.v1.Req").unwrap(),
    }
}

impl Rules {
    /// Checks a request written in JSON; returns `path RULE` of each violation.
    fn check(&self, json: &str) -> Vec<String> {
        let mut json = serde_json::Deserializer::from_str(json);
        let message = DynamicMessage::deserialize(self.request.clone(), &mut json).unwrap();
        self.check_wire(&message.encode_to_vec())
    }

    fn check_wire(&self, wire: &[u8]) -> Vec<String> {
        let violations = self
            .validator
            .check(wire)
            .err()
            .map(|e| e.violations().to_vec());
        let show = |v: FieldViolation| format!("{} {}", v.field, v.rule);
        violations
            .unwrap_or_default()
            .into_iter()
            .map(show)
            .collect()
    }

    /// A whole request whose body also has these members.
    fn with(&self, members: &str) -> Vec<String> {
        self.check(&format!(
            r#"{{"id": "7", "content": {{"title": "Abc", "year": 2000, {members}}}}}"#
        ))
    }
}

#[test]
fn a_request_that_keeps_the_rules_passes() {
    assert_eq!(
        rules().with(
            r#""credits": [{"name": "A", "role": "r"}, {"name": "B", "role": "r"}], "color": "COLOR_BLUE",
            "colors": ["COLOR_RED", "COLOR_RED"], "score": 10, "blob": "AAAA", "text": "ü\n",
            "deltas": [-2, 5], "at": "2024-01-01T00:00:00Z", "span": "-1.5s""#
        ),
        [""; 0]
    );
}

#[test]
fn a_list_that_is_required_names_something_in_each_item() {
    let chosen = |ids: &str| rules().with(&format!(r#""chosen": {{"ids": {ids}}}"#));
    assert_eq!(chosen(r#"["a", "b"]"#), [""; 0]);
    assert_eq!(chosen("[]"), ["content.chosen.ids REQUIRED"]);
    assert_eq!(
        chosen(r#"["a", "", "b"]"#),
        ["content.chosen.ids[1] REQUIRED"]
    );
    assert_eq!(rules().with(r#""tags": ["a", ""]"#), [""; 0]);
}

#[test]
fn an_item_that_has_a_form_is_never_empty() {
    let chosen = r#""chosen": {"ids": ["a"], "countries": ["NO", ""]}"#;
    assert_eq!(
        rules().with(chosen),
        ["content.chosen.countries[1] REQUIRED"]
    );
}

#[test]
fn of_what_is_required_something_is_seen() {
    let of = |id: &str, text: &str| {
        let body = format!(r#"{{"title": "Abc", "year": 2000, "text": "{text}"}}"#);
        rules().check(&format!(r#"{{"id": "{id}", "content": {body}}}"#))
    };
    for blank in ["", " ", r"\n", "\u{3000}", "\u{200b}", "\u{200d}"] {
        assert_eq!(of(blank, blank), ["id REQUIRED"], "{blank:?}");
    }
    assert_eq!(of(" .", " "), [""; 0]);
}

#[test]
fn paths_are_spelled_as_in_json_and_all_violations_are_listed() {
    assert_eq!(
        rules().check(
            r#"{"content": {"title": "x", "year": 1800, "score": 10.5, "blob": "AAAAAA==",
                "credits": [{"name": "A", "role": "r"}, {"name": "toolong"}],
                "byName": {"k": {"name": "N"}}, "deltas": [0, -3], "text": "a\u0007",
                "main": {}}}"#
        ),
        [
            "id REQUIRED",
            "content.title MIN_LENGTH",
            "content.credits[1].name MAX_LENGTH",
            "content.credits[1].role REQUIRED",
            "content.year MIN",
            "content.score MAX",
            "content.byName[k].role REQUIRED",
            "content.blob MAX_LENGTH",
            "content.text CONTROL_CHARACTER",
            "content.deltas[1] MIN",
            "content.main.name REQUIRED",
            "content.main.role REQUIRED",
        ]
    );
}

#[test]
fn empty_is_not_there_but_an_explicit_zero_is() {
    let rules = rules();
    assert_eq!(
        rules.check(r#"{"id": "", "content": {"title": "", "year": 2000}}"#),
        ["id REQUIRED", "content.title REQUIRED"]
    );
    assert_eq!(
        rules.check(r#"{"id": "1", "content": {"title": "ab", "year": 0}}"#),
        ["content.year MIN"]
    );
    assert_eq!(
        rules.check(r#"{"id": "1", "content": {"title": "ab"}}"#),
        ["content.year REQUIRED"]
    );
    assert_eq!(rules.check(r#"{"id": "1"}"#), ["content REQUIRED"]);
}

#[test]
fn lengths_count_characters_and_not_bytes() {
    let rules = rules();
    assert_eq!(
        rules.check(r#"{"id": "1", "content": {"title": "🎬🎬🎬🎬", "year": 2000}}"#),
        [""; 0]
    );
    assert_eq!(
        rules.check(r#"{"id": "1", "content": {"title": "🎬", "year": 2000}}"#),
        ["content.title MIN_LENGTH"]
    );
    let long = format!(r#""text": "{}""#, "x".repeat(1_001));
    assert_eq!(rules.with(&long), ["content.text MAX_LENGTH"]);
}

#[test]
fn lists_are_bounded_even_where_nothing_says_so() {
    let rules = rules();
    assert_eq!(
        rules.with(r#""credits": [{"name": "A", "role": "r"}]"#),
        ["content.credits MIN_ITEMS"]
    );
    let tags = format!(r#""tags": [{}]"#, vec![r#""t""#; 101].join(","));
    assert_eq!(rules.with(&tags), ["content.tags MAX_ITEMS"]);
    let colors = format!(r#""colors": [{}]"#, vec!["1"; 101].join(","));
    assert_eq!(rules.with(&colors), ["content.colors MAX_ITEMS"]);
}

#[test]
fn numbers_that_no_enum_has_and_numbers_that_are_none_are_refused() {
    let rules = rules();
    assert_eq!(
        rules.with(r#""color": 2, "colors": [1, 3]"#),
        ["content.color ENUM", "content.colors[1] ENUM"]
    );
    assert_eq!(rules.with(r#""score": "NaN""#), ["content.score FINITE"]);
    assert_eq!(
        rules.with(r#""score": "Infinity""#),
        ["content.score FINITE"]
    );
}

#[test]
fn words_are_taken_in_both_spellings() {
    let rules = rules();
    for word in ["title", "-release_date", "-releaseDate", ""] {
        let order = format!(r#""order": "{word}""#);
        assert_eq!(rules.with(&order), [""; 0], "{word}");
    }
    for other in ["Title", "release_date", "title "] {
        let order = format!(r#""order": "{other}""#);
        assert_eq!(rules.with(&order), ["content.order WORD"], "{other}");
    }
}

#[test]
fn a_message_may_have_other_rules_in_one_place() {
    let rules = rules();
    let place = |place: &str, members: &str| {
        rules.check(&format!(
            r#"{{"id": "7", "content": {{"title": "Abc", "year": 2000, "color": 5, "tags": ["x"], "text": "x"}},
                "{place}": {{"title": "Abc", "year": 2000, {members}}}}}"#
        ))
    };
    let details = r#""film": {"name": "A", "role": "r"}"#;
    assert_eq!(place("film", details), [""; 0]);
    assert_eq!(place("film", r#""text": "x""#), ["film.film REQUIRED"]);
    let other = r#""series": {"name": "A", "role": "r"}, "tags": ["a"], "color": 5"#;
    assert_eq!(
        place("film", other),
        [
            "film.color ENUM",
            "film.tags ABSENT",
            "film.film REQUIRED",
            "film.series ABSENT"
        ]
    );
    // The message's own rules hold, too.
    let long = format!(r#"{details}, "title": "Abcde""#);
    assert_eq!(place("film", &long), ["film.title MAX_LENGTH"]);
    let each = r#"{"id": "7", "content": {"title": "Abc", "year": 2000},
        "films": [{"title": "Abc", "year": 2000}, {"title": "Abc", "year": 2000, "text": "x"}]}"#;
    assert_eq!(rules.check(each), ["films[1].text ABSENT"]);
}

#[test]
fn rules_that_make_no_sense_are_told() {
    for (rule, problem) in [
        (
            r#"int32 a = 1 [(field) = {words: ["x"]}];"#,
            "words are for strings",
        ),
        (
            r"string a = 1 [(field) = {required: true absent: true}];",
            "cannot be absent",
        ),
        (
            r#"string a = 1 [(field) = {within: {field: "b" rules: {}}}];"#,
            "within is for messages",
        ),
        (
            r#"Inner a = 1 [(field) = {within: {field: "b" rules: {}}}];"#,
            "does not have",
        ),
        (
            r#"Inner a = 1 [(field) = {within: {field: "user_id"}}];"#,
            "within has rules",
        ),
    ] {
        let pool = super::protos::method("option (policy) = {anonymous: {}};", rule);
        let problems = PolicyTable::compile(&pool).unwrap_err().join("\n");
        assert!(problems.contains(problem), "{rule}: {problems}");
    }
}

/// A decoder keeps the lower half of a varint for a 32-bit field, so that `0xFFFF_FFFF` is -1.
#[test]
fn limits_hold_for_what_a_decoder_makes_of_the_bytes() {
    let rules = rules();
    let year = |raw: u64| {
        let mut body = nested(1, b"Abc");
        body.push(0x28);
        prost::encoding::encode_varint(raw, &mut body);
        rules.check_wire(&[nested(1, b"7"), nested(2, &body)].concat())
    };
    assert_eq!(year(2_000), [""; 0]);
    assert_eq!(year(0xFFFF_FFFF), ["content.year MIN"]);
    assert_eq!(year(0x1_0000_0000 + 2_000), [""; 0]);
    assert_eq!(year(0x1_0000_0000), ["content.year MIN"]);
}

#[test]
fn times_that_do_not_exist_are_refused() {
    let rules = rules();
    // at { seconds: 253402300800 }, the first second of the year 10000.
    let mut at = vec![0x08];
    prost::encoding::encode_varint(253_402_300_800, &mut at);
    let found = rules.check_wire(&nested(2, &nested(12, &at)));
    assert!(found.contains(&"content.at RANGE".to_owned()), "{found:?}");
    // span { seconds: 1 nanos: -1 }: signs that disagree.
    let mut span = vec![0x08, 1, 0x10];
    prost::encoding::encode_varint(u64::MAX, &mut span);
    let found = rules.check_wire(&nested(2, &nested(13, &span)));
    assert!(
        found.contains(&"content.span RANGE".to_owned()),
        "{found:?}"
    );
}

fn nested(field: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![field << 3 | 2];
    prost::encoding::encode_varint(bytes.len() as u64, &mut out);
    out.extend_from_slice(bytes);
    out
}

#[test]
fn under_a_mask_only_its_fields_are_required() {
    let rules = rules();
    let check = |mask: &str, body: &str| {
        rules.check(&format!(
            r#"{{"id": "1", "updateMask": "{mask}", "content": {body}}}"#
        ))
    };
    assert_eq!(check("text", r#"{"text": "new"}"#), [""; 0]);
    assert_eq!(check("title", "{}"), ["content.title REQUIRED"]);
    assert_eq!(
        check("text", r#"{"text": "new", "score": 11}"#),
        ["content.score MAX"]
    );
    assert_eq!(
        check("main", r#"{"main": {"name": "A"}}"#),
        ["content.main.role REQUIRED"]
    );
    assert_eq!(check("main.name", r#"{"main": {"name": "A"}}"#), [""; 0]);
    assert_eq!(check("main.name", "{}"), ["content.main.name REQUIRED"]);
    assert_eq!(
        check("", r#"{"text": "new"}"#),
        ["content.title REQUIRED", "content.year REQUIRED"]
    );
    assert_eq!(check("nothing", "{}"), ["updateMask UNKNOWN_FIELD"]);
    assert_eq!(
        rules.check(r#"{"updateMask": "text", "content": {}}"#),
        ["id REQUIRED"]
    );
}

#[test]
fn a_mask_path_below_a_list_or_a_scalar_names_nothing() {
    let rules = rules();
    for mask in ["credits.name", "title.x", "main..name", "main."] {
        let json = r#"{"id": "1", "content": {}}"#;
        let mut json = serde_json::Deserializer::from_str(json);
        let mut wire = DynamicMessage::deserialize(rules.request.clone(), &mut json)
            .unwrap()
            .encode_to_vec();
        wire.extend(nested(3, &nested(1, mask.as_bytes())));
        assert_eq!(
            rules.check_wire(&wire),
            ["updateMask UNKNOWN_FIELD"],
            "{mask}"
        );
    }
}

#[test]
fn a_submessage_in_pieces_counts_as_one() {
    let rules = rules();
    let title = nested(2, &nested(1, b"Abc"));
    let year = nested(2, &[0x28, 0xD0, 0x0F]);
    let wire = [nested(1, b"7"), title, year].concat();
    assert_eq!(rules.check_wire(&wire), [""; 0]);
}

#[test]
fn the_last_value_decides_whether_a_field_is_there() {
    let rules = rules();
    let body = nested(2, &[nested(1, b"Abc"), vec![0x28, 0xD0, 0x0F]].concat());
    let emptied = [nested(1, b"7"), nested(1, b""), body.clone()].concat();
    assert_eq!(rules.check_wire(&emptied), ["id REQUIRED"]);
    let filled = [nested(1, b""), nested(1, b"7"), body].concat();
    assert_eq!(rules.check_wire(&filled), [""; 0]);
}

#[test]
fn at_most_twenty_violations_are_listed_and_depth_is_bounded() {
    let rules = rules();
    let credits = format!(r#""credits": [{}]"#, vec!["{}"; 50].join(","));
    assert!(rules.with(&credits).len() <= 20);
    let body = [nested(1, b"Abc"), vec![0x28, 0xD0, 0x0F]].concat();
    let mut wire = body.clone();
    for _ in 0..200 {
        wire = [body.clone(), nested(14, &wire)].concat();
    }
    let found = rules.check_wire(&[nested(1, b"7"), nested(2, &wire)].concat());
    assert!(
        found.len() == 1 && found[0].ends_with("TOO_DEEP"),
        "{found:?}"
    );
}

#[test]
fn torn_and_mistyped_bytes_are_malformed_and_text_is_utf8() {
    let rules = rules();
    for bad in [
        &[0x0A][..],
        &[0x0A, 5, b'x'],
        &[0x08, 1],
        &[0x0B],
        &[0x12, 2, 0x28, 0xFF],
    ] {
        let found = rules.check_wire(bad);
        assert!(
            found.iter().any(|v| v.ends_with("MALFORMED")),
            "{bad:?}: {found:?}"
        );
    }
    assert!(
        rules
            .check_wire(&nested(1, &[0xFF, 0xFE]))
            .contains(&"id UTF8".to_owned())
    );
}

#[test]
fn the_rules_of_our_own_protos_hold() {
    let table = PolicyTable::ours().unwrap();
    let input = &table
        .get("/streamverse.users.v1.UserService/CreateProfile")
        .unwrap()
        .input;
    let request = |name: &str, avatar: &str| pb::CreateProfileRequest {
        profile: Some(pb::Profile {
            name: name.into(),
            avatar_url: avatar.into(),
            ..Default::default()
        }),
    };
    assert!(input.check(&request("Ana", "").encode_to_vec()).is_ok());
    let error = input
        .check(&request("", "javascript:alert(1)").encode_to_vec())
        .unwrap_err();
    let fields: Vec<_> = error
        .violations()
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    assert_eq!(fields, ["profile.avatarUrl", "profile.name"]);
}

#[test]
fn an_item_that_is_named_twice_has_one_name() {
    let table = PolicyTable::ours().unwrap();
    let check = |method: &str, wire: Vec<u8>| {
        let failed = table.get(method).unwrap().input.check(&wire).err();
        let violations = failed.map(|error| error.violations().to_vec());
        let named = violations.unwrap_or_default().into_iter();
        named.map(|v| (v.field, v.rule)).collect::<Vec<_>>()
    };
    let (a, b) = (
        "01890000-0000-7000-8000-00000000000a",
        "01890000-0000-7000-8000-00000000000b",
    );
    for (within, refused) in [
        (b, true),
        (a, false),
        (&a.to_uppercase(), false),
        ("", false),
    ] {
        let profile = pb::UpdateProfileRequest {
            profile_id: a.into(),
            profile: Some(pb::Profile {
                id: within.into(),
                name: "Ana".into(),
                ..pb::Profile::default()
            }),
            ..pb::UpdateProfileRequest::default()
        };
        let method = "/streamverse.users.v1.UserService/UpdateProfile";
        let told = check(method, profile.encode_to_vec());
        let expected = [("profile.id".to_owned(), "ID_MISMATCH")];
        assert_eq!(told, &expected[..usize::from(refused)], "{within}");
        let film = sv_proto::content::UpdateMovieRequest {
            id: a.into(),
            content: Some(sv_proto::content::Content {
                id: within.into(),
                title: "Alien".into(),
                ..sv_proto::content::Content::default()
            }),
            ..sv_proto::content::UpdateMovieRequest::default()
        };
        let method = "/streamverse.content.v1.ContentAdminService/UpdateMovie";
        let told = check(method, film.encode_to_vec());
        let expected = [("content.id".to_owned(), "ID_MISMATCH")];
        assert_eq!(told, &expected[..usize::from(refused)], "{within}");
    }
}

proptest! {
    #[test]
    fn any_bytes_end_in_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        thread_local!(static RULES: Rules = rules());
        RULES.with(|rules| {
            let found = rules.check_wire(&bytes);
            prop_assert!(found.len() <= 20);
            let nested_found = rules.check_wire(&nested(2, &bytes));
            prop_assert!(nested_found.len() <= 20);
            Ok(())
        })?;
    }

    /// What the rules accept, a decoder accepts, too.
    #[test]
    fn accepted_bytes_decode(bytes in proptest::collection::vec(0_u8..40, 0..60)) {
        thread_local!(static RULES: Rules = rules());
        RULES.with(|rules| {
            let wire = [nested(1, b"7"), nested(2, &[nested(1, b"Abc"), vec![0x28, 0xD0, 0x0F], bytes.clone()].concat())].concat();
            let found = rules.check_wire(&wire);
            let decodes = DynamicMessage::decode(rules.request.clone(), wire.as_slice()).is_ok();
            prop_assert!(decodes || !found.is_empty(), "{:?}", wire);
            Ok(())
        })?;
    }
}
