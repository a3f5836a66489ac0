//! Candidates, tier by tier as [`Index::candidates`](sv_ports::index::Index::candidates) says.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::Bound,
};

use sv_ports::{
    PortResult,
    index::{Candidate, MAX_CANDIDATES, Query, Reach, Tier, Weight, Word},
};
use tantivy::{
    DocAddress, Order, Searcher, TantivyDocument, Term,
    collector::{TopDocs, sort_key::SortByStaticFastValue},
    query::{
        BooleanQuery, EmptyQuery, FuzzyTermQuery, InvertedIndexRangeQuery, Occur,
        Query as TantivyQuery, RangeQuery, TermQuery, TermSetQuery,
    },
    schema::{Field, IndexRecordOption, Value},
};

use super::{
    generation::Generation,
    schema::{Fields, ORDER},
    unavailable,
};

/// A query in pieces.
type Part = Box<dyn TantivyQuery>;

/// Finds the documents that a query may mean.
pub(super) fn candidates(index: &Generation, query: &Query) -> PortResult<Vec<Candidate>> {
    if query.words.is_empty() {
        return Ok(Vec::new());
    }
    let searcher = index.searcher();
    let mut search = Search {
        searcher: &searcher,
        fields: &index.fields,
        query,
        mended: HashMap::new(),
    };
    let found = search.addresses().map_err(unavailable)?;
    let read = |at| search.read(at).map_err(unavailable);
    found.into_iter().map(read).collect()
}

struct Search<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    query: &'a Query,
    /// The terms that a word may be mended to, by word and field.
    mended: HashMap<(&'a str, Field), Vec<Term>>,
}

