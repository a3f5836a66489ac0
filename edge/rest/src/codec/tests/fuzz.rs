//! Damaged JSON and damaged wire bytes: whatever comes, there is an answer or an error, and what
//! is accepted is well-formed.

use super::entropy::{Entropy, seed};
use super::oracle::{their_json, their_message};
use super::{schema, values};
use crate::codec::{Codec, EnumStyle, ReadOptions, WriteOptions};
use proptest::prelude::*;
use prost_reflect::prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage};
use std::sync::LazyLock;

/// Changes, removes, inserts, repeats and cuts a few bytes.
fn damage(bytes: &mut Vec<u8>, entropy: &mut Entropy<'_>, alphabet: &[u8]) {
    for _ in 0..=entropy.below(4) {
        let at = entropy.below(bytes.len() + 1);
        let byte = if alphabet.is_empty() {
            entropy.byte()
        } else {
            *entropy.pick(alphabet)
        };
        match entropy.below(6) {
            0 if at < bytes.len() => drop(bytes.remove(at)),
            1 => bytes.insert(at, byte),
            2 => bytes.truncate(at),
            3 => {
                let end = (at + 1 + entropy.below(20)).min(bytes.len());
                let part = bytes[at.min(end)..end].to_vec();
                bytes.splice(at..at, part);
            }
            _ if at < bytes.len() => bytes[at] = byte,
            _ => bytes.push(byte),
        }
    }
}

const READS: [ReadOptions; 2] = [
    ReadOptions {
        record_seen: true,
        ..ReadOptions::CANONICAL
    },
    ReadOptions {
        ignore_unknown: true,
        lenient_enums: true,
        strict_numbers: true,
        ..ReadOptions::CANONICAL
    },
];

const WRITES: [WriteOptions; 2] = [
    WriteOptions::CANONICAL,
    WriteOptions {
        defaults: true,
        enum_style: EnumStyle::Short,
        ..WriteOptions::CANONICAL
    },
];

static PRODUCT: LazyLock<(DescriptorPool, Codec)> = LazyLock::new(|| {
    let pool = crate::testing::streamverse_pool();
    let codec = Codec::compile(&pool).unwrap();
    (pool, codec)
});

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_json_is_refused_or_read_as_what_it_is(seed in seed(900)) {
        let mut entropy = Entropy(&seed.0);
        let (_, pool) = schema::random(&mut entropy);
        let codec = Codec::compile(&pool).unwrap();
        let of = pool.get_message_by_name("t.M0").unwrap();
        let id = codec.message("t.M0").unwrap();
        let wire = values::message(&of, &mut entropy, 4).encode_to_vec();
        let mut json = Vec::new();
        if codec.wire_to_json(id, &wire, &mut json, &WRITES[0]).is_err() {
            return Ok(());
        }
        for round in 0..12 {
            let mut json = json.clone();
            damage(&mut json, &mut entropy, b"{}[]\",:\\u0019eE+-. ntf\x01\xc3\xa9@");
            let well_formed = serde_json::from_slice::<serde_json::Value>(&json);
            let mut out = b"before".to_vec();
            match codec.json_to_wire(id, &json, &mut out, &READS[round % 2]) {
                Ok(_) => {
                    // A number too large for the checker is still well-formed.
                    let fine = well_formed.as_ref().map_or_else(
                        |error| error.to_string().contains("number out of range"),
                        |_| true,
                    );
                    prop_assert!(fine, "{}", String::from_utf8_lossy(&json));
                    let ours = DynamicMessage::decode(of.clone(), &out[6..]);
                    prop_assert!(ours.is_ok(), "{}", String::from_utf8_lossy(&json));
                    if let (Ok(ours), Ok(theirs)) = (ours, their_message(&of, &json)) {
                        prop_assert_eq!(
                            their_json(&ours, WRITES[0]),
                            their_json(&theirs, WRITES[0]),
                            "{}", String::from_utf8_lossy(&json)
                        );
                    }
                }
                Err(error) => {
                    prop_assert_eq!(&out[..], b"before");
                    let lines = json.split(|byte| *byte == b'\n').count();
                    prop_assert!(error.line as usize <= lines && error.line > 0);
                    prop_assert!(error.column > 0 && error.column as usize <= json.len() + 1);
                }
            }
        }
    }

    #[test]
    fn damaged_wire_bytes_are_refused_or_become_json(seed in seed(900)) {
        let mut entropy = Entropy(&seed.0);
        let (text, pool) = schema::random(&mut entropy);
        let codec = Codec::compile(&pool).unwrap();
        let of = pool.get_message_by_name("t.M0").unwrap();
        let id = codec.message("t.M0").unwrap();
        let wire = values::message(&of, &mut entropy, 4).encode_to_vec();
        for round in 0..12 {
            let mut wire = wire.clone();
            damage(&mut wire, &mut entropy, &[]);
            let mut out = b"before".to_vec();
            if codec.wire_to_json(id, &wire, &mut out, &WRITES[round % 2]).is_ok() {
                let json = serde_json::from_slice::<serde_json::Value>(&out[6..]);
                prop_assert!(json.is_ok(), "{text}\n{:?}: {}", wire, String::from_utf8_lossy(&out));
            } else {
                prop_assert_eq!(&out[..], b"before");
            }
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let (pool, codec) = &*PRODUCT;
        for message in pool.all_messages() {
            let id = codec.message(message.full_name()).unwrap();
            let mut out = Vec::new();
            let _ = codec.json_to_wire(id, &bytes, &mut out, &READS[1]);
            let _ = codec.wire_to_json(id, &bytes, &mut out, &WRITES[1]);
            for field in message.fields() {
                let _ = codec.json_to_wire_field(id, field.number(), &bytes, &mut out, &READS[0]);
                let _ = codec.wire_to_json_field(id, field.number(), &bytes, &mut out, &WRITES[1]);
                let text = String::from_utf8_lossy(&bytes);
                let _ = codec.text_to_wire(id, field.number(), &text, &mut out, &READS[1]);
            }
        }
    }
}
