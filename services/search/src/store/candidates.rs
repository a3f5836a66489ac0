//! Candidates, tier by tier as [`Index::candidates`](sv_ports::index::Index::candidates) says.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait as _, Condition, ExprTrait as _, Order, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Expr, Func, SelectStatement},
};
use sv_kernel::Tenant;
use sv_ports::index::{Candidate, MAX_CANDIDATES, Query, Reach, Tier, Weight, Word, typo};
use sv_store::{Reader, StoreError, TenantTable as _};

use super::{
    FACETS, STARTS,
    entity::{gram, term, title},
    grams,
};
use crate::domain::facet_names;

/// The most terms that share pairs of characters with a word and are compared with it.
const RESEMBLING: u64 = 4000;
/// The most terms that a word may be mended to.
const MENDED: usize = 500;

/// Finds the titles that a query may mean.
pub(crate) async fn candidates(db: &Reader, query: &Query) -> Result<Vec<Candidate>, StoreError> {
    if query.words.is_empty() {
        return Ok(Vec::new());
    }
    let mut search = Search {
        db,
        query,
        mended: HashMap::new(),
    };
    let mut found = search
        .top(search.tier(Tier::FITS), MAX_CANDIDATES + 1)
        .await?;
    if found.len() > MAX_CANDIDATES {
        found = search.tiers(Vec::new(), query.strict_tiers()).await?;
    }
    if found.len() < query.mend_below {
        search.mend().await?;
        found = search.tiers(found, &Tier::MENDED).await?;
    }
    if found.is_empty() {
        found = search.most_words().await?;
    }
    Ok(found)
}

struct Search<'a> {
    db: &'a Reader,
    query: &'a Query,
    /// The terms that a word may be mended to, by the word.
    mended: HashMap<&'a str, Vec<String>>,
}

