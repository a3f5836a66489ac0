//! The transcoder against the named alternatives on identical bytes: prost with pbjson, which
//! decodes into generated types, and prost-reflect, which decodes into dynamic ones.
//!
//! `cargo bench -p sv-rest` prints a table and fails where a ratio is under its bar. The
//! contestants take turns and the best of many rounds counts, so that other work on the machine
//! disturbs all of them alike.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, or dies"
)]

#[expect(
    clippy::allow_attributes,
    clippy::all,
    clippy::pedantic,
    unreachable_pub,
    reason = "generated"
)]
mod generated {
    include!("generated/bench.catalogue.rs");
    include!("generated/bench.catalogue.serde.rs");
}

use generated::{
    Credit, CreditRole, Film, Image, ImageKind, ListTitlesResponse, MaturityRating, Title,
    TitleType, title,
};
use prost_reflect::prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use sv_rest::codec::{Codec, MessageId, ReadOptions, WriteOptions};

const ROUNDS: usize = 400;
/// How long one contestant works in one round.
const ROUND: Duration = Duration::from_millis(1);

/// How many times as fast as the typed and as the dynamic contestant the transcoder must be.
struct Bars {
    typed: f64,
    dynamic: f64,
}

struct Bench {
    codec: Codec,
    pool: DescriptorPool,
}

/// One contestant: writes its output into the buffer.
type Contestant<'a> = Box<dyn Fn(&mut Vec<u8>) + 'a>;

