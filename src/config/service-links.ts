type Env = Readonly<Record<string, string | undefined>>;

/** What only a service link is named: `<SERVICE>_SERVICE_HOST`, `<SERVICE>_SERVICE_PORT_HTTP`, `<SERVICE>_PORT_80_TCP_ADDR` … */
const NAMED_SO = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
/** `<SERVICE>_PORT` may be a setting of ours, too; its value tells them apart. */
const PORT_NAME = /_PORT$/;
const PORT_VALUE = /^(tcp|udp|sctp):\/\//;

/**
 * The environment without what Kubernetes puts there for each service of the namespace: a service called `shop` or `metrics`
 * would otherwise look like a slip of the pen in a variable of ours, or like an invalid value of one.
 */
export function withoutServiceLinks(env: Env): Env {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) => !NAMED_SO.test(name) && !(PORT_NAME.test(name) && PORT_VALUE.test(value ?? '')),
    ),
  );
}
