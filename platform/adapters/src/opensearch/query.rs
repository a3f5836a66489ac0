//! Candidates, tier by tier as [`Index::candidates`](sv_ports::index::Index::candidates) says: one
//! request whose score is the tier, and others only where too little was found.

use std::collections::HashSet;

use serde_json::{Value, json};
use sv_ports::{
    PortResult,
    index::{Candidate, MAX_CANDIDATES, Query, Reach, Tier, Weight, Word},
};

use super::{SEARCH_DEADLINE, Shared, layout};

impl Shared {
    /// Finds the documents that a query may mean.
    pub(super) async fn candidates(&self, query: &Query) -> PortResult<Vec<Candidate>> {
        if query.words.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = self.tiers(query, query.strict_tiers()).await?;
        if found.len() < query.mend_below {
            let known: HashSet<String> = found.iter().map(|found| found.id.clone()).collect();
            let mended = self.tiers(query, &Tier::MENDED).await?;
            found.extend(
                mended
                    .into_iter()
                    .filter(|mended| !known.contains(&mended.id)),
            );
            found.truncate(MAX_CANDIDATES);
        }
        if found.is_empty() {
            found = self.most_words(query).await?;
        }
        Ok(found)
    }

    async fn tiers(&self, query: &Query, tiers: &[Tier]) -> PortResult<Vec<Candidate>> {
        let scored = |(at, tier): (usize, &Tier)| scored(&tier_of(query, *tier), tiers.len() - at);
        let any: Vec<Value> = tiers.iter().enumerate().map(scored).collect();
        let hits = self
            .search(query, json!({"dis_max": {"queries": any}}))
            .await?;
        Ok(hits.into_iter().map(|(_, candidate)| candidate).collect())
    }

    /// Finds the documents with the most words: each word scores one.
    async fn most_words(&self, query: &Query) -> PortResult<Vec<Candidate>> {
        let reach = query.widest_reach();
        let words = query.words.required();
        let any: Vec<Value> = words
            .map(|w| scored(&word(w, &Weight::ALL, reach), 1))
            .collect();
        if any.len() < 2 {
            return Ok(Vec::new());
        }
        let hits = self.search(query, json!({"bool": {"should": any}})).await?;
        let most = hits.first().map(|(score, _)| *score).unwrap_or_default();
        let with_most = hits.into_iter().take_while(|(score, _)| *score >= most);
        Ok(with_most.map(|(_, candidate)| candidate).collect())
    }

    async fn search(&self, query: &Query, fits: Value) -> PortResult<Vec<(f64, Candidate)>> {
        let body = json!({
            "size": MAX_CANDIDATES,
            "_source": ["id", "version", "payload"],
            "track_total_hits": false,
            "query": {"bool": {"must": [fits], "filter": filters(query)}},
            "sort": [{"_score": "desc"}, {"rank": "desc"}, {"id": "asc"}],
        });
        let path = format!("/{}/_search", self.names.live);
        let answer = self.http.post(&path, &body, SEARCH_DEADLINE).await?;
        let hits = answer["hits"]["hits"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        Ok(hits.iter().filter_map(read).collect())
    }
}

fn read(hit: &Value) -> Option<(f64, Candidate)> {
    let source = &hit["_source"];
    let candidate = Candidate {
        id: source["id"].as_str()?.to_owned(),
        version: source["version"].as_i64()?,
        payload: layout::payload(source)?.into(),
    };
    Some((hit["_score"].as_f64()?, candidate))
}

fn scored(filter: &Value, score: usize) -> Value {
    json!({"constant_score": {"filter": filter, "boost": score}})
}

fn tier_of(query: &Query, tier: Tier) -> Value {
    let start = query.words.start.as_str();
    match tier {
        Tier::NameIs => json!({"term": {"starts": start}}),
        Tier::NameStarts => json!({"prefix": {"starts": start}}),
        Tier::NameContinues => json!({"prefix": {"starts": start.trim_end()}}),
        Tier::Words(weights, reach) => {
            let words = query.words.required();
            let all: Vec<Value> = words.map(|w| word(w, weights, reach)).collect();
            json!({"bool": {"filter": all}})
        }
    }
}

fn word(word: &Word, weights: &[Weight], reach: Reach) -> Value {
    let mut any: Vec<Value> = Vec::new();
    for weight in weights {
        let (field, goes_on) = (weight.as_str(), word.goes_on_in(*weight));
        let mut whole: Vec<&str> = Vec::new();
        for form in &word.forms {
            if form.open && goes_on && reach >= Reach::Begun {
                any.push(json!({"prefix": {field: &form.text}}));
            } else {
                whole.push(&form.text);
            }
        }
        if reach == Reach::Mended {
            whole.extend(word.aliases.iter().map(String::as_str));
            let typed = word.typed();
            if word.edits > 0 {
                any.push(mended(field, &typed.text, word.edits));
            }
            if word.edits > 0 && typed.open {
                any.push(mended(
                    &format!("{field}.beginnings"),
                    &typed.text,
                    word.edits,
                ));
            }
        }
        if !whole.is_empty() {
            any.push(json!({"terms": {field: whole}}));
        }
    }
    json!({"bool": {"should": any, "minimum_should_match": 1}})
}

fn mended(field: &str, typed: &str, edits: u8) -> Value {
    json!({"fuzzy": {field: {
        "value": typed,
        "fuzziness": edits,
        "transpositions": true,
        "max_expansions": 1024,
        "rewrite": "constant_score",
    }}})
}

/// Only documents that may be found at all.
fn filters(query: &Query) -> Vec<Value> {
    let mut all = vec![json!({"term": {"tenant": query.tenant.as_str()}})];
    for terms in query.filter.facet_terms() {
        all.push(json!({"terms": {"facets": terms}}));
    }
    for (name, range) in &query.filter.numbers {
        let (from, to) = (range.start(), range.end());
        all.push(json!({"range": {format!("numbers.{name}"): {"gte": from, "lte": to}}}));
    }
    all
}
