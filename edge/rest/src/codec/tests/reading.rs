//! JSON to wire bytes, case by case.

use super::cases::{CODEC, Case, POOL};
use crate::codec::{JsonError, ReadOptions};
use prost_reflect::DynamicMessage;
use serde_json::json;

const PLAIN: ReadOptions = ReadOptions::PLAIN;
const IGNORING: ReadOptions = ReadOptions {
    ignore_unknown: true,
    ..ReadOptions::CANONICAL
};

/// Reads a `t.Film`, and gives back what the independent implementation finds in the bytes.
fn read(json: &str, options: ReadOptions) -> Result<serde_json::Value, JsonError> {
    let mut wire = Vec::new();
    CODEC.json_to_wire(Case::film(), json.as_bytes(), &mut wire, &options)?;
    let of = POOL.get_message_by_name("t.Film").unwrap();
    Ok(serde_json::to_value(DynamicMessage::decode(of, &wire[..]).unwrap()).unwrap())
}

fn refused(json: &str) -> JsonError {
    read(json, ReadOptions::CANONICAL).expect_err(json)
}

#[test]
fn both_spellings_of_a_name_are_read_and_only_one_at_a_time() {
    let expected = json!({"releaseDate": "2026"});
    for json in [
        r#"{"releaseDate":"2026"}"#,
        r#"{"release_date":"2026"}"#,
        r#"{"rele\u0061seDate" : "2026" }"#,
    ] {
        assert_eq!(read(json, ReadOptions::CANONICAL).unwrap(), expected);
    }
    for json in [
        r#"{"releaseDate":"2026","release_date":"2026"}"#,
        r#"{"releaseDate":null,"releaseDate":"2026"}"#,
    ] {
        assert_eq!(refused(json).problem, "given twice");
        assert_eq!(refused(json).path, "releaseDate");
    }
}

