//! The product's document.

use std::collections::BTreeSet;

use prost_reflect::Kind;
use serde_json::Value;

use super::*;
use crate::codec::WriteOptions;
use crate::testing;

fn ours() -> Value {
    document(&testing::streamverse_pool()).unwrap()
}

#[test]
fn every_route_of_the_plan_is_described() {
    let pool = testing::streamverse_pool();
    let plan = testing::plan(&pool);
    let document = ours();
    let operations: usize = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .map(|item| item.as_object().unwrap().len())
        .sum();
    assert!(operations >= plan.bindings().len(), "{operations}");
    let update = &document["paths"]["/admin/ondemand/movies/{id}"]["patch"];
    assert_eq!(update["security"], json!([{"bearer": []}]));
    assert!(
        update["responses"]["412"]["description"]
            .as_str()
            .unwrap()
            .contains("VERSION_MISMATCH")
    );
    let import = &document["paths"]["/admin/ondemand/movies:import"]["post"];
    assert_eq!(import["operationId"], "ContentAdminService_ImportMovies");
    // C38: the collection takes `id`, which goes with none of its parameters.
    let list = &document["paths"]["/ondemand/movies"]["get"];
    assert!(list["description"].as_str().unwrap().contains("`?id=`"));
    assert!(document["paths"]["/users/profiles"]["delete"].is_object());
    // C10: no routes for services.
    assert!(document["paths"]["/rights/check_access"].is_null());
}

#[test]
fn every_status_that_a_call_can_answer_is_described() {
    let document = ours();
    let statuses = |path: &str, verb: &str| -> BTreeSet<String> {
        let responses = &document["paths"][path][verb]["responses"];
        responses.as_object().unwrap().keys().cloned().collect()
    };
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            let described = statuses(path, verb);
            for status in ["400", "414", "429", "431", "500", "503"] {
                assert!(described.contains(status), "{verb} {path} {status}");
            }
            let schemes = operation["security"].to_string();
            if !schemes.contains("{}") {
                // An address has its token in it: one that does not hold opens nothing (403).
                let tokens = schemes.contains("bearer");
                assert_eq!(described.contains("401"), tokens, "{verb} {path} 401");
            }
        }
    }
    let segment = statuses("/stream/hls/{content_id}/{quality}/{segment}", "get");
    for status in ["206", "304", "403", "404", "412", "416"] {
        assert!(segment.contains(status), "{status}");
    }
    assert!(!segment.contains("406"), "bytes have one form");
    let list = statuses("/ondemand/movies", "get");
    assert!(list.contains("404"), "of the item that `id` names");
    assert!(list.contains("304") && list.contains("406"));
    let create = statuses("/users/profiles", "post");
    assert!(create.contains("413") && create.contains("415") && !create.contains("304"));
}

#[test]
fn versions_are_named_where_they_matter() {
    let document = ours();
    let takes = |path: &str, verb: &str, header: &str| {
        let parameters = &document["paths"][path][verb]["parameters"];
        let reference = format!("#/components/parameters/{header}");
        let parameters = parameters.as_array().unwrap();
        parameters.iter().any(|one| one["$ref"] == *reference)
    };
    let film = "/admin/ondemand/movies/{id}";
    assert!(takes(film, "get", "IfNoneMatch") && !takes(film, "get", "IfMatch"));
    for verb in ["put", "patch", "delete"] {
        assert!(takes(film, verb, "IfMatch"), "{verb}");
        assert!(!takes(film, verb, "IfNoneMatch"), "{verb}");
    }
    let answers = &document["paths"][film]["get"]["responses"];
    for status in ["200", "304"] {
        let tag = &answers[status]["headers"]["ETag"]["$ref"];
        assert_eq!(*tag, "#/components/headers/ETag");
    }
    assert!(answers["429"]["headers"]["Retry-After"].is_object());
    assert_eq!(answers["200"]["description"], "A film of any status.");
    let changed = &document["paths"][film];
    assert_eq!(
        changed["put"]["operationId"],
        "ContentAdminService_UpdateMovie"
    );
    assert_eq!(
        changed["patch"]["operationId"],
        "ContentAdminService_UpdateMovie_patch"
    );
}