fn main() -> ExitCode {
    let descriptors = include_bytes!("generated/catalogue.bin");
    let pool = DescriptorPool::decode(&descriptors[..]).unwrap();
    let bench = Bench {
        codec: Codec::compile(&pool).unwrap(),
        pool,
    };
    let list = ListTitlesResponse {
        titles: (0..20).map(title).collect(),
        next_page_token: "eyJvZmZzZXQiOjIwfQ.c2lnbmF0dXJl".into(),
        total_size: 3200,
    };
    println!(
        "{:<24}{:>9}{:>9}{:>11}{:>11}{:>11}{:>9}{:>9}",
        "", "wire B", "JSON B", "ours us", "pbjson us", "reflect us", "x typed", "x dyn."
    );
    let list_bars = Bars {
        typed: 2.0,
        dynamic: 6.0,
    };
    let item_bars = Bars {
        typed: 1.4,
        dynamic: 6.0,
    };
    let passed = [
        bench.both_ways(
            "list of 20",
            "bench.catalogue.ListTitlesResponse",
            &list,
            &list_bars,
        ),
        bench.both_ways(
            "one item",
            "bench.catalogue.Title",
            &list.titles[0],
            &item_bars,
        ),
    ];
    if passed == [true, true] {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

impl Bench {
    fn both_ways<M>(&self, name: &str, message: &str, value: &M, bars: &Bars) -> bool
    where
        M: Message + Default + serde::Serialize + for<'de> serde::Deserialize<'de>,
    {
        let id = self.codec.message(message).unwrap();
        let descriptor = self.pool.get_message_by_name(message).unwrap();
        let wire = value.encode_to_vec();
        let mut json = Vec::new();
        self.codec
            .wire_to_json(id, &wire, &mut json, &WriteOptions::CANONICAL)
            .unwrap();
        let sizes = format!("{:>9}{:>9}", wire.len(), json.len());
        let out = self.writers::<M>(id, &descriptor, &wire);
        let into = self.readers::<M>(id, &descriptor, &json);
        agree(&out, values);
        agree(&into, |bytes| {
            serde_json::to_value(DynamicMessage::decode(descriptor.clone(), bytes).unwrap())
                .unwrap()
        });
        let one = report(&format!("{name}, wire to JSON"), &sizes, &out, bars);
        let other = report(&format!("{name}, JSON to wire"), &sizes, &into, bars);
        one && other
    }

    fn writers<'a, M>(
        &'a self,
        id: MessageId,
        of: &'a MessageDescriptor,
        wire: &'a [u8],
    ) -> [Contestant<'a>; 3]
    where
        M: Message + Default + serde::Serialize,
    {
        [
            Box::new(move |out| {
                self.codec
                    .wire_to_json(id, wire, out, &WriteOptions::CANONICAL)
                    .unwrap();
            }),
            Box::new(move |out| serde_json::to_writer(out, &M::decode(wire).unwrap()).unwrap()),
            Box::new(move |out| {
                let message = DynamicMessage::decode(of.clone(), wire).unwrap();
                serde_json::to_writer(out, &message).unwrap();
            }),
        ]
    }

    fn readers<'a, M>(
        &'a self,
        id: MessageId,
        of: &'a MessageDescriptor,
        json: &'a [u8],
    ) -> [Contestant<'a>; 3]
    where
        M: Message + for<'de> serde::Deserialize<'de>,
    {
        [
            Box::new(move |out| {
                self.codec
                    .json_to_wire(id, json, out, &ReadOptions::CANONICAL)
                    .unwrap();
            }),
            Box::new(move |out| {
                serde_json::from_slice::<M>(json)
                    .unwrap()
                    .encode(out)
                    .unwrap();
            }),
            Box::new(move |out| {
                let mut source = serde_json::Deserializer::from_slice(json);
                DynamicMessage::deserialize(of.clone(), &mut source)
                    .unwrap()
                    .encode(out)
                    .unwrap();
            }),
        ]
    }
}

/// The contestants must have done the same work.
fn agree<T: PartialEq>(contestants: &[Contestant<'_>; 3], read: impl Fn(&[u8]) -> T) {
    let outputs = contestants.each_ref().map(|run| {
        let mut out = Vec::new();
        run(&mut out);
        read(&out)
    });
    assert!(outputs[0] == outputs[1], "the typed contestant disagrees");
    assert!(outputs[0] == outputs[2], "the dynamic contestant disagrees");
}

/// The values of a document: pbjson spells UTC as an offset of zero, and both others spell whole
/// doubles with a fraction.
fn values(json: &[u8]) -> serde_json::Value {
    fn normal(value: serde_json::Value) -> serde_json::Value {
        match value {
            serde_json::Value::Number(number) => number.as_f64().into(),
            serde_json::Value::String(text) => text.replace("+00:00", "Z").into(),
            serde_json::Value::Array(items) => items.into_iter().map(normal).collect(),
            serde_json::Value::Object(members) => members
                .into_iter()
                .map(|(key, value)| (key, normal(value)))
                .collect(),
            value => value,
        }
    }
    normal(serde_json::from_slice(json).unwrap())
}

fn report(name: &str, sizes: &str, contestants: &[Contestant<'_>; 3], bars: &Bars) -> bool {
    let [ours, typed, dynamic] = measure(contestants);
    let (by_typed, by_dynamic) = (typed / ours, dynamic / ours);
    println!(
        "{name:<24}{sizes}{ours:>11.2}{typed:>11.2}{dynamic:>11.2}{by_typed:>9.2}{by_dynamic:>9.2}"
    );
    let passed = by_typed >= bars.typed && by_dynamic >= bars.dynamic;
    if !passed {
        println!("  under its bar of {} and {}", bars.typed, bars.dynamic);
    }
    passed
}

/// The best time of one run of each contestant, in microseconds.
fn measure(contestants: &[Contestant<'_>; 3]) -> [f64; 3] {
    let mut best = [f64::INFINITY; 3];
    let mut out = Vec::with_capacity(1 << 20);
    for _ in 0..ROUNDS {
        for (best, run) in best.iter_mut().zip(contestants) {
            let start = Instant::now();
            let mut runs = 0_u32;
            while start.elapsed() < ROUND {
                for _ in 0..10 {
                    out.clear();
                    run(&mut out);
                    black_box(&out);
                }
                runs += 10;
            }
            *best = best.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(runs));
        }
    }
    best
}

fn title(index: i32) -> Title {
    let number = u32::try_from(index).unwrap();
    // The first is the item of about 1 kB, the others bring the list to about 16 kB.
    let (credits, overview) = match index {
        0 => (
            2,
            "When the last harvest fails, a village on the coast has one night to decide who \
                  leaves and who stays; \"nobody\" is not an answer.",
        ),
        _ => (
            1,
            "One night to decide who leaves; \"nobody\" is not an answer.",
        ),
    };
    Title {
        id: format!("0190f3a2-77b4-7c1e-9a55-{:012x}", number * 7919),
        r#type: TitleType::Movie.into(),
        title: format!("The Long Night of the Harvest, Part {index}"),
        original_title: "Die lange Nacht der Ernte – Rückkehr".into(),
        overview: overview.into(),
        release_date: format!("20{:02}-0{}-1{}", number % 26, number % 8 + 1, number % 9),
        duration_seconds: 5_400 + index * 61,
        score: 6.0 + f64::from(index) / 7.0,
        vote_count: 1_204 + number * 37,
        genres: vec!["Drama".into(), "Thriller".into()],
        credits: (0..credits)
            .map(|position| Credit {
                name: format!("Alexandra Example {position}"),
                role: CreditRole::Actor.into(),
                character: "Captain Mirelle".into(),
                position,
            })
            .collect(),
        images: vec![Image {
            kind: ImageKind::Poster.into(),
            url: format!("/images/posters/{index}/w780.webp"),
            width: 780,
            height: 1170,
        }],
        labels: [("quality".into(), "uhd".into())].into(),
        available_heights: vec![480, 720, 1080, 2160],
        available: true,
        views: 90_071_992 + i64::from(index),
        published_at: Some(pbjson_types::Timestamp {
            seconds: 1_750_000_000 + i64::from(index) * 86_400,
            nanos: 0,
        }),
        rating: MaturityRating::Teen.into(),
        details: Some(title::Details::Film(Film {
            tagline: "One night.".into(),
            budget_cents: 1_250_000_000,
        })),
    }
}
