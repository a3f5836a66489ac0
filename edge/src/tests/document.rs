//! The OpenAPI document and the services: what the one allows the others take.

use prost::Message as _;
use regex::Regex;
use serde_json::Value;
use sv_proto::{
    content::{Content, CreateMovieRequest, Score},
    users::{CreateProfileRequest, Profile},
};
use sv_rpc::PolicyTable;

const LANGUAGES: &str = "en PT-br es-419 zh-Hans sr-Latn-RS de-CH-1996 sl-rozaj-biske de-DE-u-co-phonebk \
    en-x-a en-a-bb-cc-b-dd gsw e english en- en--US en_US x-pirate i-klingon zh-yue en-USA es-41 en-a \
    en-a-b en-x 日本 en-abcdefgh-abcdefgh-abcdefgh-abcdefgh en-abcdefghi en-1abc en-abcd-abcd";
const ADDRESSES: &str = "https://example.com/a?b#c http://[::1]:8080/ http://[::1] http://localhost:1 \
    https://x:65535/ https://x:00080 https://x:65536 https://x:99999/ https://x: https://x:+80 \
    https://a:b:80 https://[a/ https://[::1]x/ https://u:p@x/ https:// https:///a //x ftp://x \
    https://x/\u{feff} https://x/\u{85} https://x/{a} https://bücher.example/ä https://x?y https://x#y \
    HTTPS://x /stream/poster/1 / /\\x /\u{feff} x";
const CODES: &str = "NO no N NOR N0 imdb-2 Imdb a_b - é";
/// What the other lists cannot hold, because they are divided by blanks.
const SPACED: [&str; 10] = [
    "",
    "a b",
    "/a b",
    "https://x y/",
    "a\n\tb — ü 🎬",
    "a\r",
    "\u{0}",
    "\u{1b}",
    "\u{7f}\u{9f}",
    "\u{a0}",
];

fn texts() -> impl Iterator<Item = &'static str> {
    let divided = [LANGUAGES, ADDRESSES, CODES];
    let divided = divided.into_iter().flat_map(|list| list.split(' '));
    divided.chain(SPACED)
}

/// A request that holds a text in one of its fields.
type Asked = fn(&str) -> Vec<u8>;

fn film(change: impl FnOnce(&mut Content)) -> Vec<u8> {
    let mut content = Content {
        title: "M".into(),
        ..Content::default()
    };
    change(&mut content);
    let content = Some(content);
    CreateMovieRequest { content }.encode_to_vec()
}

fn profile(change: impl FnOnce(&mut Profile)) -> Vec<u8> {
    let mut profile = Profile {
        name: "Ana".into(),
        ..Profile::default()
    };
    change(&mut profile);
    let profile = Some(profile);
    CreateProfileRequest { profile }.encode_to_vec()
}

/// The schema of a field in the document, and requests with this field.
const FIELDS: [(&str, Asked); 7] = [
    ("users.v1.ProfileInput/properties/language", |text| {
        profile(|of| of.language = text.into())
    }),
    ("users.v1.ProfileInput/properties/avatarUrl", |text| {
        profile(|of| of.avatar_url = text.into())
    }),
    (
        "content.v1.CreateMovieRequest.contentInput/properties/language",
        |text| film(|of| of.language = text.into()),
    ),
    (
        "content.v1.CreateMovieRequest.contentInput/properties/posterUrl",
        |text| film(|of| of.poster_url = text.into()),
    ),
    (
        "content.v1.CreateMovieRequest.contentInput/properties/synopsis",
        |text| film(|of| of.synopsis = text.into()),
    ),
    (
        "content.v1.CreateMovieRequest.contentInput/properties/countries/items",
        |text| film(|of| of.countries = vec![text.into()]),
    ),
    ("content.v1.ScoreInput/properties/source", |text| {
        let score = Score {
            source: text.into(),
            scale: 10.0,
            ..Score::default()
        };
        film(|of| of.scores = vec![score])
    }),
];

#[test]
fn what_the_document_says_of_a_text_is_what_services_check() {
    let document = include_str!("../../../gen/openapi/streamverse.json");
    let document: Value = serde_json::from_str(document).unwrap();
    let policies = PolicyTable::ours().unwrap();
    for (path, asked) in FIELDS {
        let rpc = if path.starts_with("users") {
            "/streamverse.users.v1.UserService/CreateProfile"
        } else {
            "/streamverse.content.v1.ContentAdminService/CreateMovie"
        };
        let policy = policies.get(rpc).unwrap();
        let schema = document.pointer(&format!("/components/schemas/{path}"));
        let schema = schema.unwrap();
        let pattern = Regex::new(schema["pattern"].as_str().unwrap()).unwrap();
        let longest = schema["maxLength"].as_u64().unwrap_or(u64::MAX);
        for text in texts() {
            let fits = pattern.is_match(text) && text.chars().count() as u64 <= longest;
            let taken = policy.input.check(&asked(text));
            assert_eq!(fits, taken.is_ok(), "{path} {text:?}: {taken:?}");
        }
    }
}
