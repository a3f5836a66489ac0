//! The rules of `google.api.http`, hostile paths, and random templates.

use proptest::prelude::*;

use super::*;
use crate::percent;

fn router(routes: &[(&str, &str)]) -> Router<String> {
    let mut router = Router::new();
    for (method, template) in routes {
        let verb = match *method {
            "*" => Verb::Any,
            method => Verb::Method(method.to_owned()),
        };
        let name = format!("{method} {template}");
        router
            .insert(verb, Template::parse(template).unwrap(), name)
            .unwrap();
    }
    router
}

/// Returns the route and its variables as `GET /a/{b} b1`.
fn find(router: &Router<String>, method: &str, path: &str) -> String {
    match router.find(method, path) {
        Ok(found) => [vec![found.value.clone()], found.variables]
            .concat()
            .join(" | "),
        Err(RouteError::NotFound) => "404".into(),
        Err(RouteError::MethodNotAllowed { allow }) => format!("405 {}", allow.join(",")),
        Err(RouteError::Invalid { .. }) => "400".into(),
    }
}

#[test]
fn the_most_specific_template_wins_whatever_the_order() {
    let mut routes = vec![
        ("GET", "/**"),
        ("GET", "/a/**"),
        ("GET", "/a/{x}"),
        ("GET", "/a/b"),
        ("GET", "/a/{x}/c"),
        ("GET", "/a/b/*"),
        ("GET", "/{x}/b"),
        ("POST", "/a/b:go"),
        ("POST", "/a/{x}:go"),
        ("POST", "/a/{x}:stop"),
    ];
    let cases = [
        ("GET", "/a/b", "GET /a/b"),
        ("GET", "/a/z", "GET /a/{x} | z"),
        ("GET", "/z/b", "GET /{x}/b | z"),
        ("GET", "/a/b/c", "GET /a/b/*"),
        ("GET", "/a/z/c", "GET /a/{x}/c | z"),
        ("GET", "/a/z/d", "GET /a/**"),
        ("GET", "/a", "GET /a/**"),
        ("GET", "/", "GET /**"),
        ("GET", "/z/y", "GET /**"),
        ("POST", "/a/b:go", "POST /a/b:go"),
        ("POST", "/a/z:go", "POST /a/{x}:go | z"),
        ("POST", "/a/b:stop", "POST /a/{x}:stop | b"),
        // A colon that ends in no known verb is text.
        ("GET", "/a/b:c", "GET /a/{x} | b:c"),
        ("GET", "/a/b%3Ago", "GET /a/{x} | b:go"),
        // A known verb is not text for other methods.
        ("GET", "/a/z:go", "405 POST"),
        ("DELETE", "/a/b", "405 GET,HEAD"),
    ];
    for _ in 0..routes.len() {
        routes.rotate_left(1);
        let router = router(&routes);
        for (method, path, expected) in cases {
            assert_eq!(find(&router, method, path), expected, "{method} {path}");
        }
    }
}

#[test]
fn methods_decide_after_the_path() {
    let router = router(&[
        ("GET", "/users/me"),
        ("DELETE", "/users/{id}"),
        ("PATCH", "/users/{id}"),
        ("*", "/any"),
        ("REPORT", "/any"),
        ("HEAD", "/head"),
        ("GET", "/head"),
    ]);
    for (method, path, expected) in [
        ("HEAD", "/users/me", "GET /users/me"),
        ("HEAD", "/head", "HEAD /head"),
        ("DELETE", "/users/me", "DELETE /users/{id} | me"),
        ("PUT", "/users/me", "405 DELETE,GET,HEAD,PATCH"),
        ("PUT", "/users/7", "405 DELETE,PATCH"),
        ("BREW", "/any", "* /any"),
        ("REPORT", "/any", "REPORT /any"),
        ("GET", "/nobody", "404"),
        ("get", "/users/me", "405 DELETE,GET,HEAD,PATCH"),
    ] {
        assert_eq!(find(&router, method, path), expected, "{method} {path}");
    }
}

#[test]
fn variables_decode_everything_and_multi_segment_ones_keep_slashes() {
    let router = router(&[
        ("GET", "/one/{x}"),
        ("GET", "/two/{x=a/*}"),
        ("GET", "/all/{x=**}"),
        ("POST", "/all/{x=**}:go"),
        ("GET", "/two/{x=a/*}/{y}"),
    ]);
    for (path, expected) in [
        ("/one/a%2Fb%20c", "GET /one/{x} | a/b c"),
        ("/one/%E2%82%AC", "GET /one/{x} | €"),
        ("/two/a/b%2fc%20d", "GET /two/{x=a/*} | a/b%2fc d"),
        ("/all/a%2Fb/c%20d", "GET /all/{x=**} | a%2Fb/c d"),
        ("/all", "GET /all/{x=**} | "),
        ("/two/%61/b", "GET /two/{x=a/*} | a/b"),
        ("/two/a/b/c", "GET /two/{x=a/*}/{y} | a/b | c"),
    ] {
        assert_eq!(find(&router, "GET", path), expected, "{path}");
    }
    assert_eq!(
        find(&router, "POST", "/all/a/b:go"),
        "POST /all/{x=**}:go | a/b"
    );
}

