/**
 * Keys and tokens that can be told from other text wherever they stand, by how their makers write them, and places in which
 * a secret stands by the rules of a format. Used by the search for secrets in lines. Every quantifier is bounded or ends at
 * a character that it cannot match, so that no line takes longer than its length.
 */
import type { SecretKind } from './secretNames';

/** Prefixes and lengths as the makers document them, or as they are seen. */
const shapes: readonly string[] = [
  String.raw`-----BEGIN [A-Z ]{0,40}PRIVATE KEY`,
  String.raw`(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7\d]{16}(?![A-Z\d])`, // Amazon
  String.raw`gh[pousr]_[A-Za-z0-9]{36}`, // GitHub
  String.raw`github_pat_\w{22}`,
  String.raw`gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[\w-]{20}`, // GitLab
  String.raw`xox[abeoprs]-[\w-]{10}`, // Slack
  String.raw`xapp-\d-[A-Z\d]{8,16}-\d{8}`,
  String.raw`sk-(?:proj|svcacct|admin|ant|or|lf)-(?=[\w-]{0,40}\d)[\w-]{20}`, // OpenAI, Anthropic, OpenRouter, Langfuse
  String.raw`sk-(?=[A-Za-z\d]{0,40}\d)(?=[A-Za-z\d]{0,40}[A-Z])[A-Za-z\d]{20}`,
  String.raw`[rsp]k_(?:live|test)_[A-Za-z0-9]{16}`, // Stripe
  String.raw`whsec_[A-Za-z0-9+/=]{24}`,
  String.raw`AIza[\w-]{35}`, // Google
  String.raw`ya29\.[\w-]{20}`,
  String.raw`GOCSPX-[\w-]{20}`,
  String.raw`1//0[\w-]{40}`,
  String.raw`npm_[A-Za-z0-9]{36}`,
  String.raw`pypi-AgEI[\w-]{30}`,
  String.raw`hf_[A-Za-z]{30}`, // Hugging Face
  String.raw`hf_(?=[A-Za-z\d]{0,30}\d)[A-Za-z\d]{30}`,
  String.raw`SG\.[\w-]{16,32}\.[\w-]{32}`, // SendGrid
  String.raw`key-[\da-f]{32}(?![\da-z])`, // Mailgun
  String.raw`SK[\da-f]{32}(?!\w)`, // Twilio
  String.raw`do[opr]_v1_[\da-f]{40}`, // DigitalOcean
  String.raw`dapi[\da-f]{32}`, // Databricks
  String.raw`shp(?:at|ca|pa|ss)_[\da-fA-F]{32}`, // Shopify
  String.raw`sq0(?:csp|atp|idp)-[\w-]{22}`, // Square
  String.raw`EAA[A-Za-z\d]{60}`, // Facebook
  String.raw`hv[sbr]\.[\w-]{24}`, // Vault
  String.raw`dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z\d._-]{36}`, // Doppler
  String.raw`pscale_(?:pw|tkn|oauth)_[\w.-]{32}`, // PlanetScale
  String.raw`sbp_[\da-f]{40}`, // Supabase
  String.raw`lin_(?:api|oauth)_[A-Za-z\d]{32}`, // Linear
  String.raw`(?:secret|ntn)_[A-Za-z\d]{40}`, // Notion
  String.raw`fig[dour]_[\w-]{36}`, // Figma
  String.raw`gl(?:sa|c)_[A-Za-z\d_+/=-]{32}`, // Grafana
  String.raw`NR(?:AK|JS|II|RA)-[A-Z\d-]{24}`, // New Relic
  String.raw`sntry[su]_[\w+/=-]{40}`, // Sentry
  String.raw`AT(?:ATT|CTT|BB)[A-Za-z\d_-]{24}`, // Atlassian
  String.raw`CCIPAT_[A-Za-z\d]{16}`, // CircleCI
  String.raw`sq[aup]_[\da-f]{40}`, // Sonar
  String.raw`cio[A-Za-z\d]{32}(?!\w)`, // crates.io
  String.raw`rubygems_[\da-f]{48}`,
  String.raw`dckr_pat_[\w-]{24}`, // Docker
  String.raw`oy2[a-z\d]{43}`, // NuGet
  String.raw`PMAK-[\da-f]{24}-[\da-f]{34}`, // Postman
  String.raw`AGE-SECRET-KEY-1[A-Z\d]{40}`,
  String.raw`sk\.eyJ[\w-]{40,400}\.[\w-]{20}`, // Mapbox
  String.raw`pk\.eyJ[\w-]{40,400}\.[\w-]{20}`,
  // JSON web token: not in the middle of a word, or each of many starts would be followed to the end
  String.raw`eyJ(?<![\w-]eyJ)[\w-]{10,4000}\.eyJ[\w-]{10,4000}\.[\w-]{10}`,
  String.raw`\$(?:2[abxy]\$\d\d\$[./A-Za-z\d]{50}|(?:apr1|[156y])\$[./A-Za-z\d=,]{1,40}\$[./A-Za-z\d]{20})`, // hashed passwords
];

