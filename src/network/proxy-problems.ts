import { Problem, type ProblemFields } from '../model/problem.ts';
import { obstacleOf } from './obstacles.ts';
import type { Hindrance, NameUnresolved, ProxyFailure } from './proxy-failure.ts';
import { messageAndCode, type TlsFailure, tlsFailureOf } from './tls-failures.ts';
import { at, type Peer, quote, roleOf } from './wording.ts';

/** What the outgoing proxy does in the place of leading on, in the words that a person reads. It is never told as the other side's doing. */

type Of<Reason extends Hindrance['reason']> = Extract<Hindrance, { reason: Reason }>;
type Told = Pick<ProblemFields, 'code' | 'kind' | 'title' | 'remedy'> & { said: string; cause?: string };

export function proxyProblem(failure: ProxyFailure, peer: Peer): Problem {
  const { said, ...told } = tell(failure, peer);
  const where = failure.target === hostAndPort(peer) ? '' : ` (${failure.target})`;
  return new Problem(
    {
      ...told,
      detail: `${failure.proxy.url.origin}, on the way to ${at(peer)}${where}: ${quote(said)}`,
      retry: 'later',
    },
    failure,
  );
}

function tell({ hindrance, proxy, target }: ProxyFailure, peer: Peer): Told {
  switch (hindrance.reason) {
    case 'unreachable':
      return unreachable(hindrance, peer);
    case 'tls':
      return noTls(hindrance, peer);
    case 'silent':
      return silent(target, peer);
    case 'answer':
      return unreadable(hindrance, peer);
    case 'sign-in':
      return signIn(hindrance, proxy.signIn !== null, peer);
    case 'refused':
      return hindrance.status >= 500
        ? goesNowhere(hindrance, target, peer)
        : refused(hindrance, target, peer);
  }
}

function unreachable({ cause: error }: Of<'unreachable'>, { protocol }: Peer): Told {
  const { why, cause } = obstacleOf(error) ?? { why: messageAndCode(error), cause: undefined };
  return {
    code: `${protocol}.proxy-unreachable`,
    kind: 'proxy',
    title: 'The proxy cannot be reached',
    said: why,
    ...(cause !== undefined && { cause }),
    remedy:
      'Check network.proxy.url of the configuration, and that this machine may reach the proxy (firewall, DNS). It is tried again by itself.',
  };
}

const noTlsRemedy =
  'Check the port in network.proxy.url. Most proxies take no TLS themselves: then it begins with http://, and what goes through is encrypted all the same.';

const tlsRemedies: Record<TlsFailure['mend'], string> = {
  name: 'Set network.proxy.url to the host name that the certificate of the proxy is for.',
  renew: 'Whoever runs the proxy gives it a new certificate.',
  clock:
    'Set the clock of this machine; if it is right, whoever runs the proxy gives it another certificate.',
  trust:
    'If you know that authority, name its certificate (PEM) in tls.trust of the configuration and start Letterbox again.',
  peer: 'Whoever runs the proxy mends its TLS settings.',
  port: noTlsRemedy,
  network: noTlsRemedy,
};

function noTls({ cause: error }: Of<'tls'>, { protocol }: Peer): Told {
  const failure = tlsFailureOf(error);
  return {
    code: `${protocol}.proxy-tls`,
    kind: 'proxy',
    title:
      failure?.what === 'certificate'
        ? 'The certificate of the proxy cannot be trusted'
        : 'No encrypted connection to the proxy comes about',
    said: messageAndCode(error),
    ...(failure && { cause: failure.cause }),
    remedy: tlsRemedies[failure?.mend ?? 'network'],
  };
}

function silent(target: string, { protocol }: Peer): Told {
  return {
    code: `${protocol}.proxy-silent`,
    kind: 'proxy',
    title: 'The proxy does not answer',
    said: `no answer to CONNECT ${target}`,
    cause: `It is overloaded, or waits itself for ${target}, which a firewall behind it may drop.`,
    remedy: `Let whoever runs the proxy see whether it works, and gets to ${target}. It is tried again by itself.`,
  };
}

