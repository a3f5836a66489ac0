//! The context of a call: read from metadata when it arrives, written into metadata when a method
//! calls on.

use std::{sync::Arc, time::Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use sv_kernel::{
    Bearer, Country, Ctx, Id, Locale, Platform, Result, Tenant, Whereabouts, clock_of,
};
use sv_proto::users::UserReason;
use tonic::{Request, metadata::MetadataMap};
use uuid::{Uuid, fmt::Hyphenated};

use crate::{
    Env, conditions,
    header::{text, unusable},
    names,
    policy::Caller,
    timeout, trace,
};

/// Makes a request to another service on behalf of the present call: the viewer's token, tenant,
/// profile, device, country, platform, language, request id, trace and the time that is left travel along.
pub fn call<M>(ctx: &Ctx, message: M) -> Request<M> {
    let mut request = Request::new(message);
    write(ctx, request.metadata_mut());
    request
}

fn write(ctx: &Ctx, metadata: &mut MetadataMap) {
    let mut put = |name: &'static str, value: &str| {
        // What cannot stand in a header never came in by one.
        if let Ok(value) = value.parse() {
            metadata.insert(name, value);
        }
    };
    put(names::REQUEST_ID, &ctx.request_id);
    put(names::TENANT, ctx.tenant.as_str());
    put(names::LANGUAGE, ctx.locale.as_str());
    if let Some(bearer) = &ctx.bearer {
        put(names::AUTHORIZATION, &format!("Bearer {}", bearer.reveal()));
    }
    if let Some(client) = &ctx.client {
        put(names::CLIENT, &client.to_string());
    }
    if let Some(country) = &ctx.whereabouts.country {
        put(names::COUNTRY, country.as_str());
    }
    if let Some(platform) = ctx.whereabouts.platform {
        put(names::PLATFORM, platform.as_str());
    }
    if let Some(profile) = &ctx.profile {
        put(names::PROFILE, &profile.to_string());
    }
    if let Some(device) = &ctx.device {
        put(names::DEVICE, device);
    }
    if let Some(trace) = &ctx.traceparent {
        put(names::TRACEPARENT, trace);
    }
    if let Some(left) = ctx.remaining() {
        put(names::TIMEOUT, &timeout::write(left));
    }
}

/// What was found out about a call before its context is made.
pub(crate) struct Arrived {
    pub(crate) caller: Caller,
    /// The tenant of the viewer's token.
    pub(crate) tenant: Option<Tenant>,
    pub(crate) bearer: Option<Bearer>,
    pub(crate) request_id: Arc<str>,
    /// The `traceparent` that came, if it is well formed.
    pub(crate) traceparent: Option<Arc<str>>,
    pub(crate) deadline: Instant,
}

/// Makes the context of a call that arrived.
pub(crate) fn read(env: &Env, headers: &HeaderMap, arrived: Arrived) -> Result<Ctx> {
    let tenant = match arrived.tenant {
        Some(claimed) => claimed,
        // A stranger's header says nothing (C26).
        None if arrived.caller.service.is_none() => Tenant::default(),
        None => match text(headers, names::TENANT)? {
            Some(name) => Tenant::parse(name).map_err(|e| unusable(names::TENANT, e))?,
            None => Tenant::default(),
        },
    };
    let Told {
        profile,
        device,
        platform,
    } = told(headers)?;
    let bound = arrived.caller.viewer.as_ref().and_then(|v| v.profile);
    let profile = match (bound.map(Id::uuid), profile) {
        (Some(bound), Some(named)) if named != bound => {
            return Err(UserReason::ProfileBound.into());
        }
        (bound, named) => bound.or(named),
    };
    let signed_in_on = || arrived.caller.viewer.as_ref()?.device.as_deref();
    let device = device.or_else(signed_in_on).map(Arc::from);
    let client = client(headers, &arrived.caller);
    let whereabouts = Whereabouts {
        country: country(headers, &arrived.caller),
        platform,
    };
    let agent = agent(headers).map(Arc::from);
    Ok(Ctx {
        clock: clock_of(&env.business_clock, &tenant),
        tenant,
        actor: arrived.caller.actor(),
        profile,
        device,
        agent,
        client,
        whereabouts,
        locale: headers
            .get(names::LANGUAGE)
            .map_or_else(Locale::default, language),
        request_id: arrived.request_id,
        traceparent: trace::current(arrived.traceparent),
        bearer: arrived.bearer,
        idempotency_key: None,
        if_match: conditions::if_match(headers).map(Arc::from),
        prefetch: conditions::is_prefetch(headers),
        held_key: None,
        trail: None,
        deadline: Some(arrived.deadline),
        entropy: env.entropy.clone(),
        ids: env.ids.clone(),
    })
}

