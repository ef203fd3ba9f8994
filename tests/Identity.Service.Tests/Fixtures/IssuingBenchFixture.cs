using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Ca.Keys;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>
/// One service whose tunnel has an active authority, for all tests of a class; none moves the clock. Limits are far
/// away, a few keys are blocked.
/// </summary>
public sealed class IssuingBenchFixture : IAsyncLifetime
{
    private static readonly RateLimit Plenty = new(1_000_000, TimeSpan.FromSeconds(1));

    private readonly string blockedFile = Path.GetTempFileName();
    private OfflineRoot? root;

    internal MachineBench Bench { get; private set; } = null!;

    /// <summary>The key of a request that is on the list of blocked keys.</summary>
    internal AsymmetricAlgorithm BlockedKey { get; } = CertificateRequests.NewKey();

    internal string AuthorityId { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var blocked = SubjectPublicKey.TryParse(BlockedKey.ExportSubjectPublicKeyInfo())!.Sha256;
        await File.WriteAllTextAsync(blockedFile, $"# leaked\n{blocked.ToUpperInvariant()} # by mistake\n");
        Bench = await MachineBench.StartAsync(options =>
            options with
            {
                Certificates = options.Certificates with { SingleApproval = true, BlockedKeysFile = blockedFile },
                Limits = options.Limits with { CertificatesPerIdentity = Plenty, CertificatesPerTunnel = Plenty },
            }
        );
        root = new OfflineRoot(Bench.Service.Time.GetUtcNow());
        AuthorityId = await ActivateAsync(Bench.Service, Bench.TunnelId, root);
    }

    /// <summary>A token as a rule for rotation jobs gives it.</summary>
    internal string JobToken(
        string subject = "job",
        string[]? tunnels = null,
        string scope = Scopes.CertificateIssue
    ) => Bench.AgentToken(subject, "fdrl_jobs", tunnels, scope: scope);

    /// <summary>Asks as a rotation job does.</summary>
    internal async Task<HttpResponseMessage> OrderAsync(string json, string? token = null, string? key = null)
    {
        using var client = Bench.Service.Client(token ?? JobToken());
        var request = ApiCalls.Post("/v1/certificates", json);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The body for a signing request, by default of a new key.</summary>
    internal string Body(string? csr = null, int? life = null, string? notBefore = null)
    {
        using var key = CertificateRequests.NewKey();
        var body = new Dictionary<string, object>
        {
            ["tunnel_id"] = Bench.TunnelId,
            ["csr"] = csr ?? CertificateRequests.Create(key),
        };
        if (life is { } seconds)
        {
            body["lifetime_seconds"] = seconds;
        }

        if (notBefore is not null)
        {
            body["not_before"] = notBefore;
        }

        return JsonSerializer.Serialize(body);
    }

    /// <summary>Takes a new authority of the tunnel from its request to active; one person may approve.</summary>
    internal static async Task<string> ActivateAsync(ServiceUnderTest service, string tunnelId, OfflineRoot root)
    {
        const string Authorities = "/v1/certificate_authorities";
        var created = await service.Api.PostOkAsync(
            Authorities,
            JsonSerializer.Serialize(
                new
                {
                    name = "Issuing",
                    tunnel_id = tunnelId,
                    custody = "sealed",
                }
            )
        );
        var id = created.Id();
        var csr = await service.Api.GetOkAsync($"{Authorities}/{id}/csr");
        var chain = root.Sign(csr.Text("csr_pem"));
        var fingerprint = OfflineRoot.Fingerprint(chain);
        await service.Api.PostOkAsync(
            $"{Authorities}/{id}/chain",
            JsonSerializer.Serialize(new { chain_pem = chain, fingerprint })
        );
        await service.Api.PostOkAsync($"{Authorities}/{id}/approve", JsonSerializer.Serialize(new { fingerprint }));
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        await Bench.DisposeAsync();
        root?.Dispose();
        BlockedKey.Dispose();
        File.Delete(blockedFile);
    }
}
