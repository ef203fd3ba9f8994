using System.Globalization;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams;
using Culvert.Tunnel.Agent.Upstreams.Stdio;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>
/// Declares which secrets of the configuration are static. What another program renews is not: the identity token of the
/// platform, and everything that the agent makes and renews in its state directory.
/// </summary>
internal static class StaticSecrets
{
    // Read by the exporters of telemetry (OpenTelemetry Protocol Exporter specification).
    private static readonly string[] Variables =
    [
        "OTEL_EXPORTER_OTLP_HEADERS",
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
        "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
        "OTEL_EXPORTER_OTLP_LOGS_HEADERS",
    ];

    /// <summary>Lists the static secrets that are set, in the order of the file.</summary>
    /// <param name="environment">Null = that of this process.</param>
    public static IReadOnlyList<StaticSecret> List(AgentSettings settings, Func<string, string?>? environment = null) =>
        [
            .. Find("identity.tunnel_token", StaticSecretKind.TunnelToken, settings.Identity.TunnelToken),
            .. FindProxy("network.proxy.password", settings.Identity.Network.Proxy),
            .. Find("certificates.key_file", StaticSecretKind.ServerKey, ToFile(settings.Certificates.KeyFile)),
            .. settings.Routes.SelectMany(ListRoute),
            .. settings.LongPolls.SelectMany(tunnel =>
                (IEnumerable<StaticSecret>)
                    [
                        new($"tunnels[{tunnel.TunnelId}].api_key", StaticSecretKind.ApiKey, tunnel.ApiKey),
                        .. Find(
                            $"tunnels[{tunnel.TunnelId}].client_key_file",
                            StaticSecretKind.ClientKey,
                            tunnel.ClientKeyFile
                        ),
                    ]
            ),
            .. settings.Connectors.SelectMany(tunnel =>
                Find($"tunnels[{tunnel.Domain}].key_file", StaticSecretKind.ServerKey, ToFile(tunnel.KeyFile))
            ),
            .. Find(
                "acme.external_account.hmac_key",
                StaticSecretKind.AccountKey,
                settings.Acme.Directory.Length > 0 ? settings.Acme.ExternalKey : null
            ),
            .. Variables
                .Where(name => (environment ?? Environment.GetEnvironmentVariable)(name) is { Length: > 0 })
                .SelectMany(name => Find(name, StaticSecretKind.Header, SecretReference.ToVariable(name))),
        ];

    private static IEnumerable<StaticSecret> ListRoute(RouteSettings route)
    {
        var (upstream, credentials) = ($"routes.{route.Name}.upstream", $"routes.{route.Name}.credentials");
        return
        [
            .. route.Upstream switch
            {
                HttpUpstreamSettings http =>
                [
                    .. Find($"{upstream}.proxy_password", StaticSecretKind.Password, http.Proxy?.Password),
                    .. Find($"{upstream}.tls.client_key_file", StaticSecretKind.ClientKey, http.ClientKeyFile),
                    .. FindValues($"{upstream}.headers", StaticSecretKind.Header, http.Headers),
                ],
                StdioSettings stdio => FindValues(
                    $"{upstream}.stdio.environment",
                    StaticSecretKind.Variable,
                    stdio.Environment
                ),
                _ => [],
            },
            .. Find($"{credentials}.value", StaticSecretKind.Header, route.Credential.Value),
            .. route.Credential.Token is { } token ? ListToken($"{credentials}.token", token) : [],
        ];
    }

    private static IEnumerable<StaticSecret> ListToken(string section, TokenSettings token) =>
        [
            .. Find($"{section}.client_secret", StaticSecretKind.ClientSecret, token.ClientSecret),
            .. Find($"{section}.client_key_file", StaticSecretKind.ClientKey, token.ClientKeyFile),
            .. token.Then.SelectMany(
                (link, index) =>
                    ListToken(string.Create(CultureInfo.InvariantCulture, $"{section}.then[{index}]"), link)
            ),
        ];

    private static IEnumerable<StaticSecret> FindProxy(string setting, HttpProxyOptions? proxy) =>
        proxy is { HasEnvironmentPassword: true }
            ? Find("HTTPS_PROXY", StaticSecretKind.Password, SecretReference.ToVariable("HTTPS_PROXY"))
            : Find(setting, StaticSecretKind.Password, proxy?.Password);

    private static IEnumerable<StaticSecret> FindValues(
        string section,
        string kind,
        IEnumerable<KeyValuePair<string, SettingValue>> values
    ) => values.SelectMany(value => Find($"{section}.{value.Key}", kind, value.Value.Reference));

    private static IEnumerable<StaticSecret> Find(string setting, string kind, SecretReference? secret) =>
        secret is null ? [] : [new StaticSecret(setting, kind, secret)];

    private static SecretReference? ToFile(string path) => SecretReference.ToFileOrNull(path);
}
