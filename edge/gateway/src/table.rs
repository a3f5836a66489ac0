//! What a descriptor set and the upstreams come to: routes, and where each RPC is.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use http::uri::PathAndQuery;
use prost_reflect::DescriptorPool;
use sv_rest::{
    Dialect, Plan,
    codec::{Codec, ReadOptions, WriteOptions},
};
use tonic::transport::Channel;

use crate::{
    Problems,
    options::{Names, Options, Upstream},
};

/// Everything that a request needs to know.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) plan: Plan,
    pub(crate) write: WriteOptions,
    /// By the place of the RPC in the plan; none where no upstream has its service.
    rpcs: Vec<Option<Rpc>>,
    by_path: HashMap<String, usize>,
    /// What an operator should know, but nothing to end for.
    pub(crate) notes: Vec<String>,
    /// Full names, e.g. `library.v1.Library`.
    pub(crate) services: Vec<String>,
}

/// An RPC that is served.
#[derive(Debug)]
pub(crate) struct Rpc {
    pub(crate) path: PathAndQuery,
    pub(crate) channel: Channel,
    /// The address of the service, for logs.
    pub(crate) upstream: Arc<str>,
    /// Whether either side streams.
    pub(crate) streams: bool,
    /// Whether the caller does.
    pub(crate) takes_stream: bool,
}

impl Table {
    /// Compiles the table, or lists everything that is wrong.
    pub(crate) fn compile(
        pool: &DescriptorPool,
        options: &Options,
        channels: &[(Upstream, Channel)],
    ) -> Result<Self, Problems> {
        let wrong = |errors: sv_rest::codec::CompileErrors| Problems(errors.0);
        let codec = Arc::new(Codec::compile(pool).map_err(wrong)?);
        let write = WriteOptions {
            defaults: options.defaults,
            preserve_names: options.names == Names::Original,
            ..WriteOptions::CANONICAL
        };
        let dialect = Dialect {
            read: ReadOptions {
                ignore_unknown: options.ignore_unknown,
                ..ReadOptions::CANONICAL
            },
            write,
            unbound: options.unbound,
        };
        let plan = Plan::compile_any(pool, codec, dialect).map_err(wrong)?;
        let mut notes = plan.notes().to_vec();
        let (mut rpcs, mut by_path) = (Vec::new(), HashMap::new());
        let (mut services, mut without) = (BTreeSet::new(), BTreeSet::new());
        for (index, method) in plan.methods().iter().enumerate() {
            let way = channels
                .iter()
                .filter_map(|way| Some((way.0.fits(&method.service)?, way)))
                .max_by_key(|(closeness, _)| *closeness);
            let path = PathAndQuery::try_from(method.path.as_str());
            let (Some((_, (upstream, channel))), Ok(path)) = (way, path) else {
                without.insert(method.service.clone());
                rpcs.push(None);
                continue;
            };
            services.insert(method.service.clone());
            by_path.insert(method.path.clone(), index);
            rpcs.push(Some(Rpc {
                path,
                channel: channel.clone(),
                upstream: upstream.address.to_string().into(),
                streams: method.client_streaming || method.server_streaming,
                takes_stream: method.client_streaming,
            }));
        }
        if services.is_empty() {
            let problem = "no service of the descriptor set has an upstream";
            return Err(problem.to_owned().into());
        }
        notes.extend(
            without
                .into_iter()
                .map(|name| format!("{name} has no upstream and is not served")),
        );
        Ok(Self {
            plan,
            write,
            rpcs,
            by_path,
            notes,
            services: services.into_iter().collect(),
        })
    }

    /// Returns an RPC by its place in the plan.
    pub(crate) fn rpc(&self, place: usize) -> Option<&Rpc> {
        self.rpcs.get(place)?.as_ref()
    }

    /// Returns an RPC by the path of its gRPC call.
    pub(crate) fn of_path(&self, path: &str) -> Option<&Rpc> {
        self.rpc(*self.by_path.get(path)?)
    }

    /// Lists the routes that are served, one a line.
    pub(crate) fn routes(&self) -> Vec<String> {
        let plan = &self.plan;
        let served = plan
            .bindings()
            .iter()
            .filter(|binding| self.rpc(binding.method).is_some());
        served
            .map(|binding| {
                let verb = match &binding.verb {
                    sv_rest::route::Verb::Method(method) => method,
                    sv_rest::route::Verb::Any => "*",
                };
                let rpc = &plan.methods()[binding.method].path;
                format!(
                    "{verb:<7} {}  {}",
                    binding.template,
                    rpc.trim_start_matches('/')
                )
            })
            .collect()
    }
}
