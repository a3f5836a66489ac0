// What a page does with grpc-web: signs in, lists films, and is refused. Once in the binary form by
// Connect, once in the text form by the library of the gRPC project.
import { createFileRegistry, create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import { GrpcWebClientBase, MethodDescriptor, MethodType } from 'grpc-web';

const AUTH = 'streamverse.auth.v1.AuthService';
const CONTENT = 'streamverse.content.v1.ContentService';
const USERS = 'streamverse.users.v1.UserService';

/** Returns {binary, text}, each {name, titles, stranger, wrong}, the last two being refusals
 * {code, reason, domain}; or {failure} where the browser lets nothing through. */
export async function walk({ edge, email, password }) {
  try {
    const answer = await fetch('/gen/descriptors.bin');
    const files = fromBinary(FileDescriptorSetSchema, new Uint8Array(await answer.arrayBuffer()));
    const registry = createFileRegistry(files);
    const binary = await steps(byConnect(edge, registry), { email, password });
    const text = await steps(byText(edge, registry), { email, password });
    return { binary, text };
  } catch (failure) {
    return { failure: String(failure) };
  }
}

/** The same steps, whoever makes the calls. */
async function steps({ call, refusal }, account) {
  const { accessToken, user } = await call(AUTH, 'Login', account);
  const token = { authorization: `Bearer ${accessToken}` };
  const { items } = await call(CONTENT, 'ListMovies', { pageSize: 3 }, token);
  const stranger = await call(USERS, 'GetMe', {}).then(
    () => null,
    (error) => refusal(error),
  );
  const wrong = await call(CONTENT, 'GetMovie', { id: 'x' }, token).then(
    () => null,
    (error) => refusal(error),
  );
  return { name: user.name, titles: items.map((item) => item.title), stranger, wrong };
}

/** Calls by Connect's transport: `application/grpc-web+proto`. */
function byConnect(edge, registry) {
  const transport = createGrpcWebTransport({ baseUrl: edge });
  return {
    call(service, method, request, headers) {
      const client = createClient(registry.getService(service), transport);
      return client[method[0].toLowerCase() + method.slice(1)](request, { headers });
    },
    refusal(error) {
      if (!(error instanceof ConnectError) || error.code === Code.Unknown) {
        throw error;
      }
      const [info] = error.findDetails(registry.getMessage('google.rpc.ErrorInfo'));
      return { code: error.code, reason: info?.reason, domain: info?.domain };
    },
  };
}

/** Calls by the gRPC project's library: `application/grpc-web-text`. */
function byText(edge, registry) {
  const client = new GrpcWebClientBase({ format: 'text' });
  return {
    async call(service, name, request, headers = {}) {
      const { input, output } = registry.getService(service).methods.find((m) => m.name === name);
      const method = new MethodDescriptor(
        `/${service}/${name}`,
        MethodType.UNARY,
        Object,
        Object,
        (message) => toBinary(input, create(input, message)),
        (bytes) => fromBinary(output, bytes),
      );
      return client.unaryCall(`${edge}${method.getName()}`, request, headers, method);
    },
    refusal(error) {
      const details = error.metadata?.['grpc-status-details-bin'];
      if (!details) {
        throw error;
      }
      const bytes = Uint8Array.from(atob(details), (letter) => letter.charCodeAt(0));
      const status = fromBinary(registry.getMessage('google.rpc.Status'), bytes);
      const ErrorInfo = registry.getMessage('google.rpc.ErrorInfo');
      const any = status.details.find((detail) => detail.typeUrl.endsWith(ErrorInfo.typeName));
      const { reason, domain } = fromBinary(ErrorInfo, any.value);
      return { code: error.code, reason, domain };
    },
  };
}
