using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Platform.Certificates;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>A real oidc-provider, in a node process of its own, with the token exchange registered.</summary>
internal sealed class AuthorizationServer : IDisposable
{
    public const string Secret = "a secret: with/odd+characters";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-exchange-").FullName;
    private readonly TunnelPki pki;
    private readonly Process process;
    private readonly int port = LoopbackPort.Free();

    private AuthorizationServer(string root, TunnelPki pki, string[] resources)
    {
        this.pki = pki;
        File.WriteAllText(PathOf("ca.pem"), pki.CaPem);
        WritePair("tls", pki.Agent("agent", "agent.example.test"));
        WritePair("other", pki.Agent("agent", "other.example.test"));
        var leaf = pki.Server("127.0.0.1");
        File.WriteAllText(PathOf("server.pem"), leaf.ExportCertificatesPem());
        WritePrivate("server.key", leaf.ExportPrivateKeyPem());
        using var client = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        WritePrivate("client.key", client.ExportPkcs8PrivateKeyPem());
        WritePrivate("client.secret", Secret);
        var q = client.ExportParameters(false).Q;
        File.WriteAllText(
            PathOf("config.json"),
            JsonSerializer.Serialize(
                new
                {
                    port,
                    certificate_file = PathOf("server.pem"),
                    key_file = PathOf("server.key"),
                    ca_file = PathOf("ca.pem"),
                    client_dns_name = "agent.example.test",
                    resources,
                    client_secret = Secret,
                    client_jwk = new
                    {
                        kty = "EC",
                        crv = "P-256",
                        x = Base64Url.EncodeToString(q.X),
                        y = Base64Url.EncodeToString(q.Y),
                    },
                }
            )
        );
        process = Process.Start(
            new ProcessStartInfo("node", [Path.Combine(root, "tests", "Peers", "exchange.mjs"), PathOf("config.json")])
            {
                RedirectStandardOutput = true,
            }
        )!;
    }

    /// <param name="cancellationToken">Bounds the start.</param>
    /// <param name="pki">Vouches for the server and for its clients' certificates.</param>
    /// <param name="resources">Tokens are for URLs that begin with one of them.</param>
    public static async Task<AuthorizationServer> StartAsync(
        CancellationToken cancellationToken,
        TunnelPki? pki = null,
        params string[] resources
    )
    {
        var server = new AuthorizationServer(
            CheckoutFolder.Root,
            pki ?? new TunnelPki(),
            resources.Length > 0 ? resources : ["https://upstream.example.test"]
        );
        string? line;
        do
        {
            line = await server.process.StandardOutput.ReadLineAsync(cancellationToken);
        } while (line is not (null or "ready"));

        return line is null
            ? throw new InvalidOperationException("The npm peers are not installed: run npm ci in tests/Peers.")
            : server;
    }

    public string Issuer => $"https://127.0.0.1:{port}";

    public int Port => port;

    public string SecretFile => PathOf("client.secret");

    /// <summary>The server as the agent's configuration names it.</summary>
    public IssuerSettings IssuerSettings =>
        new()
        {
            Name = "corp",
            Issuer = Issuer,
            Roots = [pki.Ca],
            AllowedRanges = Support.Tunnel.Ranges("127.0.0.1/32"),
        };

    public TokenSettings Settings(
        ClientAuth auth,
        string audience = "https://upstream.example.test/mcp",
        string certificate = "tls"
    ) =>
        new()
        {
            Url = $"https://127.0.0.1:{port}/token",
            ClientId = auth switch
            {
                ClientAuth.SecretBasic => "agent-basic",
                ClientAuth.SecretPost => "agent-post",
                ClientAuth.Tls => "agent-tls",
                _ => "agent-jwt",
            },
            ClientAuth = auth,
            ClientKeyFile = SecretReference.ToFile(
                PathOf(auth == ClientAuth.Tls ? $"{certificate}.key" : "client.key")
            ),
            ClientCertificateFile = auth == ClientAuth.Tls ? PathOf($"{certificate}.pem") : "",
            ClientSecret = SecretReference.ToFile(PathOf("client.secret")),
            Audience = audience,
            Scope = "docs.read",
            Roots = [pki.Ca],
            AllowedRanges = Support.Tunnel.Ranges("127.0.0.1/32"),
        };

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    private void WritePair(string name, KeyAndCertificate pair)
    {
        File.WriteAllText(PathOf($"{name}.pem"), pair.ExportCertificatesPem());
        WritePrivate($"{name}.key", pair.ExportPrivateKeyPem());
    }

    private void WritePrivate(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
