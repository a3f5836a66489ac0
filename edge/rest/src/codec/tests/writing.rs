//! Wire bytes to JSON, case by case.

use super::cases::{CODEC, Case};
use crate::codec::format::wire::put_varint;
use crate::codec::{EnumStyle, WireErrorKind, WriteOptions};

const CANONICAL: WriteOptions = WriteOptions::CANONICAL;
const PLAIN: WriteOptions = WriteOptions::PLAIN;

fn write_as(message: &str, wire: &[u8], options: WriteOptions) -> Result<String, String> {
    let mut out = Vec::new();
    let id = CODEC.message(message).unwrap();
    match CODEC.wire_to_json(id, wire, &mut out, &options) {
        Ok(()) => Ok(String::from_utf8(out).unwrap()),
        Err(error) => Err(error.to_string()),
    }
}

/// Writes a `t.Film` canonically.
fn write(wire: &[u8]) -> String {
    write_as("t.Film", wire, CANONICAL).unwrap()
}

fn refused(wire: &[u8]) -> String {
    write_as("t.Film", wire, CANONICAL).unwrap_err()
}

/// A field with a length.
fn bytes(number: u32, content: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    put_varint(&mut wire, u64::from(number << 3 | 2));
    put_varint(&mut wire, content.len() as u64);
    wire.extend_from_slice(content);
    wire
}

fn varint(number: u32, value: u64) -> Vec<u8> {
    let mut wire = Vec::new();
    put_varint(&mut wire, u64::from(number << 3));
    put_varint(&mut wire, value);
    wire
}

