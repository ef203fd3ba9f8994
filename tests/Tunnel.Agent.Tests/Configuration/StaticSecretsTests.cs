using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Platform.Certificates;
using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Tests.Configuration;

public sealed partial class StaticSecretsTests : IDisposable
{
    private const string Secret = "s3cret-value-of-the-test";

    // A token endpoint with each way to authenticate, an HTTP server, a program, and tunnels of both kinds.
    private const string Everything = """
        config_version: 1
        state_dir: state
        network: {proxy: {url: "http://proxy.test:3128", username: u, password: file:secret}}
        identity: {url: "https://id.test:8443", mode: manual, tunnel_token: file:secret}
        certificates: {source: files, certificate_file: leaf.pem, key_file: leaf.key}
        acme:
          directory: https://ca.test/dir
          accept_terms: true
          external_account: {key_id: k, hmac_key: file:secret}
        tunnel: {id: tnl_010000000000000000000000}
        issuers: {corp: {issuer: "https://login.test"}}
        routes:
          docs:
            upstream:
              url: https://docs.test
              proxy: http://proxy.test:3128
              proxy_username: u
              proxy_password: file:secret
              tls: {client_certificate_file: leaf.pem, client_key_file: leaf.key}
              headers: {X-Api-Key: "file:secret", X-Plain: literal}
            oauth: {mode: dangerous_none}
            credentials: {type: static, value: file:secret}
          tools:
            upstream: {stdio: {command: [/bin/true], environment: {KEY: "file:secret", PLAIN: literal}}}
            oauth: {mode: dangerous_none}
          orders:
            upstream: {url: "https://orders.test"}
            oauth: {mode: dangerous_none}
            credentials:
              type: client_credentials
              token:
                url: https://login.test/token
                client_id: c
                client_auth: client_secret_post
                client_secret: file:secret
                audience: a
                then: [{url: "https://login.test/token", client_id: c, client_key_file: leaf.key, audience: a}]
          billing:
            upstream: {url: "https://billing.test"}
            oauth: {mode: dangerous_none}
            credentials:
              type: client_credentials
              token:
                url: https://login.test/token
                client_id: c
                client_key_file: leaf.key
                audience: a
                then:
                  - {url: "https://login.test/token", client_id: c, client_auth: client_secret_post, client_secret: "file:secret", audience: a}
        tunnels:
          - kind: long_poll
            base_url: https://control.test
            tunnel_id: tunnel_1
            api_key: file:secret
            client_certificate_file: leaf.pem
            client_key_file: leaf.key
            channels: {main: {route: docs}}
          - kind: connector
            listen: 127.0.0.1:0
            tunnel_domain: t.provider.test
            routes: [docs]
            certificate_file: leaf.pem
            key_file: leaf.key

        """;

    // Renewed by other programs.
    private static readonly string[] Renewed = [];

    // They hold values and references to secrets.
    private static readonly string[] Maps = ["routes.NAME.upstream.headers", "routes.NAME.upstream.stdio.environment"];

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-secrets-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // A new setting with a secret must be listed, or be named here.
    [Fact]
    public void List_EverySettingThatHoldsASecret_IsListed()
    {
        var schema = JsonNode.Parse(ConfigSchema.Write("agent", root => AgentConfiguration.Read(root)))!.AsObject();

        var listed = StaticSecrets.List(Load(Everything), _ => null).Select(secret => Generalise(secret.Setting));

        listed
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ShouldBe(
                FindSecrets(schema, "")
                    .Except(Renewed, StringComparer.Ordinal)
                    .Concat(Maps)
                    .Order(StringComparer.Ordinal)
            );
    }

    [Fact]
    public void List_ARoute_HasItsSettingsKindsAndPlacesButNoValue()
    {
        var listed = StaticSecrets.List(Load(Everything), _ => null);

        var secret = listed.Single(s => s.Setting == "routes.docs.credentials.value");
        secret.Kind.ShouldBe(StaticSecretKind.Header);
        secret.Reference.FilePath.ShouldBe(Path.Combine(folder, "secret"));
        listed.ShouldContain(s =>
            s.Setting == "routes.orders.credentials.token.then[0].client_key_file"
            && s.Kind == StaticSecretKind.ClientKey
        );
        listed.ShouldAllBe(s => !s.ToString().Contains(Secret, StringComparison.Ordinal));
        listed.ShouldNotContain(s => s.Setting.EndsWith("X-Plain", StringComparison.Ordinal));
    }

    [Fact]
    public void List_AVariableOfTheCollector_IsListedWhileItIsSet()
    {
        var settings = Load(Everything);

        var listed = StaticSecrets.List(settings, name => name == "OTEL_EXPORTER_OTLP_HEADERS" ? Secret : null);

        var secret = listed.Single(s => s.Setting == "OTEL_EXPORTER_OTLP_HEADERS");
        secret.Reference.ToString().ShouldBe("env:OTEL_EXPORTER_OTLP_HEADERS");
        secret.Reference.FindWriteTime().ShouldBeNull();
    }

    private AgentSettings Load(string yaml)
    {
        var pki = new TestPki();
        using var leaf = pki.Issue(
            dnsNames: ["t.provider.test", "*.t.provider.test"],
            usages: [TestPki.ServerAuthentication, TestPki.ClientAuthentication]
        );
        var pem = leaf.ExportCertificatePem() + "\n" + pki.ChainPem;
        foreach (var (name, text) in new[] { ("leaf.pem", pem), ("leaf.key", KeyOf(leaf)), ("secret", Secret) })
        {
            File.WriteAllText(Path.Combine(folder, name), text);
            File.SetUnixFileMode(Path.Combine(folder, name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var file = Path.Combine(folder, "agent.yaml");
        File.WriteAllText(file, yaml);
        var loaded = ConfigLoader.Load(
            ConfigLocation.Agent,
            file,
            AgentConfiguration.Read,
            new Dictionary<string, string>()
        );
        loaded.Errors.ShouldBeEmpty();
        return loaded.Settings!;
    }

    private static string KeyOf(System.Security.Cryptography.X509Certificates.X509Certificate2 leaf)
    {
        using var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(
            leaf
        )!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    // Secrets have the pattern of references; key files are paths.
    private static IEnumerable<string> FindSecrets(JsonObject schema, string path)
    {
        foreach (var (name, value) in schema["properties"]?.AsObject() ?? [])
        {
            var (at, member) = (path.Length == 0 ? name : $"{path}.{name}", value!.AsObject());
            if (
                name.EndsWith("key_file", StringComparison.Ordinal)
                || member["pattern"]?.GetValue<string>().Contains("(file|env)", StringComparison.Ordinal) == true
            )
            {
                yield return at;
            }

            foreach (
                var (inner, text) in new[]
                {
                    (member, at),
                    (member["additionalProperties"] as JsonObject ?? [], $"{at}.NAME"),
                    (member["items"] as JsonObject ?? [], $"{at}[]"),
                }
            )
            {
                foreach (var found in FindSecrets(inner, text))
                {
                    yield return found;
                }
            }
        }
    }

    private static string Generalise(string setting)
    {
        var general = Index().Replace(RouteName().Replace(setting, "routes.NAME."), "[]");
        return Maps.FirstOrDefault(map => general.StartsWith(map + ".", StringComparison.Ordinal)) ?? general;
    }

    [GeneratedRegex(@"^routes\.[a-z]+\.")]
    private static partial Regex RouteName();

    [GeneratedRegex(@"\[[^\]]+\]")]
    private static partial Regex Index();
}
