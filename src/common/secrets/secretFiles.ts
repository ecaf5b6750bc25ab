/**
 * Recognizes by their names files whose purpose is to hold secrets. Used wherever files are opened without the user:
 * such a file is neither indexed nor completed nor shown to a model.
 */

/** Names (in lower case) of files whose whole purpose is to hold secrets, or that always hold some. */
const secretNames: readonly RegExp[] = [
  /^\.env(\..+)?$/, // .env, .env.local, …
  /^.+\.env$/, // production.env
  /^\.(envrc|netrc|pgpass|my\.cnf|npmrc|pypirc|htpasswd|dockercfg|dockerconfigjson|vault-token|git-credentials|s3cfg|boto)$/,
  /^(_netrc|htpasswd|kubeconfig|terraform\.rc)$/,
  /^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/,
  /^.+\.(pem|key|p8|p12|pfx|jks|keystore|kdbx?|ppk|pkcs12|gpg|ovpn|publishsettings)$/,
  /^.+\.(tfvars|tfvars\.json|tfstate|kubeconfig|keytab)$/,
  /^(credentials|secrets?)(\.(json|ya?ml|toml|ini|txt|properties|xml|db|sqlite))?$/,
  /^(client_secrets?|service-?account|application_default_credentials).*\.json$/,
];

/** The same where the folder says what the file is: the last two names of a path, in lower case. */
const secretPlaces: readonly RegExp[] = [
  /^\.docker\/config\.json$/,
  /^\.kube\/config$/,
  /^\.aws\/(credentials|config)$/,
  /^\.azure\/(accesstokens|msal_token_cache)\.(json|bin)$/,
  /^\.cargo\/credentials(\.toml)?$/,
  /^\.gem\/credentials$/,
  /^\.ssh\/(?!config$|known_hosts$|authorized_keys$|.*\.pub$)/,
  /^\.gnupg\//,
];

/** Of those, the ones meant to be shared, with placeholders instead of values. */
const template = /\.(example|sample|template|tmpl|dist|defaults?)$/;

/** What is put behind the name of a file that is kept aside. */
const kept = /(?:\.(?:bak|backup|old|orig|save|swp|copy|\d{1,8})|~)$/;

/**
 * Whether a file usually holds secrets, by its name and its folder's.
 * @param path with `/` or `\` between folders.
 */
export function isSecretPath(path: string): boolean {
  const [folder = '', file = ''] = ['', ...path.toLowerCase().split(/[\\/]/)].slice(-2);
  const name = nameOf(file);
  if (template.test(name)) return false;
  return (
    secretNames.some((pattern) => pattern.test(name)) || secretPlaces.some((place) => place.test(`${folder}/${name}`))
  );
}

/** `id_rsa.bak` is a copy of `id_rsa`. */
function nameOf(file: string): string {
  let name = file;
  for (let bare = name.replace(kept, ''); bare !== name && bare !== ''; bare = name.replace(kept, '')) name = bare;
  return name;
}