#[test]
fn fields_are_written_in_their_order_and_spelling() {
    let wire = [bytes(1, b"a"), bytes(2, b"b"), varint(3, 2), varint(5, 7)].concat();
    let json = r#"{"title":"a","releaseDate":"b","genre":"GENRE_SCI_FI","votes":"7"}"#;
    assert_eq!(write(&wire), json);
    let preserved = WriteOptions {
        preserve_names: true,
        enum_style: EnumStyle::Short,
        ..CANONICAL
    };
    let json = r#"{"title":"a","release_date":"b","genre":"sci_fi","votes":"7"}"#;
    assert_eq!(write_as("t.Film", &wire, preserved).unwrap(), json);
    assert_eq!(write(&[]), "{}");
    assert_eq!(write(&varint(3, 77)), r#"{"genre":77}"#);
}

#[test]
fn defaults_are_printed_on_demand_and_in_place() {
    let json = write_as("t.Credit", &[], PLAIN).unwrap();
    assert_eq!(json, r#"{"name":"","role":""}"#);
    let json = write_as("t.Episode", &bytes(2, &bytes(2, b"2026")), PLAIN).unwrap();
    let film = concat!(
        r#"{"title":"","releaseDate":"2026","genre":"unspecified","minutes":0,"votes":"0","#,
        r#""credits":[],"labels":{},"counts":{},"score":0,"weight":0,"poster":"","available":false,"#,
        r#""genres":[],"mixed":"mixed_none","playback_url":"","other":"","heights":[],"tags":[]}"#,
    );
    assert_eq!(
        json,
        format!(r#"{{"number":0,"film":{film}}}"#).replace("mixed_none", "none")
    );
    // Written defaults of fields without presence are none the less defaults.
    assert_eq!(
        write(&[varint(4, 0), bytes(1, b""), varint(27, 0)].concat()),
        r#"{"order":0}"#
    );
}

#[test]
fn a_short_enum_name_is_printed_only_where_it_is_read_back() {
    let short = WriteOptions {
        enum_style: EnumStyle::Short,
        ..CANONICAL
    };
    for (number, name) in [(1, "kind_a"), (2, "a"), (3, "MIXED_KIND_A")] {
        let json = write_as("t.Film", &varint(22, number), short).unwrap();
        assert_eq!(json, format!(r#"{{"mixed":"{name}"}}"#));
    }
}

#[test]
fn split_lists_become_one() {
    let credit = |name: &[u8]| bytes(6, &bytes(1, name));
    let wire = [
        credit(b"a"),
        bytes(1, b"t"),
        credit(b"b"),
        bytes(28, b"x"),
        credit(b"c"),
    ]
    .concat();
    let json = r#"{"title":"t","credits":[{"name":"a"},{"name":"b"},{"name":"c"}],"tags":["x"]}"#;
    assert_eq!(write(&wire), json);
    let packed = [
        bytes(26, &[1, 2]),
        varint(26, 3),
        bytes(26, &[]),
        bytes(26, &[4]),
    ]
    .concat();
    assert_eq!(write(&packed), r#"{"heights":[1,2,3,4]}"#);
    assert_eq!(write(&bytes(26, &[])), "{}");
    assert_eq!(write(&[bytes(26, &[]), bytes(26, &[])].concat()), "{}");
    assert_eq!(
        write(&[bytes(26, &[]), bytes(26, &[5]), bytes(26, &[])].concat()),
        r#"{"heights":[5]}"#
    );
    assert_eq!(
        write(&[varint(26, 1), varint(26, 2)].concat()),
        r#"{"heights":[1,2]}"#
    );
}

#[test]
fn split_messages_are_merged_and_the_last_scalar_wins() {
    let film = |wire: &[u8]| bytes(8, &bytes(2, wire));
    let wire = [
        film(&bytes(1, b"a")),
        bytes(2, b"x"),
        film(&bytes(28, b"one")),
        bytes(2, b"y"),
        bytes(8, &varint(1, 5)),
        film(&[bytes(1, b"b"), bytes(28, b"two")].concat()),
    ]
    .concat();
    let json =
        r#"{"releaseDate":"y","episode":{"number":5,"film":{"title":"b","tags":["one","two"]}}}"#;
    assert_eq!(write(&wire), json);
    assert_eq!(write(&[varint(4, 1), varint(4, 0)].concat()), "{}");
}

#[test]
fn the_last_member_of_a_oneof_holds() {
    let episode = |number| bytes(8, &varint(1, number));
    let series = bytes(7, b"s");
    assert_eq!(
        write(&[series.clone(), episode(1)].concat()),
        r#"{"episode":{"number":1}}"#
    );
    assert_eq!(
        write(&[episode(1), series.clone()].concat()),
        r#"{"series":"s"}"#
    );
    // What stood before another member is gone; what follows merges.
    let wire = [
        bytes(8, &bytes(2, &[])),
        series,
        episode(1),
        bytes(8, &bytes(2, &bytes(1, b"t"))),
    ]
    .concat();
    assert_eq!(
        write(&wire),
        r#"{"episode":{"number":1,"film":{"title":"t"}}}"#
    );
    assert_eq!(write(&varint(24, 0)), r#"{"nothing":null}"#);
}

#[test]
fn members_of_a_oneof_may_come_before_lower_numbers() {
    let wire = [bytes(8, &[]), bytes(1, b"a")].concat();
    assert_eq!(write(&wire), r#"{"episode":{},"title":"a"}"#);
    // With defaults the lower number has its place already.
    let json = write_as("t.Film", &wire, PLAIN).unwrap();
    assert!(
        json.starts_with(r#"{"title":"a","releaseDate":"""#),
        "{json}"
    );
    assert_eq!(json.matches("\"title\"").count(), 1);
}

#[test]
fn maps_keep_the_last_value_of_a_key_and_defaults_of_missing_parts() {
    let entry = |key: &[u8], value: &[u8]| bytes(9, &[bytes(1, key), bytes(2, value)].concat());
    let wire = [entry(b"a", b"1"), entry(b"b", b"2"), entry(b"a", b"3")].concat();
    assert_eq!(write(&wire), r#"{"labels":{"a":"3","b":"2"}}"#);
    let backwards = bytes(9, &[bytes(2, b"v"), bytes(1, b"k")].concat());
    assert_eq!(write(&backwards), r#"{"labels":{"k":"v"}}"#);
    assert_eq!(write(&bytes(9, &[])), r#"{"labels":{"":""}}"#);
    let wire = [
        bytes(10, &[]),
        bytes(10, &[varint(1, u64::MAX), varint(2, 5)].concat()),
    ]
    .concat();
    assert_eq!(write(&wire), r#"{"counts":{"0":0,"-1":5}}"#);
}

#[test]
fn well_known_types_have_their_own_spelling() {
    let known = |number, wire: &[u8]| write(&bytes(number, wire));
    assert_eq!(
        known(16, &[varint(1, 1), varint(2, 20_000_000)].concat()),
        r#"{"published":"1970-01-01T00:00:01.020Z"}"#
    );
    assert_eq!(known(17, &[]), r#"{"limit":0}"#);
    assert_eq!(
        known(18, &[bytes(1, b"a_b"), bytes(1, b"c")].concat()),
        r#"{"mask":"aB,c"}"#
    );
    assert_eq!(known(14, &[]), r#"{"value":null}"#);
    assert_eq!(
        known(14, &[bytes(3, b"s"), varint(4, 1)].concat()),
        r#"{"value":true}"#
    );
    let entry = |key: &[u8], value: &[u8]| bytes(1, &[bytes(1, key), bytes(2, value)].concat());
    let list = |wire: &[u8]| bytes(6, &bytes(1, wire));
    // Two lists of one value merge, as any message does.
    assert_eq!(
        known(14, &[list(&varint(4, 1)), list(&varint(1, 0))].concat()),
        r#"{"value":[true,null]}"#
    );
    assert_eq!(
        known(13, &entry(b"k", &bytes(5, &entry(b"q\"", &list(&[]))))),
        r#"{"structure":{"k":{"q\"":[null]}}}"#
    );
    let any = |url: &[u8], value: &[u8]| known(15, &[bytes(1, url), bytes(2, value)].concat());
    assert_eq!(
        any(b"x/t.Credit", &bytes(1, b"n")),
        r#"{"extra":{"@type":"x/t.Credit","name":"n"}}"#
    );
    assert_eq!(
        any(b"x/t.Credit", &[]),
        r#"{"extra":{"@type":"x/t.Credit"}}"#
    );
    assert_eq!(
        any(b"x/google.protobuf.Int32Value", &varint(1, 4)),
        r#"{"extra":{"@type":"x/google.protobuf.Int32Value","value":4}}"#
    );
    assert_eq!(known(15, &[]), r#"{"extra":{}}"#);
}

#[test]
fn what_json_cannot_hold_is_told_from_what_is_no_message() {
    let kind = |wire: &[u8]| {
        let mut out = b"kept".to_vec();
        let error = CODEC
            .wire_to_json(Case::film(), wire, &mut out, &CANONICAL)
            .unwrap_err();
        assert_eq!(out, b"kept");
        error.kind
    };
    let nan = [&[0x11][..], &f64::NAN.to_le_bytes()].concat();
    for wire in [
        bytes(14, &nan),
        bytes(15, &bytes(1, b"x/t.None")),
        bytes(15, &bytes(2, b"value without a type")),
        bytes(16, &varint(1, 253_402_300_800)),
        bytes(18, &bytes(1, b"aB")),
    ] {
        assert_eq!(kind(&wire), WireErrorKind::Unprintable, "{wire:?}");
    }
    for wire in [
        vec![0x0a, 5, b'a'],
        vec![0x00],
        vec![0x0c],
        vec![0x0f],
        bytes(1, b"\xff"),
        vec![0x0b, 0x14],
    ] {
        assert_eq!(kind(&wire), WireErrorKind::Malformed, "{wire:?}");
    }
    assert_eq!(
        refused(&bytes(8, &bytes(2, &bytes(6, &[0x0a, 9])))),
        "truncated bytes in t.Credit"
    );
}

#[test]
fn unknown_fields_and_other_wire_types_are_passed_over() {
    let group = [0x8b, 0x06, 0x08, 1, 0x0b, 0x0c, 0x8c, 0x06];
    let wire = [
        &group[..],
        &bytes(1, b"a"),
        &varint(2, 5),
        &bytes(4, b"abc"),
        &[0x9d, 0x06, 1, 2, 3, 4],
    ]
    .concat();
    assert_eq!(write(&wire), r#"{"title":"a"}"#);
}

#[test]
fn nesting_ends_at_the_limit() {
    let nested = |levels| (0..levels).fold(Vec::new(), |wire, _| bytes(8, &bytes(2, &wire)));
    assert!(write_as("t.Film", &nested(49), CANONICAL).is_ok());
    assert!(refused(&nested(50)).starts_with("nested too deeply"));
    let groups = [0x8b, 0x06].repeat(5000);
    assert!(refused(&groups).starts_with("nested too deeply"));
    // The careful path ends there as well.
    let twice = |levels| [varint(4, 1), nested(levels), varint(4, 1)].concat();
    assert!(write_as("t.Film", &twice(49), CANONICAL).is_ok());
    assert!(refused(&twice(50)).starts_with("nested too deeply"));
}

#[test]
fn proto2_has_closed_enums_groups_extensions_and_required_fields() {
    let old = |wire: &[u8]| write_as("t2.Old", wire, CANONICAL);
    let must = varint(1, 0);
    let with = |more: &[u8]| old(&[&must[..], more].concat()).unwrap();
    assert_eq!(with(&[]), r#"{"must":0}"#);
    assert!(
        old(&[])
            .unwrap_err()
            .starts_with("a required field is missing")
    );
    assert!(
        old(&[varint(2, 1), varint(2, 2)].concat())
            .unwrap_err()
            .starts_with("a required field is missing")
    );
    // Values that the enum does not declare count as unknown fields.
    assert_eq!(with(&varint(2, 9)), r#"{"must":0}"#);
    assert_eq!(
        with(&[varint(2, 1), varint(2, 9)].concat()),
        r#"{"must":0,"kind":"ONE"}"#
    );
    assert_eq!(
        with(&[varint(3, 1), varint(3, 9), varint(3, 2)].concat()),
        r#"{"must":0,"kinds":["ONE","TWO"]}"#
    );
    assert_eq!(with(&bytes(3, &[9, 9])), r#"{"must":0}"#);
    let entry = |value| bytes(4, &[bytes(1, b"k"), varint(2, value)].concat());
    assert_eq!(
        with(&[entry(2), entry(9)].concat()),
        r#"{"must":0,"named":{"k":"TWO"}}"#
    );
    let group = |wire: &[u8]| [&[0x2b][..], wire, &[0x2c]].concat();
    assert_eq!(with(&group(&varint(1, 3))), r#"{"must":0,"g":{"a":3}}"#);
    assert_eq!(
        with(&[group(&varint(1, 3)), group(&varint(5, 4))].concat()),
        r#"{"must":0,"g":{"a":3,"b":4}}"#
    );
    assert_eq!(
        with(&[bytes(100, b"x"), bytes(101, &[1, 2])].concat()),
        r#"{"must":0,"[t2.more]":"x","[t2.many]":[1,2]}"#
    );
    // Extensions are printed where they are set, and only there.
    let plain = write_as("t2.Old", &must, PLAIN).unwrap();
    assert_eq!(plain, r#"{"must":0,"kinds":[],"named":{}}"#);
}

#[test]
fn one_field_is_written_alone() {
    let field = |number, wire: &[u8], options: &WriteOptions| {
        let mut out = Vec::new();
        CODEC
            .wire_to_json_field(Case::film(), number, wire, &mut out, options)
            .unwrap();
        String::from_utf8(out).unwrap()
    };
    let credit = |name: &[u8]| bytes(6, &bytes(1, name));
    let wire = [
        bytes(1, b"t"),
        credit(b"a"),
        bytes(9, &bytes(1, b"k")),
        credit(b"b"),
    ]
    .concat();
    assert_eq!(field(1, &wire, &CANONICAL), "\"t\"");
    assert_eq!(
        field(6, &wire, &CANONICAL),
        r#"[{"name":"a"},{"name":"b"}]"#
    );
    assert_eq!(
        field(6, &wire, &PLAIN),
        r#"[{"name":"a","role":""},{"name":"b","role":""}]"#
    );
    assert_eq!(field(9, &wire, &CANONICAL), r#"{"k":""}"#);
    for (number, absent) in [
        (1, "\"\""),
        (3, "\"GENRE_UNSPECIFIED\""),
        (5, "\"0\""),
        (6, "[]"),
        (8, "{}"),
        (9, "{}"),
        (13, "{}"),
        (14, "null"),
        (16, "null"),
        (17, "null"),
        (20, "false"),
    ] {
        assert_eq!(field(number, &[], &CANONICAL), absent, "{number}");
    }
    assert_eq!(field(8, &[], &PLAIN), r#"{"number":0}"#);
    // The last member of a oneof holds here as well.
    assert_eq!(
        field(7, &[bytes(7, b"s"), bytes(8, &[])].concat(), &CANONICAL),
        "\"\""
    );
    assert!(
        CODEC
            .wire_to_json_field(Case::film(), 99, &[], &mut Vec::new(), &CANONICAL)
            .is_err()
    );
}

#[test]
fn more_fields_than_marks_are_written_in_any_order() {
    let fields: Vec<String> = (1..=300).map(|n| format!("int32 f{n} = {n};")).collect();
    let fields = fields.concat();
    let pool =
        crate::testing::compile_text(&format!("syntax = \"proto3\"; message Wide {{ {fields} }}"));
    let codec = crate::codec::Codec::compile(&pool).unwrap();
    let id = codec.message("Wide").unwrap();
    let wire: Vec<u8> = (1..=300)
        .rev()
        .flat_map(|n| varint(n, u64::from(n)))
        .collect();
    let mut json = Vec::new();
    codec
        .wire_to_json(id, &wire, &mut json, &CANONICAL)
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json.as_object().unwrap().len(), 300);
    assert_eq!(json["f299"], 299);
    let mut back = Vec::new();
    codec
        .json_to_wire(
            id,
            json.to_string().as_bytes(),
            &mut back,
            &crate::codec::ReadOptions::CANONICAL,
        )
        .unwrap();
    let twice = json.to_string().replace('{', "{\"f300\":1,");
    assert!(
        codec
            .json_to_wire(
                id,
                twice.as_bytes(),
                &mut back,
                &crate::codec::ReadOptions::CANONICAL
            )
            .is_err()
    );
}
