// A client whose types are generated from the OpenAPI document: what it may ask and what it reads is
// checked by the compiler, what the server answers when it runs.
//
//   node generated/client.js EDGE EMAIL
//
// Prints {name, films, profile, refusal}.
import createClient from 'openapi-fetch';
import type { components, paths } from './generated/api.js';

const [edge, email] = process.argv.slice(2);
if (!edge || !email) {
  console.error('usage: node generated/client.js EDGE EMAIL');
  process.exit(2);
}
// Answers come in the envelope unless the raw form is asked for.
const api = createClient<paths, 'application/json'>({ baseUrl: edge });

const account = { email, password: 'a long enough password', name: 'Typed' };
const registered = success(await api.POST('/auth/register', { body: account }));
api.use({
  onRequest({ request }) {
    request.headers.set('authorization', `Bearer ${registered.data.accessToken}`);
  },
});
const me = success(await api.GET('/users/me'));
const films = success(await api.GET('/ondemand/movies', { params: { query: { pageSize: 3 } } }));
const ids: (string | undefined)[] = films.data.items?.map((film) => film.id) ?? [];
const path = { profile_id: me.data.defaultProfileId ?? '' };
const renamed = success(
  await api.PATCH('/users/profiles/{profile_id}', { params: { path }, body: { name: 'Typed anew' } }),
);
const unknown = await api.GET('/ondemand/movies/{id}', {
  params: { path: { id: '01900000-0000-7000-8000-000000000000' } },
});
const refusal: components['schemas']['Error'] | undefined = unknown.error;

console.log(
  JSON.stringify({
    name: me.data.name,
    films: ids.length,
    profile: renamed.data.name,
    refusal: refusal?.error.code,
  }),
);

/** Returns the answer of a call that must succeed. */
function success<T>(result: { data?: T; error?: unknown; response: Response }): T {
  if (result.data === undefined) {
    throw new Error(`${result.response.url}: ${JSON.stringify(result.error)}`);
  }
  return result.data;
}