#[test]
fn hostile_paths_are_refused_or_unknown() {
    let router = router(&[
        ("GET", "/a/{x}"),
        ("GET", "/all/{x=**}"),
        ("GET", "/admin/x"),
    ]);
    let long = format!("/a/{}", "x".repeat(20_000));
    for (path, expected) in [
        ("", "404"),
        ("a/b", "404"),
        ("//a/b", "404"),
        ("/a//", "404"),
        ("/a/", "404"),
        ("/a/b/", "404"),
        ("/all//x", "404"),
        ("/all/x/", "404"),
        ("/a/%00", "400"),
        ("/a/%", "400"),
        ("/a/%f", "400"),
        ("/a/%ff", "400"),
        ("/a/%C0%AE", "400"),
        ("/a/..", "400"),
        ("/a/.", "400"),
        ("/a/%2e%2E", "400"),
        ("/a/x%2f..%2fadmin", "400"),
        ("/a/..%5cadmin", "400"),
        ("/a/../admin/x", "400"),
        ("/all/../admin/x", "400"),
        ("/all/%2e%2e/admin/x", "400"),
        ("/a/...", "GET /a/{x} | ..."),
        ("/a/a..b", "GET /a/{x} | a..b"),
        ("/a/%252e%252e", "GET /a/{x} | %2e%2e"),
        ("*", "404"),
        (&long, &format!("GET /a/{{x}} | {}", &long[3..])),
    ] {
        assert_eq!(find(&router, "GET", path), *expected, "{path:.40}");
    }
    // Many segments end at the depth of the tree.
    let deep = "/x".repeat(100_000);
    assert_eq!(find(&router, "GET", &deep), "404");
}

#[test]
fn routes_of_the_same_shape_conflict() {
    let mut router = router(&[("GET", "/a/{x}:go")]);
    let same = Template::parse("/a/{other=*}:go").unwrap();
    let get = Verb::Method("GET".into());
    let taken = router.insert(get, same.clone(), "second".into());
    assert_eq!(taken, Err(&"GET /a/{x}:go".to_owned()));
    let post = Verb::Method("POST".into());
    assert_eq!(router.insert(post, same, "third".into()), Ok(()));
}

/// A random template over few words, so that templates overlap.
fn templates() -> impl Strategy<Value = String> {
    let plain = prop_oneof![Just("a"), Just("b"), Just("*"), Just("{}"), Just("{=a/*}")];
    let last = prop_oneof![Just(""), Just("/**"), Just("/{=**}")];
    let verb = prop_oneof![Just(""), Just(":v"), Just(":w")];
    (prop::collection::vec(plain, 1..5), last, verb).prop_map(|(steps, last, verb)| {
        let mut text = String::new();
        for step in steps {
            text = format!("{text}/{step}");
        }
        let text = format!("{text}{last}{verb}");
        // Every variable gets its own name.
        let mut named = String::new();
        for (index, part) in text.split('{').enumerate() {
            if index > 0 {
                named = format!("{named}{{v{index}");
            }
            named.push_str(part);
        }
        named
    })
}

/// A path that the template fits, with texts that need encoding.
fn instance(template: &Template, words: &[String]) -> String {
    let mut words = words.iter().cycle();
    let mut path = String::new();
    for segment in &template.segments {
        let text = match segment {
            Segment::Literal(text) => text.clone(),
            Segment::Any => percent::encode(words.next().unwrap()),
            Segment::Rest => format!(
                "{}/{}",
                percent::encode(words.next().unwrap()),
                percent::encode(words.next().unwrap())
            ),
        };
        path = format!("{path}/{text}");
    }
    match &template.verb {
        Some(verb) => format!("{path}:{verb}"),
        None => path,
    }
}

/// How specific a template is, greater first.
fn rank(template: &Template) -> Vec<u8> {
    template
        .segments
        .iter()
        .map(|segment| match segment {
            Segment::Literal(_) => 3,
            Segment::Any => 2,
            Segment::Rest => 0,
        })
        .chain([1])
        .collect()
}

proptest! {
    /// Whatever is routed has a template that fits, no other that fits is more specific, and its
    /// variables hold what the path was made from.
    #[test]
    fn an_instance_of_a_template_finds_the_best_template_that_fits(
        texts in prop::collection::vec(templates(), 1..12),
        pick in any::<prop::sample::Index>(),
        words in prop::collection::vec("[a-c]|[ -~]{1,6}|é[:/%]", 3..6),
    ) {
        let words: Vec<_> = words
            .into_iter()
            .map(|w| if w.split(['/', '\\']).any(|p| p == "." || p == "..") { "x".into() } else { w })
            .collect();
        let mut router = Router::new();
        let mut stored = Vec::new();
        for text in &texts {
            let template = Template::parse(text).unwrap();
            if router.insert(Verb::Any, template.clone(), stored.len()).is_ok() {
                stored.push(template);
            }
        }
        let origin = &stored[pick.index(stored.len())];
        let path = instance(origin, &words);
        let found = router.find("GET", &path).unwrap();
        let winner = &stored[*found.value];
        prop_assert_eq!(&winner.verb, &origin.verb);
        prop_assert!(rank(winner) >= rank(origin), "{winner} is worse than {origin} for {path}");
        prop_assert_eq!(winner.variables.len(), found.variables.len());
        if std::ptr::eq(winner, origin) {
            for (variable, text) in origin.variables.iter().zip(&found.variables) {
                if origin.segments[variable.first..variable.end] == [Segment::Any] {
                    prop_assert!(words.contains(text), "{text:?} of {path}");
                }
            }
        }
    }

    #[test]
    fn no_path_panics(path in "\\PC{0,40}|/(a|b|%2e|%|%00|\\.\\.|:|/|é){0,12}", method in "[A-Z]{0,6}") {
        let router = router(&[("GET", "/a/{x}"), ("POST", "/{y=**}:a"), ("GET", "/a/b/**")]);
        let _ = router.find(&method, &path);
    }

    #[test]
    fn no_template_panics(text in "(/|\\{|\\}|=|\\*|\\.|:|a|b|%|é){0,20}") {
        if let Ok(template) = Template::parse(&text) {
            let again = Template::parse(&template.to_string());
            prop_assert!(again.is_ok() || text.contains('%'));
        }
    }
}