#[test]
fn values_that_may_be_absent_may_be_empty() {
    let document = ours();
    let content = &document["components"]["schemas"]["content.v1.Content"];
    assert_eq!(content["additionalProperties"], false);
    let date = &content["properties"]["releaseDate"];
    assert_eq!(date["anyOf"], json!([{"format": "date"}, {"maxLength": 0}]));
    assert!(date["format"].is_null());
    let picture = &content["properties"]["posterUrl"]["pattern"];
    assert!(picture.as_str().unwrap().contains("[Ss]?://"), "{picture}");
    let parameters = document["paths"]["/users/profiles"]["delete"]["parameters"].as_array();
    let id = parameters.unwrap().iter().find(|one| one["name"] == "id");
    assert_eq!(id.unwrap()["schema"]["format"], "uuid");
}

#[test]
fn only_what_callers_send_has_bounds_without_a_word() {
    let document = ours();
    let schemas = &document["components"]["schemas"];
    let outcomes = &schemas["content.v1.ImportMoviesResponse"]["properties"]["outcomes"];
    assert!(
        outcomes["maxItems"].is_null(),
        "an answer has as many as there are"
    );
    let answer = &schemas["streaming.v1.PlayOnDemandResponse"]["properties"];
    assert!(answer["title"]["maxLength"].is_null() && answer["title"]["pattern"].is_null());
    let asked = &schemas["auth.v1.RegisterRequestInput"]["properties"];
    assert_eq!(asked["name"]["maxLength"], 100);
    let plain = asked["name"]["pattern"].as_str().unwrap();
    assert!(plain.contains(r"\u0000-\u0008"), "{plain}");
    assert!(
        plain.contains(r"[^\s"),
        "of a name something is seen: {plain}"
    );
    assert!(
        asked["password"]["pattern"].is_null(),
        "passwords hold anything"
    );
}

#[test]
fn what_is_sent_for_something_else_has_other_rules() {
    let document = ours();
    let schemas = &document["components"]["schemas"];
    let body = |path: &str, verb: &str| {
        let content = &document["paths"][path][verb]["requestBody"]["content"];
        let name = content["application/json"]["schema"]["$ref"]
            .as_str()
            .unwrap();
        document.pointer(name.trim_start_matches('#')).unwrap()
    };
    // Null says nothing in a request, and no answer has it.
    let made = body("/users/profiles", "post");
    assert_eq!(
        made["properties"]["language"]["type"],
        json!(["string", "null"])
    );
    assert_eq!(
        made["properties"]["name"]["type"], "string",
        "it is required"
    );
    let stored = &schemas["users.v1.Profile"]["properties"];
    assert_eq!(stored["language"]["type"], "string");
    // The path names the item, so the body need not.
    assert!(made["properties"]["id"].is_object());
    for verb in ["put", "patch"] {
        let changed = body("/users/profiles/{profile_id}", verb);
        assert!(changed["properties"]["id"].is_null(), "{verb}");
    }
    assert_eq!(
        body("/users/profiles/{profile_id}", "put")["required"],
        json!(["name"])
    );
    let part = body("/users/profiles/{profile_id}", "patch");
    assert!(part["required"].is_null() && part["minProperties"] == 1);
    // Only what is served is taken.
    let kind = &schemas["content.v1.Content"]["properties"]["type"]["enum"];
    assert_eq!(
        *kind,
        json!(["unspecified", "movie", "series", "episode", "video"])
    );
    let secret = &schemas["rights.v1.SubscribeRequestInput"]["properties"]["paymentMethod"];
    assert!(
        secret["format"] == "password" && secret["pattern"].is_string(),
        "{secret}"
    );
}

#[test]
fn requests_take_the_other_spellings_of_enums_and_answers_have_one() {
    let document = ours();
    let schemas = &document["components"]["schemas"];
    let answered = &schemas["content.v1.Content"]["properties"]["monetization"]["$ref"];
    assert_eq!(*answered, "#/components/schemas/content.v1.Monetization");
    let short = &schemas["content.v1.Monetization"]["enum"];
    assert!(short.as_array().unwrap().contains(&json!("svod")));
    let asked = &schemas["content.v1.MonetizationInput"]["anyOf"];
    assert_eq!(asked[0]["$ref"], *answered);
    let others = asked[1]["enum"].as_array().unwrap();
    for other in [json!("MONETIZATION_SVOD"), json!(2)] {
        assert!(others.contains(&other), "{other}");
    }
    // Of a field that takes some of them, those.
    let film = &schemas["content.v1.CreateMovieRequest.contentInput"]["properties"];
    let kind = &film["type"]["anyOf"][0]["anyOf"];
    assert_eq!(kind[0]["enum"], json!(["unspecified", "movie"]));
    assert_eq!(
        kind[1]["enum"],
        json!(["CONTENT_TYPE_UNSPECIFIED", "CONTENT_TYPE_MOVIE", 0, 1])
    );
    // An empty item of a query is no filter.
    let parameters = &document["paths"]["/ondemand/movies"]["get"]["parameters"];
    let parameters = parameters.as_array().unwrap();
    let filter = parameters.iter().find(|one| one["name"] == "monetization");
    let items = &filter.unwrap()["schema"]["items"]["anyOf"];
    assert!(items[1]["enum"].as_array().unwrap().contains(&json!("")));
}