function unreadable({ why }: Of<'answer'>, { protocol }: Peer): Told {
  return {
    code: `${protocol}.proxy-answer`,
    kind: 'proxy',
    title: 'What answers at the address of the proxy is none',
    said: why,
    cause:
      'Something else listens there, such as a web server or the sign-in page of a network; or the proxy wants TLS from the first byte.',
    remedy:
      'Check host, port and the beginning (http:// or https://) of network.proxy.url in the configuration.',
  };
}

function signIn({ schemes, said }: Of<'sign-in'>, wasShown: boolean, { protocol }: Peer): Told {
  const others = schemes.filter((scheme) => !/^basic$/i.test(scheme));
  const hasBasic = others.length < schemes.length || schemes.length === 0;
  const wanted = {
    title: 'The proxy wants a sign-in',
    remedy:
      'Set network.proxy.username and network.proxy.passwordFile of the configuration and start Letterbox again.',
  };
  const wrong = {
    title: 'The proxy refuses user name and password',
    remedy:
      'Check network.proxy.username, and network.proxy.password or network.proxy.passwordFile of the configuration; then start Letterbox again.',
  };
  const unable = {
    title: 'The proxy wants a sign-in that Letterbox cannot do',
    cause: `It offers ${others.map(quote).join(', ')}; Letterbox knows Basic.`,
    remedy:
      'Let whoever runs the proxy allow Basic, or let this machine through by its address without a sign-in.',
  };
  return {
    code: `${protocol}.proxy-sign-in`,
    kind: 'proxy',
    said: `it answered “${said}”`,
    ...(hasBasic ? (wasShown ? wrong : wanted) : unable),
  };
}

function refused({ said }: Of<'refused'>, target: string, peer: Peer): Told {
  const isByAddress = peer.protocol === 'webhook' && target !== hostAndPort(peer);
  const byName = isByAddress
    ? '; if its rules go by names, let it have them by network.proxy.destinationsResolvedBy: proxy'
    : '';
  return {
    code: `${peer.protocol}.proxy-refused`,
    kind: 'proxy',
    title: 'The proxy does not let this connection through',
    said: `it answered “${said}”`,
    cause: 'Its rules forbid the host or the port: many allow CONNECT to port 443 alone.',
    remedy: `Let whoever runs the proxy allow CONNECT to ${target}${byName}. Or, where this machine may connect directly, add ${peer.host} to network.proxy.except.`,
  };
}

function goesNowhere({ said }: Of<'refused'>, target: string, peer: Peer): Told {
  return {
    code: `${peer.protocol}.proxy-gateway`,
    kind: 'proxy',
    title: `The proxy does not get through to the ${roleOf(peer)}`,
    said: `it answered “${said}”`,
    cause:
      'The name is not known to the proxy, nothing answers there, or a firewall behind the proxy is in the way.',
    remedy: `Check host and port. If they are right, let whoever runs the proxy see why it does not get to ${target}. It is tried again by itself.`,
  };
}

/** Some are connected to, also through a proxy, only when the addresses of their names were looked at here. */
export function nameUnresolved(peer: Peer, { message: name, cause }: NameUnresolved): Problem {
  const byProxy =
    'Where this machine has no DNS, network.proxy.destinationsResolvedBy: proxy leaves that to the proxy, which then must refuse private addresses itself.';
  return new Problem(
    {
      code: `${peer.protocol}.name-unresolved`,
      kind: 'unavailable',
      title: `The host name of the ${roleOf(peer)} cannot be resolved here`,
      detail: `${at(peer)}: ${obstacleOf(cause)?.why ?? 'no answer'}`,
      cause: `${quote(name)} is misspelt, or the DNS server of this machine does not know it. Behind a proxy it is to be known here as well: its address decides whether it is connected to.`,
      remedy:
        peer.protocol === 'webhook'
          ? `Check the name. ${byProxy}`
          : 'Check the name, and the DNS of this machine.',
      retry: 'later',
    },
    cause,
  );
}

function hostAndPort({ host, port }: Peer): string {
  return `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}
