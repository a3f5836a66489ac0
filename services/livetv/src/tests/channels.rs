//! Lists and single channels as viewers see them (LIVE-1).

use sv_kernel::Error;
use sv_proto::{
    common::CommonReason,
    content::ContentStatus,
    livetv::{Channel, GetChannelRequest, ListChannelsRequest, LiveTvReason},
};
use sv_rpc::{call, error};

use super::test_app::{TestApp, channel};

async fn get(test: &TestApp, ctx: &sv_kernel::Ctx, id: &str) -> Result<Channel, Error> {
    let request = call(ctx, GetChannelRequest { id: id.into() });
    let answer = test.viewers.clone().get_channel(request).await;
    Ok(answer.map_err(error)?.into_inner().channel.unwrap())
}

#[tokio::test]
async fn channels_are_listed_by_number_or_name_and_no_page_skips_or_repeats() {
    for test in TestApp::all().await {
        for (number, name) in [
            (3, "Ære"),
            (0, "Zulu"),
            (1, "News"),
            (0, "alpha"),
            (20, "Sport"),
        ] {
            test.publish(number, name).await;
        }
        let by = |order: &str| ListChannelsRequest {
            order_by: order.into(),
            page_size: 2,
            ..ListChannelsRequest::default()
        };
        let by_number = ["News", "Ære", "Sport", "alpha", "Zulu"];
        assert_eq!(test.names(by("")).await, by_number);
        assert_eq!(test.names(by("number")).await, by_number);
        assert_eq!(
            test.names(by("name")).await[..3],
            ["alpha", "News", "Sport"]
        );
        let part = ListChannelsRequest {
            limit: 2,
            offset: 1,
            with_total: true,
            ..ListChannelsRequest::default()
        };
        let part = test.list_as(&test.viewer, part).await.unwrap();
        assert_eq!(part.items[0].name, "Ære");
        assert_eq!((part.items.len(), part.total), (2, Some(5)));
        let unknown = test.list_as(&test.viewer, by("views")).await;
        assert!(unknown.unwrap_err().is(&CommonReason::ValidationFailed));
        // A token belongs to its list with its filters.
        let foreign = ListChannelsRequest {
            genre: vec!["news".into()],
            page_token: part.next_page_token,
            ..ListChannelsRequest::default()
        };
        let foreign = test.list_as(&test.viewer, foreign).await.unwrap_err();
        assert!(foreign.is(&CommonReason::PageInvalid));
    }
}

#[tokio::test]
async fn lists_are_narrowed_by_genre_country_language_and_whether_it_is_on_the_air() {
    for test in TestApp::all().await {
        let make = |name: &str, genre: &str, country: &str, language: &str, is_live| Channel {
            genres: vec![genre.into()],
            country: country.into(),
            language: language.into(),
            is_live,
            ..channel(0, name)
        };
        for wanted in [
            make("a", "News", "NO", "nb", true),
            make("b", "Sports", "BR", "pt-BR", false),
            make("c", "news", "PT", "pt", true),
        ] {
            test.create(wanted).await.unwrap();
        }
        let list = |request: ListChannelsRequest| test.names(request);
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let any = ListChannelsRequest::default();
        let genre = ListChannelsRequest {
            genre: words(&["NEWS"]),
            ..any.clone()
        };
        assert_eq!(list(genre).await, ["a", "c"]);
        let country = ListChannelsRequest {
            country: words(&["no", "PT"]),
            ..any.clone()
        };
        assert_eq!(list(country).await, ["a", "c"]);
        for (language, found) in [
            ("pt", &["b", "c"][..]),
            ("PT-br", &["b"]),
            ("p", &[]),
            ("", &["a", "b", "c"]),
        ] {
            let language = ListChannelsRequest {
                language: words(&[language]),
                ..any.clone()
            };
            assert_eq!(list(language).await, found);
        }
        let live = ListChannelsRequest {
            is_live: Some(true),
            ..any.clone()
        };
        assert_eq!(list(live).await, ["a", "c"]);
        let dark = ListChannelsRequest {
            is_live: Some(false),
            ..any
        };
        assert_eq!(list(dark).await, ["b"]);
    }
}