#[test]
fn what_holds_in_one_place_is_said_there() {
    let document = ours();
    let schemas = &document["components"]["schemas"];
    let film = &schemas["content.v1.CreateMovieRequest.contentInput"];
    assert!(film["properties"]["movie"].is_object());
    assert!(film["properties"]["episode"].is_null());
    let episode = &schemas["content.v1.UpdateEpisodeRequest.contentState"];
    assert_eq!(episode["required"], json!(["title", "episode"]));
    assert!(episode["properties"]["movie"].is_null());
    let row = &schemas["content.v1.ImportRowInput"]["properties"]["content"];
    assert_eq!(
        row["$ref"],
        "#/components/schemas/content.v1.ImportRow.contentInput"
    );
    // Answers are as ever.
    let answer = &schemas["content.v1.Content"]["properties"];
    assert!(answer["movie"].is_object() && answer["episode"].is_object());
}

#[test]
fn the_words_of_a_field_are_listed_in_both_spellings() {
    let document = ours();
    let parameters = &document["paths"]["/ondemand/movies"]["get"]["parameters"];
    let mut parameters = parameters.as_array().unwrap().iter();
    let order = parameters.find(|one| one["name"] == "orderBy").unwrap();
    let words = order["schema"]["enum"].as_array().unwrap();
    for word in ["", "title", "-release_date", "-releaseDate", "-score"] {
        assert!(words.contains(&json!(word)), "{word}");
    }
    assert!(!words.contains(&json!("budget")));
}

#[test]
fn members_of_a_choice_exclude_each_other() {
    let pool = testing::compile_text(
        r#"syntax = "proto3";
        package streamverse.test.v1;
        import "google/api/annotations.proto";
        message Pay {
          oneof by { string card = 1; string voucher = 2; }
          optional string note = 3;
        }
        message Paid {}
        service Till {
          rpc Pay(streamverse.test.v1.Pay) returns (Paid) {
            option (google.api.http) = {post: "/pay" body: "*"};
          }
        }"#,
    );
    let document = document(&pool).unwrap();
    let asked = &document["components"]["schemas"]["test.v1.PayInput"]["allOf"];
    assert_eq!(asked.as_array().unwrap().len(), 1);
    assert_eq!(asked[0]["not"]["required"], json!(["card", "voucher"]));
}

#[test]
fn references_and_operation_ids_hold() {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(reference)) = map.get("$ref") {
                    found.push(reference.clone());
                }
                map.values().for_each(|value| walk(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let document = ours();
    let mut references = Vec::new();
    walk(&document, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let mut ids = BTreeSet::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()));
            assert!(!operation["summary"].as_str().unwrap().is_empty());
        }
    }
}

#[test]
fn every_reason_that_a_comment_names_is_declared() {
    let pool = testing::streamverse_pool();
    let (comments, reasons) = (Comments::of(&pool), Reasons::of(&pool));
    for service in pool.services() {
        for method in service.methods() {
            for name in comments::named_reasons(comments.method(&method)) {
                let found = reasons.find(service.package_name(), name);
                assert!(found.is_some(), "{} names {name}", method.full_name());
            }
        }
    }
}