impl Search<'_> {
    fn addresses(&mut self) -> tantivy::Result<Vec<DocAddress>> {
        // One document more than fit tells whether the tiers matter at all.
        let mut found = self.top(&*self.tier(Tier::FITS), MAX_CANDIDATES + 1)?;
        if found.len() > MAX_CANDIDATES {
            found = self.tiers(Vec::new(), self.query.strict_tiers())?;
        }
        if found.len() < self.query.mend_below {
            self.mend()?;
            found = self.tiers(found, &Tier::MENDED)?;
        }
        if found.is_empty() {
            found = self.most_words()?;
        }
        Ok(found)
    }

    /// Adds what each tier finds until there are enough.
    fn tiers(
        &self,
        mut found: Vec<DocAddress>,
        tiers: &[Tier],
    ) -> tantivy::Result<Vec<DocAddress>> {
        let mut known: HashSet<DocAddress> = found.iter().copied().collect();
        for tier in tiers {
            if found.len() >= MAX_CANDIDATES {
                break;
            }
            let more = self.top(&*self.tier(*tier), MAX_CANDIDATES + known.len())?;
            found.extend(more.into_iter().filter(|at| known.insert(*at)));
            found.truncate(MAX_CANDIDATES);
        }
        Ok(found)
    }

    fn tier(&self, tier: Tier) -> Part {
        let (start, starts) = (&self.query.words.start, self.fields.starts);
        self.filtered(match tier {
            Tier::NameIs => term(starts, start),
            Tier::NameStarts => beginning(starts, start),
            Tier::NameContinues => beginning(starts, start.trim_end()),
            Tier::Words(weights, reach) => {
                let words = self.query.words.required();
                let parts = words.map(|word| self.word(word, weights, reach));
                Box::new(BooleanQuery::intersection(parts.collect()))
            }
        })
    }

    fn most_words(&self) -> tantivy::Result<Vec<DocAddress>> {
        let reach = self.query.widest_reach();
        let words: Vec<&Word> = self.query.words.required().collect();
        for count in (1..words.len()).rev() {
            let any = words
                .iter()
                .map(|word| self.word(word, &Weight::ALL, reach));
            let some = BooleanQuery::union_with_minimum_required_clauses(any.collect(), count);
            let found = self.top(&*self.filtered(Box::new(some)), MAX_CANDIDATES)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    fn top(&self, query: &dyn TantivyQuery, limit: usize) -> tantivy::Result<Vec<DocAddress>> {
        let [high, low] = ORDER.map(SortByStaticFastValue::<u64>::for_field);
        let rank = SortByStaticFastValue::<f64>::for_field("rank");
        let order = ((rank, Order::Desc), (high, Order::Asc), (low, Order::Asc));
        let top = self
            .searcher
            .search(query, &TopDocs::with_limit(limit).order_by(order))?;
        Ok(top.into_iter().map(|(_, at)| at).collect())
    }

    fn word(&self, word: &Word, weights: &[Weight], reach: Reach) -> Part {
        let mut any: Vec<Part> = Vec::new();
        for weight in weights {
            let (field, goes_on) = (self.fields.words(*weight), word.goes_on_in(*weight));
            for form in &word.forms {
                any.push(if form.open && goes_on && reach >= Reach::Begun {
                    beginning(field, &form.text)
                } else {
                    term(field, &form.text)
                });
            }
            if reach == Reach::Mended {
                any.extend(word.aliases.iter().map(|alias| term(field, alias)));
            }
            let mended = self.mended.get(&(word.typed().text.as_str(), field));
            if reach == Reach::Mended
                && let Some(mended) = mended
            {
                any.push(Box::new(TermSetQuery::new(mended.iter().cloned())));
            }
        }
        Box::new(BooleanQuery::union(any))
    }

    /// Finds out to which terms each word may be mended, once for all tiers.
    fn mend(&mut self) -> tantivy::Result<()> {
        for word in self.query.words.required().filter(|word| word.edits > 0) {
            let typed = word.typed();
            for field in Weight::ALL.map(|weight| self.fields.words(weight)) {
                let term = Term::from_field_text(field, &typed.text);
                let near = if typed.open {
                    FuzzyTermQuery::new_prefix(term, word.edits, true)
                } else {
                    FuzzyTermQuery::new(term, word.edits, true)
                };
                let near = near.automaton()?;
                let mut mended = BTreeSet::new();
                for segment in self.searcher.segment_readers() {
                    let index = segment.inverted_index(field)?;
                    let mut terms = index.terms().search(&near).into_stream()?;
                    while terms.advance() {
                        mended.extend(str::from_utf8(terms.key()).map(str::to_owned));
                    }
                }
                let terms = mended.iter().map(|text| Term::from_field_text(field, text));
                self.mended
                    .insert((typed.text.as_str(), field), terms.collect());
            }
        }
        Ok(())
    }

    /// Only documents that may be found at all.
    fn filtered(&self, query: Part) -> Part {
        let tenant = term(self.fields.tenant, self.query.tenant.as_str());
        let mut all = vec![(Occur::Must, query), (Occur::Must, tenant)];
        for terms in self.query.filter.facet_terms() {
            let any: Vec<Part> = terms.iter().map(|t| term(self.fields.facets, t)).collect();
            let any: Part = if any.is_empty() {
                Box::new(EmptyQuery)
            } else {
                Box::new(BooleanQuery::union(any))
            };
            all.push((Occur::Must, any));
        }
        for (name, range) in &self.query.filter.numbers {
            let bound = |number: i64| {
                let mut term = Term::from_field_json_path(self.fields.numbers, name, false);
                term.append_type_and_fast_value(number);
                Bound::Included(term)
            };
            let within = RangeQuery::new(bound(*range.start()), bound(*range.end()));
            all.push((Occur::Must, Box::new(within)));
        }
        Box::new(BooleanQuery::new(all))
    }

    fn read(&self, at: DocAddress) -> tantivy::Result<Candidate> {
        let document: TantivyDocument = self.searcher.doc(at)?;
        let segment = self.searcher.segment_reader(at.segment_ord);
        let version = segment.fast_fields().i64("version")?.first(at.doc_id);
        let id = document
            .get_first(self.fields.id)
            .and_then(|id| id.as_str().map(str::to_owned));
        let payload = document.get_first(self.fields.payload);
        let payload = payload.and_then(|payload| payload.as_bytes().map(<[u8]>::to_vec));
        Ok(Candidate {
            id: id.unwrap_or_default(),
            version: version.unwrap_or_default(),
            payload: payload.unwrap_or_default().into(),
        })
    }
}

fn term(field: Field, text: &str) -> Part {
    let term = Term::from_field_text(field, text);
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

/// Terms that begin so. No term has the last character of Unicode, which ends the range.
fn beginning(field: Field, text: &str) -> Part {
    let end = format!("{text}\u{10ffff}");
    Box::new(InvertedIndexRangeQuery::new(
        Bound::Included(Term::from_field_text(field, text)),
        Bound::Excluded(Term::from_field_text(field, &end)),
    ))
}
