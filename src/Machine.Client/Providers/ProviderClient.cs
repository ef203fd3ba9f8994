using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Tokens;
using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Providers;

/// <summary>
/// The management API of a tunnel provider, which issues an access token for a token of this workload's identity
/// provider (RFC 7523 §2.1), so no key is stored. Creates are not idempotent there: only a request that a fresh token
/// may fix is repeated.
/// </summary>
public sealed class ProviderClient(IdentityOptions options, TimeProvider time, TimeProvider? networkTime = null)
    : IDisposable
{
    private const int PageSize = 1000;

    /// <summary>Far above what a provider grants; bounds a list that never ends.</summary>
    private const int MaxPages = 20;

    private const int MaxShownType = 40;
    private const string TokenPath = "/v1/oauth/token";

    private static readonly KeyValuePair<string, string>[] ExchangeHeaders =
    [
        new("anthropic-beta", "oauth-2025-04-20,oidc-federation-2026-04-01"),
    ];

    private readonly IdentityTokenSource source = new(options.Token, time);
    private readonly FirstTrust trust = new(options, time, networkTime);
    private ApiChannel? channel;
    private Proof? proof;

    /// <summary>Whether no party on the way to this URL can read a token: TLS, or this machine itself.</summary>
    public static bool IsConfidential(Uri url) =>
        url.Scheme == Uri.UriSchemeHttps
        || (url.Scheme == Uri.UriSchemeHttp && url.Host is "localhost" or "127.0.0.1" or "[::1]");

    /// <summary>The tunnels that are not archived.</summary>
    public Task<ApiResult<IReadOnlyList<ProviderTunnel>>> ListTunnelsAsync(CancellationToken cancellationToken) =>
        ListAsync("/v1/tunnels", ProviderJson.Default.ProviderPageProviderTunnel, cancellationToken);

    public Task<ApiResult<ProviderTunnel>> FindTunnelAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(new ApiCall(HttpMethod.Get, GetPath(id)), ProviderJson.Default.ProviderTunnel, cancellationToken);

    /// <summary>Creates a tunnel; each call creates another one.</summary>
    public Task<ApiResult<ProviderTunnel>> CreateTunnelAsync(string displayName, CancellationToken cancellationToken) =>
        SendAsync(
            Post("/v1/tunnels", new CreateProviderTunnel(displayName), ProviderJson.Default.CreateProviderTunnel),
            ProviderJson.Default.ProviderTunnel,
            cancellationToken
        );

    /// <summary>The CA certificates of a tunnel that are not archived.</summary>
    public Task<ApiResult<IReadOnlyList<ProviderCertificate>>> ListCertificatesAsync(
        string tunnelId,
        CancellationToken cancellationToken
    ) =>
        ListAsync(
            GetPath(tunnelId) + "/certificates",
            ProviderJson.Default.ProviderPageProviderCertificate,
            cancellationToken
        );

    public Task<ApiResult<ProviderCertificate>> AddCertificateAsync(
        string tunnelId,
        string pem,
        CancellationToken cancellationToken
    ) =>
        SendAsync(
            Post(
                GetPath(tunnelId) + "/certificates",
                new AddProviderCertificate(pem),
                ProviderJson.Default.AddProviderCertificate
            ),
            ProviderJson.Default.ProviderCertificate,
            cancellationToken
        );

    /// <summary>Archives a certificate: the provider's clients no longer trust it. This cannot be undone.</summary>
    public Task<ApiResult<ProviderCertificate>> ArchiveCertificateAsync(
        string tunnelId,
        string certificateId,
        CancellationToken cancellationToken
    ) =>
        SendAsync(
            new ApiCall(
                HttpMethod.Post,
                $"{GetPath(tunnelId)}/certificates/{Uri.EscapeDataString(certificateId)}/archive"
            ),
            ProviderJson.Default.ProviderCertificate,
            cancellationToken
        );

    public Task<ApiResult<ProviderTunnelToken>> RevealTokenAsync(
        string tunnelId,
        CancellationToken cancellationToken
    ) =>
        SendAsync(
            new ApiCall(HttpMethod.Post, GetPath(tunnelId) + "/reveal_token"),
            ProviderJson.Default.ProviderTunnelToken,
            cancellationToken
        );

    public void Dispose() => channel?.Dispose();

    private static string GetPath(string tunnelId) => "/v1/tunnels/" + Uri.EscapeDataString(tunnelId);

    private static ApiCall Post<T>(string path, T body, JsonTypeInfo<T> type) =>
        new(HttpMethod.Post, path) { Body = JsonSerializer.SerializeToUtf8Bytes(body, type) };

    private async Task<ApiResult<IReadOnlyList<T>>> ListAsync<T>(
        string path,
        JsonTypeInfo<ProviderPage<T>> type,
        CancellationToken ct
    )
    {
        var all = new List<T>();
        string? next = null;
        for (var pages = 0; pages < MaxPages; pages++)
        {
            var page = next is null ? "" : "&page=" + Uri.EscapeDataString(next);
            var answer = await SendAsync(new ApiCall(HttpMethod.Get, $"{path}?limit={PageSize}{page}"), type, ct);
            if (!answer.IsSuccess)
            {
                return answer.Failure;
            }

            all.AddRange(answer.Value.Data);
            next = answer.Value.NextPage;
            if (next is null)
            {
                return all;
            }
        }

        return Malformed($"{HttpMethod.Get} {path}", $"The list has more than {MaxPages} pages.");
    }

    // The provider may have revoked a token early; a fresh one shows whether the permission itself is gone.
    private async Task<ApiResult<T>> SendAsync<T>(ApiCall call, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        var isKept = proof is not null;
        var answer = await SendOnceAsync(call, type, ct);
        if (!isKept || answer.Failure is not { Status: (int)HttpStatusCode.Unauthorized })
        {
            return answer;
        }

        proof = null;
        return await SendOnceAsync(call, type, ct);
    }

    private async Task<ApiResult<T>> SendOnceAsync<T>(ApiCall call, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        if (await ConnectAsync(ct) is { } failure)
        {
            return failure;
        }

        return await channel!.SendAsync(call with { Proof = proof, Headers = Headers() }, type, ct);
    }

    private List<KeyValuePair<string, string>> Headers()
    {
        List<KeyValuePair<string, string>> headers =
        [
            new("anthropic-version", "2023-06-01"),
            new("anthropic-beta", "mcp-tunnels-2026-06-22,oauth-2025-04-20"),
        ];
        if (options.WorkspaceId is { Length: > 0 } workspace && workspace != "default")
        {
            headers.Add(new("anthropic-workspace-id", workspace));
        }

        return headers;
    }

    // Null: the channel and the token exist.
    private async Task<ApiFailure?> ConnectAsync(CancellationToken ct)
    {
        if (channel is null)
        {
            var tls = await trust.GetAsync(ct);
            if (!tls.IsSuccess)
            {
                return tls.Failure;
            }

            channel = new ApiChannel(options.Url, tls.Value, time, networkTime ?? time, options.NetworkInForce);
        }

        return proof is null ? await ExchangeAsync(channel, ct) : null;
    }

    private async Task<ApiFailure?> ExchangeAsync(ApiChannel to, CancellationToken ct)
    {
        string assertion;
        try
        {
            assertion = await source.ReadAsync(ct);
        }
        catch (IdentityTokenException e)
        {
            return new ApiFailure
            {
                Kind = ApiFailureKind.NoProof,
                Operation = "identity token",
                Message = e.Message,
            };
        }

        var request = new TokenRequest(
            Assertion: assertion,
            FederationRuleId: options.RuleId,
            OrganizationId: options.OrganizationId,
            ServiceAccountId: options.ServiceAccountId is { Length: > 0 } account ? account : null,
            WorkspaceId: options.WorkspaceId is { Length: > 0 } workspace ? workspace : null
        );
        var call = Post(TokenPath, request, ProviderJson.Default.TokenRequest) with
        {
            Headers = ExchangeHeaders,
            Secret = assertion,
        };
        var answer = await to.SendAsync(call, ProviderJson.Default.TokenResponse, ct);
        if (!answer.IsSuccess)
        {
            return answer.Failure;
        }

        if (!answer.Value.TokenType.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return Malformed(
                call.Name,
                $"The response's token_type is \"{ConfigText.Printable(answer.Value.TokenType, MaxShownType)}\"; only Bearer can be used."
            );
        }

        proof = new Proof(answer.Value.AccessToken);
        return null;
    }

    private static ApiFailure Malformed(string operation, string message) =>
        new()
        {
            Kind = ApiFailureKind.Malformed,
            Operation = operation,
            Message = message,
        };
}