/// What clients say about themselves in headers.
struct Told<'h> {
    profile: Option<Uuid>,
    device: Option<&'h str>,
    platform: Option<Platform>,
}

fn told(headers: &HeaderMap) -> Result<Told<'_>> {
    let profile = text(headers, names::PROFILE)?.map(|id| match Uuid::parse_str(id) {
        // Its other forms are none that the document knows.
        Ok(profile) if id.len() == Hyphenated::LENGTH => Ok(profile),
        _ => Err(unusable(names::PROFILE, "it is no UUID")),
    });
    let device = text(headers, names::DEVICE)?;
    if device.is_some_and(|device| device.len() > 128) {
        let problem = "it has at most 128 characters";
        return Err(unusable(names::DEVICE, problem));
    }
    Ok(Told {
        profile: profile.transpose()?,
        device,
        platform: platform(headers)?,
    })
}

/// Returns the kind of device that a client says it is, or what its `User-Agent` says of that.
///
/// Fails with `HEADER_INVALID` where it names none that there is.
pub fn platform(headers: &HeaderMap) -> Result<Option<Platform>> {
    match text(headers, names::PLATFORM)? {
        Some(name) => {
            let named = Platform::parse(name).map(Some);
            named.map_err(|problem| unusable(names::PLATFORM, problem))
        }
        None => Ok(agent(headers).and_then(Platform::of_agent)),
    }
}

/// Refuses what a service would refuse of the headers by which clients tell about themselves, for those
/// who answer in its place.
///
/// Fails with `HEADER_INVALID`.
pub fn check_told(headers: &HeaderMap) -> Result<()> {
    told(headers).map(drop)
}

/// Makes the context of a call that is refused before its headers are judged, for its audit record.
pub(crate) fn of_refused(env: &Env, headers: &HeaderMap, arrived: Arrived) -> Ctx {
    let mut told = HeaderMap::new();
    for name in [names::TENANT, names::CLIENT] {
        if let Some(value) = headers.get(name) {
            told.insert(HeaderName::from_static(name), value.clone());
        }
    }
    let service = arrived.caller.service.clone();
    read(env, &told, arrived).unwrap_or_else(|_| {
        let name = service.as_deref().unwrap_or_default();
        Ctx::background(name, env.business_clock.clone(), env.entropy.clone())
    })
}

/// Returns the client's address. A stranger's header says nothing.
fn client(headers: &HeaderMap, caller: &Caller) -> Option<std::net::IpAddr> {
    caller.service.as_ref()?;
    headers.get(names::CLIENT)?.to_str().ok()?.parse().ok()
}

/// Returns the country that the client is in. A stranger's header says nothing.
fn country(headers: &HeaderMap, caller: &Caller) -> Option<Country> {
    caller.service.as_ref()?;
    Country::parse(headers.get(names::COUNTRY)?.to_str().ok()?).ok()
}

/// Returns the program that the client says it is, without what our own transport adds.
fn agent(headers: &HeaderMap) -> Option<&str> {
    const LONGEST: usize = 256;
    let told = headers.get(http::header::USER_AGENT)?.to_str().ok()?;
    let told = told.split(" tonic/").next().unwrap_or(told);
    let end = told.len().min(LONGEST);
    // Header values that are text are ASCII.
    told.get(..end).filter(|told| !told.starts_with("tonic/"))
}

