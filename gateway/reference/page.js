/* The page on which the API is read and tried. Whom it may reach is for its
   Content-Security-Policy to say; what is switched off below would only fail there. */

const SIGN_INS = [
  "/auth/otp/verify",
  "/auth/verify-otp",
  "/auth/verify-otp-email",
  "/auth/refresh",
];
const SAMPLES = ["shell/curl", "js/fetch", "java/okhttp", "swift/nsurlsession"];
const OTHER_SAMPLES = [
  ..."c clojure csharp dart fsharp go http julia kotlin node objc ocaml php".split(" "),
  ..."powershell python r ruby rust".split(" "),
  ..."shell/httpie shell/wget js/axios js/jquery js/ofetch js/xhr".split(" "),
  ..."java/asynchttp java/nethttp java/unirest".split(" "),
];
/* What the document says of an operation that changes data. */
const WARNING = "x-production-warning";
/* And of one that is another, under one more path. */
const ALIAS = "x-alias-of";

const page = document.documentElement;
const isDevelopment = !page.dataset.development;
const development = {
  name: "Development",
  description: "Development: to try things out",
  url: page.dataset.development || location.origin,
};
const production = {
  name: "Production",
  description: "Production: real people and their data",
  url: page.dataset.production || location.origin,
};

/* Stands at each operation that changes data, and in its form; page.css shows it while
   Production is selected. */
class ProductionWarning extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "note");
    if (this.hasAttribute(WARNING)) this.say(this.getAttribute(WARNING));
  }

  /* Set in the form, which has the element for every operation. */
  set operation(operation) {
    this.className = "of-form";
    this.hidden = !(WARNING in operation);
    this.say(operation[WARNING] ?? "");
  }

  say(text) {
    const selected = document.createElement("strong");
    selected.textContent = "Production is selected.";
    this.replaceChildren(selected, ` ${text}`);
  }
}

const warnings = () => ({
  name: "production-warnings",
  extensions: [{ name: WARNING, component: "production-warning" }],
  apiClientPlugins: [{ components: { request: { component: "production-warning" } } }],
});

function serverAt(url) {
  return url === production.url ? "production" : "development";
}

/* `url`: of the server that is selected; empty when none is, and requests come here. */
function select(url) {
  const server = serverAt(url || location.origin);
  if (page.dataset.server === server) return;
  page.dataset.server = server;
  authenticate("");
}

/* With a token of the server that is selected: one that was got here goes to no other. */
function authenticate(token) {
  const securitySchemes = { [scheme]: { token } };
  reference.updateConfiguration({ ...configuration, authentication: { securitySchemes } });
}

/* Who signs in on this page need not copy the token. */
async function received({ response }) {
  const { origin, pathname } = new URL(response.url);
  if (!response.ok || !SIGN_INS.includes(pathname)) return;
  if (serverAt(origin) !== page.dataset.server) return; // another was selected meanwhile
  const { data } = await response.clone().json();
  authenticate(data.accessToken);
}

function introduction(api) {
  const linked = (path) => {
    const tag = api.paths[path].post.tags[0].toLowerCase().replaceAll(" ", "-");
    return `[\`POST ${path}\`](#tag/${tag}/POST${path})`;
  };
  const here = isDevelopment ? development : production;
  const inbox = isDevelopment
    ? "in the [dev inbox](/dev/inbox): in development nothing is really sent"
    : "in the mail; a development stack has it in its dev inbox, `/dev/inbox`";
  return `## First steps

1. **Choose a server.** ${here.name} is the gateway that shows this page.
2. **Ask for a code**: ${linked("/auth/otp/request")}, *Test Request*, with an email such as
   \`ada@aula.test\`; in a development stack \`admin@aula.test\` is superadmin.
3. **Read it** ${inbox}.
4. **Sign in** with it: ${linked("/auth/otp/verify")}. The \`accessToken\` then stands under
   *Authentication*, and is sent with every operation that needs it, for an hour. One that you have
   from elsewhere is entered there, once.

The same as documents: [OpenAPI](/openapi.json), [the events as AsyncAPI](/asyncapi.json),
[TypeScript definitions](/client.d.ts).

## What to know`;
}

async function described(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const api = await answer.json();
  for (const operations of Object.values(api.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      if (ALIAS in operation) delete operations[method]; // the other's description names it
    }
  }
  const [first, ...others] = api.info.description.split("\n\n");
  api.info.description = [first, introduction(api), ...others].join("\n\n");
  return api;
}

const api = await described("/openapi.json");
const [scheme] = Object.keys(api.components.securitySchemes);
const configuration = {
  content: { ...api, security: [{ [scheme]: [] }] },
  servers: [development, production],
  onServerChange: select,
  onResponseReceived: received,
  plugins: [warnings],
  persistAuth: isDevelopment,
  featuredClients: SAMPLES,
  hiddenClients: OTHER_SAMPLES,
  defaultOpenFirstTag: false,
  documentDownloadType: "none",
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: "never",
};

customElements.define("production-warning", ProductionWarning);
page.dataset.server = serverAt(development.url);
const reference = Scalar.createApiReference("#reference", configuration);