impl Search<'_> {
    async fn tiers(
        &self,
        mut found: Vec<Candidate>,
        tiers: &[Tier],
    ) -> Result<Vec<Candidate>, StoreError> {
        let mut known: HashSet<String> = found.iter().map(|title| title.id.clone()).collect();
        for tier in tiers {
            if found.len() >= MAX_CANDIDATES {
                break;
            }
            let more = self
                .top(self.tier(*tier), MAX_CANDIDATES + known.len())
                .await?;
            found.extend(
                more.into_iter()
                    .filter(|title| known.insert(title.id.clone())),
            );
            found.truncate(MAX_CANDIDATES);
        }
        Ok(found)
    }

    fn tier(&self, tier: Tier) -> Condition {
        let start = &self.query.words.start;
        let starts = |fits| self.has(&[STARTS], fits);
        match tier {
            Tier::NameIs => starts(term::Column::Term.eq(start)),
            Tier::NameStarts => starts(beginning(start)),
            Tier::NameContinues => starts(beginning(start.trim_end())),
            Tier::Words(weights, reach) => {
                let words = self.query.words.required();
                words.fold(Condition::all(), |all, word| {
                    all.add(self.word(word, weights, reach))
                })
            }
        }
    }

    async fn most_words(&self) -> Result<Vec<Candidate>, StoreError> {
        let reach = self.query.widest_reach();
        let words: Vec<&Word> = self.query.words.required().collect();
        let met = words.iter().map(|word| {
            let met = self.word(word, &Weight::ALL, reach);
            let met: Expr = Expr::case(met, 1).finally(0).into();
            met
        });
        let Some(met) = met.reduce(Expr::add) else {
            return Ok(Vec::new());
        };
        for count in (1..words.len()).rev() {
            let count = i32::try_from(count).unwrap_or(i32::MAX);
            let enough = Condition::all().add(met.clone().gte(count));
            let found = self.top(enough, MAX_CANDIDATES).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    async fn top(&self, fits: Condition, limit: usize) -> Result<Vec<Candidate>, StoreError> {
        let rows: Vec<(String, i64, Vec<u8>)> = self
            .filtered()
            .filter(fits)
            .select_only()
            .columns([
                title::Column::Id,
                title::Column::Version,
                title::Column::Payload,
            ])
            .order_by_desc(title::Column::Rank)
            .order_by_asc(title::Column::Id)
            .limit(u64::try_from(limit).unwrap_or(u64::MAX))
            .into_tuple()
            .all(self.db)
            .await?;
        let candidate = |(id, version, payload): (String, i64, Vec<u8>)| Candidate {
            id,
            version,
            payload: payload.into(),
        };
        Ok(rows.into_iter().map(candidate).collect())
    }

    /// Only titles that may be found at all. Numbers other than the year nobody has.
    fn filtered(&self) -> Select<title::Entity> {
        let live = title::Entity::of(&self.query.tenant).filter(title::Column::Live.eq(true));
        let filter = &self.query.filter;
        let facets = filter.facet_terms().fold(live, |titles, terms| {
            titles.filter(self.has(&[FACETS], term::Column::Term.is_in(terms)))
        });
        filter.numbers.iter().fold(facets, |titles, (name, range)| {
            titles.filter(if name == facet_names::YEAR {
                title::Column::Year.between(*range.start(), *range.end())
            } else {
                Expr::value(false)
            })
        })
    }

    fn word(&self, word: &Word, weights: &[Weight], reach: Reach) -> Condition {
        // Begun words and whole ones are not looked for in the same texts.
        let (begun, whole): (Vec<Weight>, Vec<Weight>) = weights
            .iter()
            .copied()
            .partition(|weight| reach >= Reach::Begun && word.goes_on_in(*weight));
        let mut any = Condition::any();
        for (weights, open) in [(begun, true), (whole, false)] {
            if !weights.is_empty() {
                any = any.add(self.word_in(word, &weights, reach, open));
            }
        }
        any
    }

    fn word_in(&self, word: &Word, weights: &[Weight], reach: Reach, open: bool) -> Condition {
        let mut fits = Condition::any();
        for form in &word.forms {
            fits = fits.add(if form.open && open {
                beginning(&form.text)
            } else {
                term::Column::Term.eq(&form.text)
            });
        }
        if reach == Reach::Mended {
            fits = fits.add(term::Column::Term.is_in(&word.aliases));
        }
        if reach == Reach::Mended
            && let Some(mended) = self.mended.get(word.typed().text.as_str())
        {
            fits = fits.add(term::Column::Term.is_in(mended));
        }
        let fields: Vec<&str> = weights.iter().map(|weight| weight.as_str()).collect();
        self.has(&fields, fits)
    }

    /// Titles with a term that fits in one of the fields.
    fn has(&self, fields: &[&str], fits: impl sea_orm::sea_query::IntoCondition) -> Condition {
        let ids: SelectStatement = term::Entity::of(&self.query.tenant)
            .select_only()
            .column(term::Column::Id)
            .filter(term::Column::Field.is_in(fields.iter().copied()))
            .filter(fits)
            .into_query();
        Condition::all().add(title::Column::Id.in_subquery(ids))
    }

    /// Finds out to which terms each word may be mended.
    async fn mend(&mut self) -> Result<(), StoreError> {
        for word in self.query.words.required().filter(|word| word.edits > 0) {
            let typed = word.typed();
            let near = |term: &String| {
                typo::distance(&typed.text, term, word.edits).is_some()
                    || typed.open && typo::prefix_distance(&typed.text, term, word.edits).is_some()
            };
            let edits = word.edits;
            let resembling = resembling(self.db, &self.query.tenant, &typed.text, edits).await?;
            let mended = resembling.into_iter().filter(near).take(MENDED).collect();
            self.mended.insert(&typed.text, mended);
        }
        Ok(())
    }
}

/// Lists terms that share pairs of characters with the word, those with the most first. An edit
/// changes at most three pairs.
pub(super) async fn resembling(
    db: &Reader,
    tenant: &Tenant,
    word: &str,
    edits: u8,
) -> Result<Vec<String>, StoreError> {
    let grams = grams(word);
    let changed = 3 * usize::from(edits);
    let shared = i32::try_from(grams.len().saturating_sub(changed).max(1)).unwrap_or(1);
    let count = || Expr::from(Func::count(gram::Column::Gram.into_expr()));
    let terms = gram::Entity::of(tenant)
        .filter(gram::Column::Gram.is_in(grams))
        .select_only()
        .column(gram::Column::Term)
        .group_by(gram::Column::Term)
        .having(count().gte(shared))
        .order_by(count(), Order::Desc)
        .order_by_asc(gram::Column::Term)
        .limit(RESEMBLING);
    Ok(terms.into_tuple().all(db).await?)
}

/// Terms that begin so. No term has the last character of Unicode, which ends the range.
fn beginning(text: &str) -> Expr {
    let end = format!("{text}\u{10ffff}");
    term::Column::Term.gte(text).and(term::Column::Term.lt(end))
}