/// Takes the caller's request id if it is short and plain, else makes one.
pub(crate) fn request_id(env: &Env, headers: &HeaderMap) -> Arc<str> {
    let plain = |id: &&str| {
        (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    match headers
        .get(names::REQUEST_ID)
        .and_then(|v| v.to_str().ok())
        .filter(plain)
    {
        Some(id) => id.into(),
        None => env.ids.next::<Ctx>().to_string().into(),
    }
}

/// Returns the language that the client likes best among those we can name (RFC 9110 12.5.4).
fn language(header: &HeaderValue) -> Locale {
    let Ok(header) = header.to_str() else {
        return Locale::default();
    };
    let mut best: Option<(f32, Locale)> = None;
    for part in header.split(',').take(20) {
        let (tag, weight) = match part.split_once(';') {
            Some((tag, q)) => {
                let q = q
                    .trim()
                    .strip_prefix("q=")
                    .and_then(|q| q.trim().parse().ok());
                (tag, q.unwrap_or(0.0))
            }
            None => (part, 1.0),
        };
        let tag = tag.trim();
        let locale = Locale::parse(tag)
            .or_else(|_| Locale::parse(tag.split('-').next().unwrap_or_default()));
        if let Ok(locale) = locale
            && weight > best.as_ref().map_or(0.0, |(w, _)| *w)
        {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use sv_proto::common::CommonReason;

    use super::*;

    fn arrived() -> Arrived {
        Arrived {
            caller: Caller::default(),
            tenant: None,
            bearer: None,
            request_id: "r".into(),
            traceparent: None,
            deadline: Instant::now(),
        }
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_strangers_tenant_header_is_ignored_and_a_services_is_taken() {
        let headers = headers(&[(names::TENANT, "acme")]);
        let ctx = read(&Env::system(), &headers, arrived()).unwrap();
        assert_eq!(ctx.tenant, Tenant::default());

        let service = Caller {
            service: Some("edge".into()),
            viewer: None,
        };
        let from_service = Arrived {
            caller: service.clone(),
            ..arrived()
        };
        assert_eq!(
            read(&Env::system(), &headers, from_service)
                .unwrap()
                .tenant
                .as_str(),
            "acme"
        );

        let claimed = Arrived {
            caller: service,
            tenant: Some(Tenant::parse("own").unwrap()),
            ..arrived()
        };
        assert_eq!(
            read(&Env::system(), &headers, claimed)
                .unwrap()
                .tenant
                .as_str(),
            "own"
        );
    }

    #[test]
    fn a_clients_address_is_taken_from_services_only() {
        let headers = headers(&[(names::CLIENT, "192.0.2.7")]);
        let ctx = read(&Env::system(), &headers, arrived()).unwrap();
        assert_eq!(ctx.client, None);
        let from_edge = Arrived {
            caller: Caller {
                service: Some("edge".into()),
                viewer: None,
            },
            ..arrived()
        };
        let ctx = read(&Env::system(), &headers, from_edge).unwrap();
        assert_eq!(ctx.client, "192.0.2.7".parse().ok());
    }

    #[test]
    fn a_client_says_what_it_is_and_a_browser_need_not() {
        let of = |pairs: &[(&'static str, &str)]| {
            let ctx = read(&Env::system(), &headers(pairs), arrived()).unwrap();
            ctx.whereabouts.platform
        };
        let agent = ("user-agent", "Mozilla/5.0 (SMART-TV)");
        assert_eq!(of(&[(names::PLATFORM, "tv"), agent]), Some(Platform::Tv));
        assert_eq!(of(&[agent]), Some(Platform::Web));
        assert_eq!(of(&[("user-agent", "App/1")]), None);
    }

    #[test]
    fn unusable_headers_are_named() {
        for bad in [
            headers(&[(names::PROFILE, "42")]),
            headers(&[(names::PROFILE, "")]),
            headers(&[(names::PROFILE, "0190b8e17c3a7d2f8a445f0c2b9d1e67")]),
            headers(&[(names::PROFILE, "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67"); 2]),
            headers(&[(names::DEVICE, &"d".repeat(129))]),
            headers(&[(names::PLATFORM, "toaster")]),
            headers(&[(names::PLATFORM, "tv"); 2]),
        ] {
            let error = read(&Env::system(), &bad, arrived()).unwrap_err();
            assert!(error.is(&CommonReason::HeaderInvalid));
            assert!(error.metadata()["header"].starts_with("x-"));
        }
    }

    #[test]
    fn request_ids_of_clients_are_taken_only_if_plain() {
        let id = |value: &str| request_id(&Env::system(), &headers(&[(names::REQUEST_ID, value)]));
        assert_eq!(&*id("abc-1"), "abc-1");
        assert_ne!(&*id("a b"), "a b");
        assert_eq!(id(&"x".repeat(65)).len(), 36);
    }

    #[test]
    fn the_language_liked_best_is_taken() {
        let best = |header: &str| language(&header.parse().unwrap()).as_str().to_owned();
        assert_eq!(best("de;q=0.5, pt-BR, en;q=0.9"), "pt-BR");
        assert_eq!(best("zh-hant-tw, en;q=0.1"), "zh-Hant-TW");
        assert_eq!(best("es-419"), "es-419");
        assert_eq!(best("en-toolongtobeatag, nb;q=0.1"), "en");
        assert_eq!(best("*, ;;;, q=1"), "en");
        assert_eq!(best("nb;q=0"), "en");
    }
}