/// What a refusal carries beside texts is described where a call can be refused so.
#[test]
fn the_details_of_a_refusal_have_a_schema() {
    let document = ours();
    let details = |path: &str, verb: &str, status: &str| {
        let at = format!(
            "/paths/{}/{verb}/responses/{status}/content/application~1json/schema\
             /allOf/1/properties/error/properties/details/properties",
            path.replace('/', "~1")
        );
        document.pointer(&at).cloned().unwrap_or_default()
    };
    let items = |schema: &Value, field: &str| schema[field]["items"]["$ref"].clone();
    let ambiguous = details("/users/subscriptions", "delete", "409");
    assert_eq!(
        items(&ambiguous, "subscriptions"),
        "#/components/schemas/rights.v1.RunningSubscription"
    );
    let denied = details("/play/ondemand/{content_id}", "get", "403");
    assert_eq!(
        items(&denied, "offers"),
        "#/components/schemas/rights.v1.Offer"
    );
    let limit = details("/play/ondemand/{content_id}", "get", "409");
    assert_eq!(
        items(&limit, "activeStreams"),
        "#/components/schemas/streaming.v1.ActiveStream"
    );
    let nothing = details("/users/subscriptions", "delete", "404");
    assert_eq!(nothing, Value::Null);
}

#[test]
fn enums_are_spelled_as_the_codec_spells_them() {
    let pool = testing::streamverse_pool();
    let codec = Codec::compile(&pool).unwrap();
    let document = ours();
    let mut checked = 0;
    for message in pool.all_messages() {
        for field in message
            .fields()
            .filter(|field| !field.is_list() && !field.is_map())
        {
            let Kind::Enum(of) = field.kind() else {
                continue;
            };
            let name = of.full_name().trim_start_matches("streamverse.").to_owned();
            let Some(schema) = document["components"]["schemas"].get(&name) else {
                continue;
            };
            for value in of.values() {
                let number = u64::try_from(value.number()).unwrap();
                let mut wire = Vec::new();
                crate::bind::wire::put_varint(&mut wire, u64::from(field.number()) << 3);
                crate::bind::wire::put_varint(&mut wire, number);
                let mut json = Vec::new();
                let id = codec.message(message.full_name()).unwrap();
                codec
                    .wire_to_json_field(id, field.number(), &wire, &mut json, &WriteOptions::PLAIN)
                    .unwrap();
                let spelled: Value = serde_json::from_slice(&json).unwrap();
                assert!(
                    schema["enum"].as_array().unwrap().contains(&spelled),
                    "{name} {spelled}"
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn the_document_is_the_same_each_time() {
    assert_eq!(ours().to_string(), ours().to_string());
}

#[test]
fn a_stream_is_described_in_its_forms() {
    let document = ours();
    let changes = &document["paths"]["/admin/ondemand/changes"]["get"];
    let answer = &changes["responses"]["200"];
    let forms: BTreeSet<_> = answer["content"].as_object().unwrap().keys().collect();
    let expected = [
        "application/json",
        "application/vnd.streamverse.raw+json",
        "application/x-ndjson",
        "text/event-stream",
    ];
    assert!(forms.iter().eq(&expected), "{forms:?}");
    let list = &answer["content"]["application/json"]["schema"]["properties"]["data"];
    assert_eq!(list["type"], "array");
    // What goes on has no version.
    assert!(changes["responses"]["304"].is_null() && answer["headers"]["ETag"].is_null());
    let names = changes["parameters"].as_array().unwrap().iter();
    let names: Vec<_> = names.filter_map(|own| own["name"].as_str()).collect();
    assert_eq!(names, ["after", "Last-Event-ID", "ticket"]);
}

#[test]
fn streams_say_which_frames_their_websockets_have() {
    let document = ours();
    let kinds = |path: &str, verb: &str, way: &str| -> Vec<String> {
        let frames = &document["paths"][path][verb]["x-websocket"][way]["oneOf"];
        let frames = frames.as_array().into_iter().flatten();
        frames
            .map(|frame| frame["required"][0].as_str().unwrap().to_owned())
            .collect()
    };
    let (changes, import) = ("/admin/ondemand/changes", "/admin/ondemand/titles:import");
    assert_eq!(
        kinds(changes, "get", "receives"),
        ["message", "end", "error"]
    );
    assert!(kinds(changes, "get", "sends").is_empty());
    assert_eq!(
        kinds(import, "post", "receives"),
        ["message", "end", "error"]
    );
    assert_eq!(kinds(import, "post", "sends"), ["message", "end"]);
    let answer = &document["paths"][import]["post"]["responses"]["200"]["content"];
    let answer = &answer["application/vnd.streamverse.raw+json"]["schema"];
    let socket = &document["paths"][import]["post"]["x-websocket"];
    assert_eq!(
        &socket["receives"]["oneOf"][0]["properties"]["message"],
        answer
    );
    assert!(document["paths"]["/content/home"]["get"]["x-websocket"].is_null());
}