/** Secrets of their own shape. What stands in the middle of a word is none, see {@link isInsideWord}. */
export const secretShape = new RegExp(shapes.join('|'), 'g');

/**
 * The same for secrets that begin with anything, and for webhook addresses, to which every holder may send. The telling
 * part comes first in the expression, and what stands before it is checked afterwards: most places are passed fast.
 */
export const innerShapes: readonly RegExp[] = [
  /-us\d{1,2}(?!\w)(?<=(?<![\w-])[\da-f]{32}-us\d{1,2})/g, // Mailchimp
  /\.atlasv1\.(?<=(?<!\w)[A-Za-z\d]{14}\.atlasv1\.)[\w-]{40}/g, // Terraform
  /:AA(?<=(?<![\w-])\d{8,10}:AA)[\w-]{33}(?![\w-])/g, // Telegram
  /\.[\w-]{6}\.[\w-]{27}(?![\w-])(?<=(?<![\w-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27})/g, // Discord
  /8Q~(?<=[\w~.-]{3}8Q~)[\w~.-]{31}/g, // Microsoft Entra
  /hooks\.slack\.com\/services\/T\w{6,16}\/B\w{6,16}\/\w{20}/g,
  /discord(?:app)?\.com\/api\/webhooks\/\d{16,20}\/[\w-]{50}/g,
  /\.webhook\.office\.com\/webhookb2\/[\da-f]{8}-/g,
];

/** `.sk-navigation-…` is a class of a style sheet, and `mask-…` a word. */
export function isInsideWord(text: string, at: number): boolean {
  return /[\w-]/.test(text[at - 1] ?? '') || (text[at - 1] === '.' && text.startsWith('sk-', at));
}

/** A place in a line behind which a secret stands; its groups are what may be one. */
export interface SecretPlace {
  readonly kind: SecretKind;
  /** Its group is what may be a secret. */
  readonly expression: RegExp;
}

const password = (expression: RegExp): SecretPlace => ({ kind: 'password', expression });
const token = (expression: RegExp): SecretPlace => ({ kind: 'token', expression });
const quoted = String.raw`["'\x60]([^"'\x60\n]{6,200})["'\x60]`;
const call = (names: string, before: string): SecretPlace =>
  password(new RegExp(String.raw`\b(?:${names})\([ \t]{0,4}${before}b?${quoted}`, 'g'));

/**
 * Places that formats, commands and functions have for secrets, beside settings with a telling name. A group is looked for
 * where the text matches its first expression, which most texts do not.
 */
export const secretPlaces: readonly (readonly [RegExp, ...SecretPlace[]])[] = [
  // postgres://user:password@host, and as Go has it
  [/:\/\//, password(/:\/\/[^\s/:@"'`<>]{0,100}:([^\s/@"'`<>]{4,200})@[\w.[-]/g)],
  [/@(?:tcp|unix)\(/, password(/["'`][\w.-]{1,60}:([^\s/@"'`:]{6,100})@(?:tcp|unix)\(/g)],
  [
    /bearer|basic|token[ \t]|splunk/i,
    token(/\b(?:bearer|token|apikey|splunk)[ \t]{1,4}([\w.~+/=-]{16,4000})/gi),
    token(/\bbasic[ \t]{1,4}([A-Za-z\d+/]{12,400}={0,2})(?![\w+/])/gi),
  ],
  // Connection strings and addresses
  [
    /[;"'`?&][ \t]{0,4}(?:pass|pwd|sig|key|api|token|access|auth|client|secret)|Account|Shared/i,
    password(/[;"'`][ \t]{0,4}(?:password|pwd)[ \t]{0,4}=[ \t]{0,4}([^;"'`\s]{6,200})/gi),
    password(/[?&](?:password|passwd|pwd|pass)=([^&\s"'`<>]{6,200})/gi),
    token(/[?&](?:sig|signature|key|api_?key|token|access_?token|auth|client_secret|secret)=([\w%+/.=-]{16,400})/gi),
    token(/\b(?:AccountKey|SharedAccessKey|SharedSecretValue)=([\w+/=-]{20,200})/g),
  ],
  // What a template falls back to: ${db.password:…}
  [
    /\$\{[\w.-]{0,80}(?:password|secret|token|key)/i,
    password(/\$\{[\w.-]{0,80}(?:password|secret|token|key)[\w.-]{0,20}:-?([^}"'\n]{6,200})\}/gi),
  ],
  [
    /cookie/i,
    token(/\bcookie["']?[ \t]{0,4}[:,=][^\n]{0,200}?(?:sess|sid|token|auth|jwt)[\w.-]{0,40}=([\w.~%+/-]{20,400})/gi),
  ],
  [/sonar/, token(/\bsonar\.login[ \t]{0,4}[=:][ \t]{0,4}([\da-f]{40})/g)],
  // Commands
  [
    /\bset(?:env|x)?[ \t]/,
    password(
      /\bset(?:env|x|[ \t]{1,4}-{1,2}[a-z]{1,10})[ \t]{1,4}(?=\w{0,60}(?:PASS|SECRET|TOKEN|KEY))\w{3,80}[ \t]{1,4}["']?([^\s"']{6,200})/g,
    ),
  ],
  [
    /[ \t](?:-u|--user|--proxy-user|-U)[ \t=]/,
    password(/[ \t](?:-u|--user|--proxy-user|-U)[ \t=]{1,4}["']?[\w.@\\-]{1,60}:([^\s"']{6,100})/g),
  ],
  [
    /\bsshpass|\bredis-cli|\bzip\b|\b7z\b|\bmysql|\bmariadb|\bdocker |\bpodman |\bhelm |\baz |\boc |\bnuget|\bskopeo|\bopenssl /,
    password(/\bsshpass[ \t]{1,4}-p[ \t]{0,4}["']?([^\s"']{6,100})/g),
    password(/\bredis-cli[ \t][^|;&\n]{0,200}?[ \t]-a[ \t]{1,4}["']?([^\s"'-][^\s"']{5,100})/g),
    password(/\b(?:zip|7z|unzip)[ \t](?:[^|;&\n]{0,200}?[ \t])?-[Pp][ \t]{0,4}["']?([^\s"'-][^\s"']{5,100})/g),
    password(/\b(?:mysql|mysqldump|mysqladmin|mariadb)[ \t][^|;&\n]{0,200}?[ \t]-p["']?([^\s"'-][^\s"']{5,100})/g),
    password(
      /\b(?:docker|podman|helm|az|oc|nuget|skopeo)[ \t][^|;&\n]{0,200}?[ \t]-p[ \t=]{1,4}["']?([^\s"'-][^\s"']{5,200})/g,
    ),
    password(
      /\bopenssl[ \t][^|;&\n]{0,200}?[ \t](?:-k|-pass(?:in|out)?[ \t]{1,4}pass:)[ \t]{0,4}["']?([^\s"']{6,100})/g,
    ),
  ],
  [
    /sudo|passwd|login|configure|\buse\b/i,
    password(
      /\becho[ \t]{1,4}(?:-n[ \t]{1,4})?["']?([^\s"'|]{6,100})["']?[ \t]{0,4}\|[ \t]{0,4}(?:sudo[ \t]{1,4}-S|docker[ \t]{1,4}login|passwd)/g,
    ),
    password(/\|(?<=\w:([^\s"':|]{6,100})["']?[ \t]{0,4}\|)[ \t]{0,4}(?:sudo[ \t]{1,4})?chpasswd/g),
    password(/\bnet[ \t]{1,4}use[ \t][^|;&\n]{0,200}?\/user:\S{1,80}[ \t]{1,4}([^\s"'/]{6,100})/gi),
    token(
      /\b(?:login|configure[ \t]{1,4}set[ \t]{1,4}\w{0,60}(?:secret|token|key)\w{0,40})[ \t]{1,4}["']?([\w+/=.-]{16,200})/g,
    ),
  ],
  [
    /identified|password|validationKey|decryptionKey/i,
    password(
      /\bIDENTIFIED[ \t]{1,4}(?:WITH[ \t]{1,4}\w{1,40}[ \t]{1,4})?BY[ \t]{1,4}(?:PASSWORD[ \t]{1,4})?["']([^"'\n]{6,200})["']/gi,
    ),
    password(/\bPASSWORD[ \t]{0,4}(?:=[ \t]{0,4}|\([ \t]{0,4})?N?'([^'\n]{6,200})'/gi),
    token(/\b(?:validation|decryption)Key="([\dA-F]{32,256})"/gi),
  ],
  // Calls that take a secret without naming it
  [/bearer_?auth/i, { ...call('(?:[sS]et_?)?[bB]earer_?[aA]uth(?:entication)?', ''), kind: 'token' }],
  [/["']AC[\da-f]{32}["'],/, token(/["']AC[\da-f]{32}["'],[ \t]{0,4}["']([\da-f]{32})["']/g)], // Twilio
  [
    /SecureString|SecurityKey|SecretKeySpec|hmacShaKeyFor/,
    password(/\bConvertTo-SecureString[ \t]{1,4}(?:-String[ \t]{1,4})?["']([^"'\n]{6,200})["']/g),
    password(/\b(?:SymmetricSecurityKey|SecretKeySpec|hmacShaKeyFor)\([^"'\n]{0,100}["']([^"'\n]{6,200})["']/g),
  ],
  [
    /getConnection|Credential|mysql|PDO|pg_connect|PasswordAuth|basic_?auth|[.>]connect\(|\bauth[ \t]{0,4}[=:]/i,
    call(
      String.raw`getConnection|NetworkCredential|mysqli_connect|mysql_connect|mysqli|PDO|pg_connect|UsernamePasswordCredentials?|PasswordAuthentication|HTTPBasicAuth|(?:[sS]et)?[bB]asicAuth(?:entication)?|(?:set_)?basic_auth`,
      String.raw`[^()\n]{1,200}?,[ \t]{0,4}`,
    ),
    call('connect', String.raw`["'][^"'\n]{1,100}["'],[ \t]{0,4}["'][^"'\n]{1,60}["'],[ \t]{0,4}`),
    password(
      new RegExp(
        String.raw`\bauth[ \t]{0,4}[=:][ \t]{0,4}[(\[][ \t]{0,4}["'][^"'\n]{1,80}["'],[ \t]{0,4}${quoted}`,
        'g',
      ),
    ),
  ],
  [
    /jwt|jws|jsonwebtoken|hmac/i,
    call(
      String.raw`(?:jwt|JWT|jws|jsonwebtoken)\.(?:sign|verify|encode|decode)`,
      String.raw`[^"'\x60\n]{1,100},[ \t]{0,4}`,
    ),
    call(String.raw`createHmac|hmac\.new|HMAC`, String.raw`(?:["'][\w-]{1,20}["'],[ \t]{0,4})?`),
  ],
  [
    /\b(?:twilio|algoliasearch|plivo|Octokit|Github|WebClient|createClient|setApiKey|set_api_key|login|authenticate)\(/,
    {
      ...call(
        'twilio|algoliasearch|plivo|Octokit|Github|WebClient|createClient|setApiKey|set_api_key|login|authenticate',
        String.raw`(?:["'\x60][^"'\x60\n]{1,120}["'\x60],[ \t]{0,4})?`,
      ),
      kind: 'token',
    },
  ],
];
