using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Benchmarks.Exchange;

namespace Culvert.Benchmarks.Feed;

/// <summary>
/// Tunnels, and agents that enrolled with them as real ones do: by an access token, each with a key of its own.
/// </summary>
internal sealed class AgentFleet : IDisposable
{
    /// <summary>Below the ten that an organization may have: the others are made while the agents wait.</summary>
    public const int Tunnels = 5;

    private const int AtOnce = 16;

    private readonly ExchangeInstallation service;
    private readonly HttpClient client;
    private readonly string adminKey;

    private AgentFleet(ExchangeInstallation service, HttpClient client, string adminKey) =>
        (this.service, this.client, this.adminKey) = (service, client, adminKey);

    public IReadOnlyList<string> TunnelIds { get; private set; } = [];

    /// <summary>Agent <c>i</c> belongs to tunnel <c>i % Tunnels</c>.</summary>
    public IReadOnlyList<SslStreamCertificateContext> Certificates { get; private set; } = [];

    public static async Task<AgentFleet> EnrolAsync(
        ExchangeInstallation service,
        AssertionMill mill,
        int agents,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var key = await File.ReadAllTextAsync(service.AdminKeyFile, cancellationToken);
        var fleet = new AgentFleet(service, Client(service), key.Trim());
        var tunnels = new List<string>();
        for (var i = 0; i < Tunnels; i++)
        {
            tunnels.Add(await fleet.CreateTunnelAsync(cancellationToken));
        }

        fleet.TunnelIds = tunnels;
        var token = await fleet.TokenAsync(mill, now, cancellationToken);
        var certificates = new SslStreamCertificateContext[agents];
        await Parallel.ForAsync(
            0,
            agents,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, cancel) => certificates[i] = await fleet.EnrolAsync(i, token, cancel)
        );
        fleet.Certificates = certificates;
        return fleet;
    }

    /// <summary>A change that does not concern the agents that wait.</summary>
    public async Task<string> CreateTunnelAsync(CancellationToken cancellationToken) =>
        (await PostAsync("/v1/tunnels", new { }, adminKey, cancellationToken)).GetProperty("id").GetString()!;

    /// <summary>One more authority to trust in every tunnel: a new epoch of each bundle.</summary>
    public Task RaiseEpochsAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.WhenAll(
            TunnelIds.Select(tunnel =>
                PostAsync(
                    $"/v1/tunnels/{tunnel}/certificates",
                    new { ca_certificate_pem = Authority(now) },
                    adminKey,
                    cancellationToken
                )
            )
        );

    /// <summary>Withdraws a person's access.</summary>
    public Task OffBoardAsync(string subject, CancellationToken cancellationToken) =>
        PostAsync(
            "/v1/people/off_board",
            new
            {
                issuer_id = service.IssuerId,
                subject,
                reason = "bench",
            },
            adminKey,
            cancellationToken
        );

    public void Dispose() => client.Dispose();

    private async Task<SslStreamCertificateContext> EnrolAsync(
        int agent,
        string token,
        CancellationToken cancellationToken
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = new CertificateRequest("", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        var answer = await PostAsync(
            "/v1/agent/enrollments",
            new
            {
                tunnel_id = TunnelIds[agent % Tunnels],
                instance_id = string.Create(CultureInfo.InvariantCulture, $"agent-{agent}"),
                csr,
            },
            token,
            cancellationToken
        );
        var issued = answer.GetProperty("certificate");
        using var leaf = X509Certificate2.CreateFromPem(issued.GetProperty("certificate_pem").GetString());
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(issued.GetProperty("chain_pem").GetString());
        return SslStreamCertificateContext.Create(leaf.CopyWithPrivateKey(key), chain, offline: true);
    }

    private async Task<string> TokenAsync(AssertionMill mill, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var culvert = service.Operator;
        var account = await culvert.CreateAsync(
            "service-account create agents",
            cancellationToken,
            ["--workspace-role", "developer"]
        );
        var rule = await culvert.CreateAsync(
            "rule create agents",
            cancellationToken,
            [
                "--issuer",
                service.IssuerId,
                "--service-account",
                account,
                "--subject",
                AssertionMill.Subject,
                "--scope",
                "tunnel:agent",
                .. TunnelIds.SelectMany(tunnel => new[] { "--tunnel", tunnel }),
            ]
        );
        var answer = await PostAsync(
            "/v1/oauth/token",
            new
            {
                grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer",
                assertion = mill.Assertion(ExchangeInstallation.Issuer, service.Url.OriginalString, now),
                federation_rule_id = rule,
                organization_id = service.OrganizationId,
            },
            null,
            cancellationToken
        );
        return answer.GetProperty("access_token").GetString()!;
    }

    private async Task<JsonElement> PostAsync(
        string path,
        object body,
        string? credential,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(service.Url, path))
        {
            Content = JsonContent.Create(body),
        };
        request.Headers.Authorization = credential is null ? null : new AuthenticationHeaderValue("Bearer", credential);
        using var answer = await client.SendAsync(request, cancellationToken);
        var read = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return answer.IsSuccessStatusCode ? read : throw new InvalidOperationException($"{path} was refused: {read}");
    }

    private static string Authority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Bench", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(365));
        return certificate.ExportCertificatePem() + "\n";
    }

    private static HttpClient Client(ExchangeInstallation service)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(service.RootFile);
        return new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                MaxConnectionsPerServer = AtOnce,
                SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
            }
        );
    }
}