#[tokio::test]
async fn viewers_see_published_channels_of_their_tenant_without_the_stream() {
    for test in TestApp::all().await {
        let open = Channel {
            stream_url: "https://example.com/live.m3u8".into(),
            ..channel(1, "Open")
        };
        let open = test.create(open).await.unwrap();
        assert_eq!(open.stream_url, "https://example.com/live.m3u8");
        let mut draft = channel(2, "Draft");
        draft.set_status(ContentStatus::Draft);
        let draft = test.create(draft).await.unwrap();
        let elsewhere = test.editor_of("acme");
        let theirs = test
            .create_as(&elsewhere, channel(3, "Theirs"))
            .await
            .unwrap();

        let list = ListChannelsRequest::default();
        let seen = test.list_as(&test.viewer, list).await.unwrap().items;
        let expected = Channel {
            stream_url: String::new(),
            ..open.clone()
        };
        assert_eq!(seen, std::slice::from_ref(&expected));
        assert_eq!(get(&test, &test.viewer, &open.id).await.unwrap(), expected);
        for hidden in [&draft.id, &theirs.id] {
            let refused = get(&test, &test.viewer, hidden).await.unwrap_err();
            assert!(refused.is(&LiveTvReason::ChannelNotFound));
        }
    }
}

#[tokio::test]
async fn a_child_sees_channels_that_are_rated_for_children() {
    for test in TestApp::all().await {
        let rated = |name: &str, rating: &str| Channel {
            maturity_rating: rating.into(),
            ..channel(0, name)
        };
        for (name, rating) in [("kids", " tv-y7 "), ("grown", "TV-MA"), ("unrated", "")] {
            let made = test.create(rated(name, rating)).await.unwrap();
            assert!(get(&test, &test.viewer, &made.id).await.is_ok());
            let child = get(&test, &test.child, &made.id).await;
            assert_eq!(child.is_ok(), name == "kids", "{name}");
        }
        let list = ListChannelsRequest {
            with_total: true,
            ..ListChannelsRequest::default()
        };
        let seen = test.list_as(&test.child, list).await.unwrap();
        assert_eq!((seen.items[0].name.as_str(), seen.total), ("kids", Some(1)));
    }
}

#[tokio::test]
async fn names_that_are_compared_hold_nothing_that_is_not_seen() {
    let test = TestApp::on(sv_store::testing::TestDb::sqlite(crate::MIGRATIONS).await).await;
    for hidden in ["a\nb", "a\tb", "\u{200b}a", "a\u{202e}", "\u{2028}"] {
        for (field, wanted) in [
            ("channel.guideId", |hidden: &str| Channel {
                guide_id: hidden.into(),
                ..channel(1, "One")
            }),
            ("channel.genres[0]", |hidden: &str| Channel {
                genres: vec![hidden.into()],
                ..channel(1, "One")
            }),
            ("channel.name", |hidden: &str| channel(1, hidden)),
        ] as [(&str, fn(&str) -> Channel); 3]
        {
            let refused = test.create(wanted(hidden)).await.unwrap_err();
            assert_eq!(refused.violations()[0].field, field, "{hidden:?}");
        }
    }
    // Joiners shape what people read, and have no place in a name that programs compare.
    let family = "👩\u{200d}👧";
    let named = Channel {
        genres: vec![family.into()],
        ..channel(1, family)
    };
    test.create(named.clone()).await.unwrap();
    let guide_id = family.into();
    let refused = test.create(Channel { guide_id, ..named }).await;
    assert_eq!(
        refused.unwrap_err().violations()[0].field,
        "channel.guideId"
    );
}
