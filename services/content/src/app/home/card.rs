//! Titles as rows show them.

use sv_proto::{
    content::{CardProgress, Content, TitleCard},
    streaming::ContinueItem,
    titles,
};

/// Makes the card of a title.
pub(super) fn of(content: Content) -> TitleCard {
    TitleCard {
        maturity_rating: titles::own_rating(&content).to_owned(),
        id: content.id,
        r#type: content.r#type,
        title: content.title,
        poster_url: content.poster_url,
        release_date: content.release_date,
        duration_seconds: content.duration_seconds,
        monetization: content.monetization,
        genres: content.genres,
        progress: None,
    }
}

/// Makes the card of a title that the profile goes on with.
pub(super) fn begun(item: ContinueItem) -> Option<TitleCard> {
    let title = item.title?;
    Some(TitleCard {
        progress: Some(CardProgress {
            position_seconds: title.position_seconds,
            duration_seconds: title.duration_seconds,
            next_episode: item.next_episode,
            series_id: title.series_id,
            series_title: title.series_title,
            season_number: title.season_number,
            episode_number: title.episode_number,
        }),
        id: title.content_id,
        r#type: title.r#type,
        title: title.title,
        poster_url: title.poster_url,
        maturity_rating: title.maturity_rating,
        ..TitleCard::default()
    })
}
