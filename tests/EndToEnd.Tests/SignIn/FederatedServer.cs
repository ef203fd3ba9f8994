using System.Diagnostics;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Testing;

namespace Culvert.EndToEnd.Tests.SignIn;

/// <summary>
/// An upstream's authorization server, oidc-provider in a node process: its only client has neither secret nor key and shows assertions of
/// the identity service.
/// </summary>
internal sealed class FederatedServer : IDisposable
{
    public const string ClientId = "agent-federated";
    public const string Resource = "https://upstream.example.test/mcp";

    private readonly TestFolder folder = new();
    private readonly Process process;

    private FederatedServer(Installation installation, string organizationId, string subject)
    {
        var (idp, port) = (installation.IdentityProvider, LoopbackPort.Free());
        Url = $"https://127.0.0.1:{port}";
        CaFile = idp.CaFile;
        LogFile = Path.Combine(folder.Path, "requests.jsonl");
        var file = Path.Combine(folder.Path, "server.json");
        var certificates = Path.GetDirectoryName(idp.CaFile)!;
        File.WriteAllText(
            file,
            JsonSerializer.Serialize(
                new
                {
                    port,
                    certificate_file = Path.Combine(certificates, "server.pem"),
                    key_file = Path.Combine(certificates, "server.key"),
                    ca_file = idp.CaFile,
                    resources = new[] { Resource, Url },
                    federated = new
                    {
                        issuer = $"{installation.Service.PublicUrl}/oauth/{organizationId}/upstreams",
                        audience = Url,
                        subject,
                        log = LogFile,
                    },
                }
            )
        );
        var start = new ProcessStartInfo("node", [Path.Combine(Checkout.Find().Peers, "exchange.mjs"), file])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["NODE_EXTRA_CA_CERTS"] = installation.Service.PlatformCaFile;
        process = Process.Start(start)!;
    }

    public string Url { get; }

    public string CaFile { get; }

    /// <summary>What it received and answered.</summary>
    public string LogFile { get; }

    public static async Task<FederatedServer> StartAsync(
        Installation installation,
        string organizationId,
        string subject,
        CancellationToken cancellationToken
    )
    {
        var server = new FederatedServer(installation, organizationId, subject);
        string? line;
        do
        {
            line = await server.process.StandardOutput.ReadLineAsync(cancellationToken);
        } while (line is not (null or "ready"));

        return line is null
            ? throw new InvalidOperationException("The npm peers are not installed: run npm ci in tests/Peers.")
            : server;
    }

    /// <summary>The forms that it received, and the tokens that it issued, in order.</summary>
    public async Task<(List<Dictionary<string, string>> Forms, List<string> Issued)> ReadAsync(
        CancellationToken cancellationToken
    )
    {
        List<Dictionary<string, string>> forms = [];
        List<string> issued = [];
        foreach (var line in await File.ReadAllLinesAsync(LogFile, cancellationToken))
        {
            var entry = JsonElement.Parse(line);
            if (entry.TryGetProperty("form", out var form))
            {
                forms.Add(form.Deserialize<Dictionary<string, string>>()!);
            }
            else if (entry.TryGetProperty("issued", out var token))
            {
                issued.Add(token.GetString()!);
            }
        }

        return (forms, issued);
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        folder.Dispose();
    }
}