#[test]
fn a_custom_json_name_wins_over_another_fields_proto_name() {
    let of = read(r#"{"playback_url":"custom"}"#, ReadOptions::CANONICAL).unwrap();
    assert_eq!(of, json!({"playback_url": "custom"}));
}

#[test]
fn enums_are_read_in_every_documented_spelling_where_lenient() {
    for spelling in ["GENRE_SCI_FI", "genre_sci_fi", "SCI_FI", "sci_fi", "Sci_Fi"] {
        let json = format!(r#"{{"genre":"{spelling}"}}"#);
        assert_eq!(
            read(&json, PLAIN).unwrap(),
            json!({"genre": "GENRE_SCI_FI"})
        );
        let canonical = read(&json, ReadOptions::CANONICAL);
        assert_eq!(canonical.is_ok(), spelling == "GENRE_SCI_FI", "{spelling}");
    }
    for json in [
        r#"{"genre":2}"#,
        r#"{"genre":2.0}"#,
        r#"{"genre":"GENRE_SCIENCE"}"#,
    ] {
        assert_eq!(read(json, PLAIN).unwrap(), json!({"genre": "GENRE_SCI_FI"}));
    }
    assert_eq!(
        read(r#"{"genre":99}"#, PLAIN).unwrap(),
        json!({"genre": 99})
    );
    let error = read(r#"{"genre":"opera"}"#, PLAIN).unwrap_err();
    assert_eq!(
        (&*error.path, &*error.problem),
        ("genre", "unknown enum value \"opera\"")
    );
    assert!(read(r#"{"genre":"GENRE_"}"#, PLAIN).is_err());
}

#[test]
fn names_that_lose_their_difference_are_not_taken_short() {
    // `KIND_A` and `a` would both be `a`.
    for (json, expected) in [
        (r#"{"mixed":"KIND_A"}"#, Some(json!({"mixed": "KIND_A"}))),
        (r#"{"mixed":"a"}"#, Some(json!({"mixed": "a"}))),
        (r#"{"mixed":"A"}"#, Some(json!({"mixed": "a"}))),
        (r#"{"mixed":"kind_a"}"#, Some(json!({"mixed": "KIND_A"}))),
    ] {
        assert_eq!(read(json, PLAIN).ok(), expected, "{json}");
    }
}

#[test]
fn two_members_of_a_oneof_are_refused_and_null_is_no_member() {
    let error = refused(r#"{"series":"a","episode":{}}"#);
    assert_eq!(
        error.problem,
        "another member of \"parent\" is given as well"
    );
    assert_eq!(error.path, "episode");
    for json in [
        r#"{"series":null,"episode":{}}"#,
        r#"{"episode":{},"series":null}"#,
    ] {
        assert_eq!(
            read(json, ReadOptions::CANONICAL).unwrap(),
            json!({"episode": {}})
        );
    }
}

#[test]
fn errors_lead_to_the_place() {
    let error = refused(
        "{\n  \"credits\": [\n    {\"name\": \"ü\"},\n    {\"name\": \"ü\", \"role\": 7}\n  ]\n}",
    );
    assert_eq!(
        error.to_string(),
        "credits[1].role: expected a string (line 4, column 27)"
    );
    let error = refused(r#"{"labels":{"de":"a","f\"r":1}}"#);
    assert_eq!(
        (&*error.path, &*error.problem),
        (r#"labels["f\"r"]"#, "expected a string")
    );
    let error = refused(r#"{"episode":{"film":{"credits":[{"nam":1}]}}}"#);
    assert_eq!(
        (&*error.path, &*error.problem),
        ("episode.film.credits[0].nam", "unknown field")
    );
    let error = refused("");
    assert_eq!(
        error.to_string(),
        "expected an object, found the end (line 1, column 1)"
    );
    let error = refused(r#"{"title":"a"} {"#);
    assert_eq!(
        (error.column, &*error.problem),
        (15, "unexpected text after the value")
    );
}

#[test]
fn keys_of_maps_and_structs_given_twice_are_refused() {
    for (json, path) in [
        (r#"{"labels":{"a":"1","b":"2","a":"3"}}"#, r#"labels["a"]"#),
        (r#"{"labels":{"a":"1","\u0061":"3"}}"#, r#"labels["a"]"#),
        (r#"{"counts":{"1":1,"2":2,"1":3}}"#, r#"counts["1"]"#),
        (r#"{"counts":{"1":1,"1.0":3}}"#, r#"counts["1.0"]"#),
        (
            r#"{"structure":{"a":{"k":1,"k":2}}}"#,
            r#"structure["a"]["k"]"#,
        ),
    ] {
        assert_eq!(
            (&*refused(json).path, &*refused(json).problem),
            (path, "given twice")
        );
    }
}

#[test]
fn unknown_fields_and_enum_names_are_passed_over_on_demand() {
    let json = r#"{"no":[{"such":"field\n"},1.5e3,true,null],"title":"a","genre":"OPERA","genres":["GENRE_DRAMA","OPERA"]}"#;
    assert_eq!(refused(json).path, "no");
    assert_eq!(
        read(json, IGNORING).unwrap(),
        json!({"title": "a", "genres": ["GENRE_DRAMA"]})
    );
    // What is passed over is still read: it must be JSON.
    for json in [
        r#"{"no":[1,]}"#,
        r#"{"no":01}"#,
        r#"{"no":"\x"}"#,
        r#"{"no":tru}"#,
        r#"{"no":}"#,
    ] {
        assert!(read(json, IGNORING).is_err(), "{json}");
    }
}

#[test]
fn numbers_keep_to_their_type() {
    for (json, expected) in [
        (r#"{"minutes":1e2}"#, Some(json!({"minutes": 100}))),
        (r#"{"minutes":"100"}"#, Some(json!({"minutes": 100}))),
        (
            r#"{"minutes":2147483647}"#,
            Some(json!({"minutes": 2_147_483_647})),
        ),
        (r#"{"minutes":2147483648}"#, None),
        (r#"{"minutes":1.5}"#, None),
        (r#"{"minutes":" 1"}"#, None),
        (r#"{"minutes":"0x1"}"#, None),
        (r#"{"minutes":true}"#, None),
        (r#"{"votes":-1}"#, None),
        (r#"{"votes":-0}"#, Some(json!({}))),
        (
            r#"{"votes":18446744073709551615}"#,
            Some(json!({"votes": "18446744073709551615"})),
        ),
        (r#"{"votes":18446744073709551616}"#, None),
        (r#"{"score":1e400}"#, None),
        (
            r#"{"score":"Infinity"}"#,
            Some(json!({"score": "Infinity"})),
        ),
        (r#"{"score":Infinity}"#, None),
        (r#"{"weight":3.5e38}"#, None),
        (r#"{"weight":"NaN"}"#, Some(json!({"weight": "NaN"}))),
    ] {
        assert_eq!(read(json, ReadOptions::CANONICAL).ok(), expected, "{json}");
    }
}

#[test]
fn strings_are_whole_characters() {
    for (json, expected) in [
        (r#"{"title":"\ud83d\ude01"}"#, Some("😁")),
        (r#"{"title":"\u0000\/"}"#, Some("\0/")),
        (r#"{"title":"\ud83d"}"#, None),
        (r#"{"title":"\ude01\ud83d"}"#, None),
        (r#"{"title":"\ud83dx"}"#, None),
        (r#"{"title":"\u+123"}"#, None),
        (r#"{"title":"\u12"}"#, None),
        ("{\"title\":\"a\nb\"}", None),
        (r#"{"title":"a"#, None),
        (r#"{"title":"a\"#, None),
    ] {
        let read = read(json, ReadOptions::CANONICAL).ok();
        assert_eq!(
            read,
            expected.map(|title| json!({ "title": title })),
            "{json}"
        );
    }
    let mut out = vec![7];
    let error = CODEC.json_to_wire(Case::film(), b"{\"title\":\"a\xff\"}", &mut out, &PLAIN);
    assert_eq!(
        error.unwrap_err().to_string(),
        "not UTF-8 (line 1, column 12)"
    );
    assert_eq!(out, [7]);
}

#[test]
fn nesting_ends_at_the_limit() {
    let nested = |levels: usize| {
        let open = r#"{"episode":{"film":"#.repeat(levels);
        format!("{open}{{}}{}", "}}".repeat(levels))
    };
    assert!(read(&nested(49), ReadOptions::CANONICAL).is_ok());
    assert_eq!(refused(&nested(50)).problem, "nested too deeply");
    let lists = |levels: usize| {
        format!(
            r#"{{"value":{}{}}}"#,
            "[".repeat(levels),
            "]".repeat(levels)
        )
    };
    assert!(read(&lists(40), ReadOptions::CANONICAL).is_ok());
    assert_eq!(refused(&lists(10_000)).problem, "nested too deeply");
    // What is accepted is never too deep for the service that decodes it.
    let objects = |levels: usize| {
        format!(
            r#"{{"structure":{}1{}}}"#,
            r#"{"k":"#.repeat(levels),
            "}".repeat(levels)
        )
    };
    for levels in 1..101 {
        let _ = read(&lists(levels), ReadOptions::CANONICAL);
        let _ = read(&objects(levels), ReadOptions::CANONICAL);
    }
    let ignored = lists(100_000).replace("value", "unknown");
    assert_eq!(
        read(&ignored, IGNORING).unwrap_err().problem,
        "nested too deeply"
    );
}

#[test]
fn required_fields_of_proto2_are_required() {
    let read = |json: &str| {
        let id = CODEC.message("t2.Old").unwrap();
        CODEC.json_to_wire(id, json.as_bytes(), &mut Vec::new(), &PLAIN)
    };
    assert!(read(r#"{"must":0}"#).is_ok());
    for json in ["{}", r#"{"must":null}"#] {
        let error = read(json).unwrap_err();
        assert_eq!((&*error.path, &*error.problem), ("must", "required"));
    }
    assert_eq!(
        read(r#"{"must":1,"kind":9}"#).unwrap_err().problem,
        "unknown enum value 9"
    );
    assert!(read(r#"{"must":1,"[t2.more]":"x","g":{"a":1}}"#).is_ok());
}

#[test]
fn the_walk_names_the_fields_of_an_update_mask() {
    let seen = |json: &str| {
        let options = ReadOptions {
            record_seen: true,
            ..PLAIN
        };
        let seen = CODEC.json_to_wire(Case::film(), json.as_bytes(), &mut Vec::new(), &options);
        seen.unwrap().into_paths().join(" ")
    };
    assert_eq!(
        seen(r#"{"releaseDate":"2026","title":null}"#),
        "release_date title"
    );
    assert_eq!(
        seen(r#"{"episode":{"film":{"title":"a","minutes":0},"number":1}}"#),
        "episode.film.title episode.film.minutes episode.number"
    );
    assert_eq!(
        seen(r#"{"episode":{},"credits":[{"name":"a"}],"labels":{"a":"b"}}"#),
        "episode credits labels"
    );
    assert_eq!(
        seen(r#"{"structure":{"a":1},"published":"2026-01-01T00:00:00Z"}"#),
        "structure published"
    );
    assert_eq!(seen("{}"), "");
    let options = ReadOptions {
        record_seen: true,
        ..PLAIN
    };
    let one = CODEC.json_to_wire_field(
        Case::film(),
        8,
        br#"{"number":1}"#,
        &mut Vec::new(),
        &options,
    );
    assert_eq!(one.unwrap().paths(), ["number"]);
    let none = CODEC.json_to_wire(Case::film(), br#"{"title":"a"}"#, &mut Vec::new(), &PLAIN);
    assert!(none.unwrap().paths().is_empty());
}

#[test]
fn one_field_is_read_from_its_own_json() {
    let field = |number: u32, json: &str| {
        let mut wire = Vec::new();
        CODEC
            .json_to_wire_field(Case::film(), number, json.as_bytes(), &mut wire, &PLAIN)
            .map(|_| wire)
    };
    assert_eq!(field(1, r#""a""#).unwrap(), [0x0a, 1, b'a']);
    assert_eq!(field(8, " {} ").unwrap(), [0x42, 0]);
    assert!(field(8, "null").unwrap().is_empty());
    assert_eq!(
        field(6, r#"[{"name":"a"},{}]"#).unwrap(),
        [0x32, 3, 0x0a, 1, b'a', 0x32, 0]
    );
    assert_eq!(
        field(8, r#"{"film":{"title":1}}"#).unwrap_err().path,
        "film.title"
    );
    assert_eq!(field(99, "{}").unwrap_err().problem, "unknown field");
}

#[test]
fn one_value_is_read_from_plain_text() {
    let text = |name: &str, text: &str| {
        let of = POOL.get_message_by_name("t.Film").unwrap();
        let number = of.get_field_by_name(name).unwrap().number();
        let mut wire = Vec::new();
        CODEC
            .text_to_wire(Case::film(), number, text, &mut wire, &PLAIN)
            .ok()?;
        Some(serde_json::to_value(DynamicMessage::decode(of, &wire[..]).unwrap()).unwrap())
    };
    for (name, given, expected) in [
        ("title", "a \"b\"", Some(json!({"title": "a \"b\""}))),
        ("minutes", "12", Some(json!({"minutes": 12}))),
        ("minutes", "12x", None),
        ("minutes", "", None),
        ("available", "true", Some(json!({"available": true}))),
        ("available", "1", None),
        ("genres", "drama", Some(json!({"genres": ["GENRE_DRAMA"]}))),
        ("genre", "2", Some(json!({"genre": "GENRE_SCI_FI"}))),
        ("score", "-1e3", Some(json!({"score": -1000.0}))),
        (
            "published",
            "2026-01-01T01:00:00+01:00",
            Some(json!({"published": "2026-01-01T00:00:00Z"})),
        ),
        ("published", "yesterday", None),
        ("limit", "0", Some(json!({"limit": 0}))),
        (
            "mask",
            "title,release_date,original_title.x,someThing",
            Some(json!({"mask": "title,releaseDate,originalTitle.x,someThing"})),
        ),
        ("poster", "AQI", Some(json!({"poster": "AQI="}))),
        ("episode", "x", None),
        ("structure", "x", None),
    ] {
        assert_eq!(text(name, given), expected, "{name}={given}");
    }
    // A default is written, so that it wins over what stands before it.
    let mut wire = Vec::new();
    CODEC
        .text_to_wire(Case::film(), 4, "0", &mut wire, &PLAIN)
        .unwrap();
    assert_eq!(wire, [0x20, 0]);
}

#[test]
fn our_routes_take_numbers_as_a_schema_can_tell() {
    let in_json = |json: &str, options| read(json, options).is_ok();
    for json in [
        r#"{"minutes":"12"}"#,
        r#"{"score":"1.5"}"#,
        r#"{"score":"NaN"}"#,
    ] {
        assert!(in_json(json, ReadOptions::CANONICAL), "{json}");
        assert!(!in_json(json, PLAIN), "{json}");
    }
    for json in [
        r#"{"minutes":12.0}"#,
        r#"{"minutes":1e1}"#,
        r#"{"votes":"9007199254740993"}"#,
        r#"{"votes":12}"#,
    ] {
        assert!(in_json(json, PLAIN), "{json}");
    }
    let in_text = |name: &str, text: &str, options: &ReadOptions| {
        let of = POOL.get_message_by_name("t.Film").unwrap();
        let number = of.get_field_by_name(name).unwrap().number();
        CODEC
            .text_to_wire(Case::film(), number, text, &mut Vec::new(), options)
            .is_ok()
    };
    for (name, text) in [("minutes", "0.0"), ("minutes", "1e1"), ("genre", "2.0")] {
        assert!(in_text(name, text, &ReadOptions::CANONICAL), "{text}");
        assert!(!in_text(name, text, &PLAIN), "{text}");
    }
    for (name, text) in [("minutes", "-12"), ("genre", "2"), ("score", "1e3")] {
        assert!(in_text(name, text, &PLAIN), "{text}");
    }
}

#[test]
fn one_value_is_one_literal() {
    for json in [
        r#"{"available":truefalse}"#,
        r#"{"available":true false}"#,
        r#"{"available":falsetrue}"#,
        r#"{"available":truetrue}"#,
    ] {
        assert!(read(json, PLAIN).is_err(), "{json}");
    }
    for json in [r#"{"available":true}"#, r#"{"available": false }"#] {
        assert!(read(json, PLAIN).is_ok(), "{json}");
    }
}

#[test]
fn an_any_may_name_its_type_anywhere() {
    for json in [
        r#"{"extra":{"@type":"x/t.Credit","name":"a"}}"#,
        r#"{"extra":{"name":"a","@type":"x/t.Credit"}}"#,
    ] {
        let expected = json!({"extra": {"@type": "x/t.Credit", "name": "a"}});
        assert_eq!(read(json, ReadOptions::CANONICAL).unwrap(), expected);
    }
    for (json, path) in [
        (r#"{"extra":{"name":"a"}}"#, "extra.@type"),
        (r#"{"extra":{"@type":"t.Credit"}}"#, "extra.@type"),
        (r#"{"extra":{"@type":"x/t.None"}}"#, "extra.@type"),
        (
            r#"{"extra":{"@type":"x/t.Credit","@type":"x/t.Credit"}}"#,
            "extra.@type",
        ),
        (
            r#"{"extra":{"@type":"x/t.Credit","name":"a","name":"b"}}"#,
            "extra.name",
        ),
        (
            r#"{"extra":{"@type":"x/google.protobuf.Int32Value"}}"#,
            "extra.value",
        ),
        (
            r#"{"extra":{"@type":"x/google.protobuf.Int32Value","value":1,"more":1}}"#,
            "extra.more",
        ),
    ] {
        assert_eq!(refused(json).path, path, "{json}");
    }
}
