using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Culvert.Benchmarks.Exchange;
using Culvert.Stage.Hops;

namespace Culvert.Benchmarks.Issuance;

/// <summary>A tunnel with an active authority, and a rule for rotation jobs, made by the operator's commands.</summary>
internal sealed class IssuingTunnel
{
    private readonly ExchangeInstallation service;

    private IssuingTunnel(ExchangeInstallation service, string tunnelId, string ruleId) =>
        (this.service, TunnelId, RuleId) = (service, tunnelId, ruleId);

    public string TunnelId { get; }

    public string RuleId { get; }

    public static async Task<IssuingTunnel> CreateAsync(
        ExchangeInstallation service,
        CancellationToken cancellationToken,
        string custody = "sealed"
    )
    {
        var culvert = service.Operator;
        var tunnel = await culvert.CreateAsync("tunnel create bench", cancellationToken);
        var enterprise = new EnterpriseAuthority(service.Run);
        await enterprise.CreateAsync(cancellationToken);
        var authority = await RegisterAsync(service, tunnel, custody, cancellationToken);
        var request = service.Run.File("authority.csr");
        await culvert.RunAsync($"ca csr {authority}", cancellationToken, "--out", request);
        var signed = await enterprise.SignAsync(request, cancellationToken);
        string[] fingerprint = ["--fingerprint", signed.Fingerprint];
        await culvert.RunAsync(
            $"ca upload {authority}",
            cancellationToken,
            ["--chain", signed.ChainFile, .. fingerprint]
        );
        await culvert.RunAsync($"ca approve {authority}", cancellationToken, fingerprint);
        var account = await culvert.CreateAsync("service-account create jobs", cancellationToken);
        var rule = await culvert.CreateAsync(
            "rule create jobs",
            cancellationToken,
            [
                "--issuer",
                service.IssuerId,
                "--service-account",
                account,
                "--subject",
                AssertionMill.Subject,
                "--scope",
                "certificate:issue",
                "--tunnel",
                tunnel,
            ]
        );
        return new IssuingTunnel(service, tunnel, rule);
    }

    /// <summary>An access token for rotation jobs.</summary>
    public async Task<string> TokenAsync(AssertionMill mill, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var client = Client(service);
        using var answer = await client.PostAsJsonAsync(
            new Uri(service.Url, "/v1/oauth/token"),
            new
            {
                grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer",
                assertion = mill.Assertion(ExchangeInstallation.Issuer, service.Url.OriginalString, now),
                federation_rule_id = RuleId,
                organization_id = service.OrganizationId,
            },
            cancellationToken
        );
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return answer.IsSuccessStatusCode
            ? body.GetProperty("access_token").GetString()!
            : throw new InvalidOperationException($"The exchange was refused: {body}");
    }

    private static async Task<string> RegisterAsync(
        ExchangeInstallation service,
        string tunnelId,
        string custody,
        CancellationToken cancellationToken
    )
    {
        using var client = Client(service);
        var key = await File.ReadAllTextAsync(service.AdminKeyFile, cancellationToken);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Trim());
        using var answer = await client.PostAsJsonAsync(
            new Uri(service.Url, "/v1/certificate_authorities"),
            new
            {
                name = "bench",
                tunnel_id = tunnelId,
                custody,
            },
            cancellationToken
        );
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return answer.IsSuccessStatusCode
            ? body.GetProperty("id").GetString()!
            : throw new InvalidOperationException($"The authority was refused: {body}");
    }

    private static HttpClient Client(ExchangeInstallation service) =>
        new(new SocketsHttpHandler { UseProxy = false, SslOptions = service.TrustOnly() });
}
