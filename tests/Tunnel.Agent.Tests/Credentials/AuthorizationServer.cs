using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>A real oidc-provider, in a node process of its own, with the token exchange registered.</summary>
internal sealed class AuthorizationServer : IDisposable
{
    public const string Secret = "a secret: with/odd+characters";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-exchange-").FullName;
    private readonly TunnelPki pki = new();
    private readonly Process process;
    private readonly int port = FreePort();

    private AuthorizationServer(string root)
    {
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

    public static async Task<AuthorizationServer> StartAsync(CancellationToken cancellationToken)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Identity.sln")))
        {
            root = Path.GetDirectoryName(root.TrimEnd('/')) ?? throw new InvalidOperationException("No checkout.");
        }

        var server = new AuthorizationServer(root);
        string? line;
        do
        {
            line = await server.process.StandardOutput.ReadLineAsync(cancellationToken);
        } while (line is not (null or "ready"));

        return line is null
            ? throw new InvalidOperationException("The npm peers are not installed: run npm ci in tests/Peers.")
            : server;
    }

    public TokenSettings Settings(ClientAuth auth, string audience = "https://upstream.example.test/mcp") =>
        new()
        {
            Url = $"https://127.0.0.1:{port}/token",
            ClientId = auth switch
            {
                ClientAuth.SecretBasic => "agent-basic",
                ClientAuth.SecretPost => "agent-post",
                _ => "agent-jwt",
            },
            ClientAuth = auth,
            ClientKeyFile = PathOf("client.key"),
            ClientSecret = SecretReference.ToFile(PathOf("client.secret")),
            Audience = audience,
            Scope = "docs.read",
            Roots = [pki.Ca],
            AllowedRanges = AddressRanges.TryParse(["127.0.0.1/32"], out var ranges, out _)
                ? ranges
                : throw new InvalidOperationException("Unreadable range."),
        };

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    private void WritePrivate(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
