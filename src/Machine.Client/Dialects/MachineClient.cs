using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Machine.Client.Calls;
using Culvert.Platform.Certificates;
using Culvert.Platform.Net;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Dialects;

/// <summary>The machine API (8444) with one platform certificate. A renewal creates a new client.</summary>
public sealed class MachineClient : IDisposable
{
    private const int MaxFeedBytes = 16 * 1024 * 1024;
    private const string AgentChallenges = "/v1/agent/acme_challenges";

    // Network time allowed beyond the requested wait.
    private static readonly TimeSpan FeedSlack = TimeSpan.FromSeconds(15);

    private readonly ApiChannel channel;
    private readonly Func<PlatformTrust> trust;
    private readonly Func<RevokedSerialSet> revokedSerials;
    private readonly TimeProvider time;

    /// <param name="url">Base of the machine API.</param>
    /// <param name="certificate">The client certificate.</param>
    /// <param name="trust">Returns the platform roots; called at each handshake.</param>
    /// <param name="revokedSerials">Returns the revoked serials; called at each handshake.</param>
    /// <param name="time">The clock of certificates.</param>
    /// <param name="networkTime">The clock of time limits; null: the same clock.</param>
    /// <param name="network">Proxy and network settings; null: a direct connection.</param>
    public MachineClient(
        Uri url,
        KeyAndCertificate certificate,
        Func<PlatformTrust> trust,
        Func<RevokedSerialSet> revokedSerials,
        TimeProvider time,
        TimeProvider? networkTime = null,
        NetworkSource? network = null
    )
    {
        this.trust = trust;
        this.revokedSerials = revokedSerials;
        this.time = time;
        var tls = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = certificate.Context,
            CertificateChainPolicy = trust().ChainPolicy(time.GetUtcNow()),
            RemoteCertificateValidationCallback = (_, peer, chain, _) => IsService(peer as X509Certificate2, chain),
        };
        channel = new ApiChannel(
            url,
            tls,
            time,
            networkTime ?? time,
            network ?? new NetworkSource(NetworkOptions.Default)
        );
    }

    /// <summary>The service's clock minus this machine's at the last answer; null before the first.</summary>
    public TimeSpan? ClockOffset => channel.ClockOffset;

    /// <summary>Renews an agent's platform certificate; a fresh proof resets the clock of the last proof (S4).</summary>
    public Task<ApiResult<MachineEnrollment>> RenewAgentAsync(
        PendingRequest request,
        Proof? proof,
        CancellationToken ct
    ) => RenewAsync("/v1/agent/renewals", request, proof, ct);

    /// <summary>Renews an edge's platform certificate; a fresh proof resets the clock of the last proof (S4).</summary>
    public Task<ApiResult<MachineEnrollment>> RenewEdgeAsync(
        PendingRequest request,
        Proof? proof,
        CancellationToken ct
    ) => RenewAsync("/v1/edge/renewals", request, proof, ct);

    /// <summary>Requests a leaf for inner TLS, for another provider's domain or (null) the tunnel's own.</summary>
    public Task<ApiResult<ServerCertificateDocument>> ServerCertificateAsync(
        PendingRequest request,
        string? domain,
        CancellationToken ct
    ) =>
        SendAsync(
            "/v1/agent/server_certificates",
            JsonSerializer.SerializeToUtf8Bytes(
                new AgentServerCertificateRequest(Csr: request.Csr, Domain: domain),
                WireJson.Default.AgentServerCertificateRequest
            ),
            request,
            null,
            WireJson.Default.ServerCertificateDocument,
            ct
        );

    /// <summary>Waits for an agent's feed newer than a revision; any change ends the wait.</summary>
    public Task<ApiResult<FeedAnswer<AgentFeed>>> AgentFeedAsync(long since, TimeSpan wait, CancellationToken ct) =>
        AgentFeedAsync(since, null, wait, ct);

    /// <summary>Waits for a feed newer than a revision and, if a digest is held, with another digest.</summary>
    public Task<ApiResult<FeedAnswer<AgentFeed>>> AgentFeedAsync(
        long since,
        string? held,
        TimeSpan wait,
        CancellationToken ct
    ) => FeedAsync("/v1/agent/feed", since, held, wait, WireJson.Default.AgentFeed, ct);

    /// <summary>Gets a newer feed without waiting, for diagnosis: the service does not count it as contact.</summary>
    public Task<ApiResult<FeedAnswer<AgentFeed>>> ProbeAgentFeedAsync(long since, CancellationToken ct) =>
        FeedAsync("/v1/agent/feed", since, null, TimeSpan.Zero, WireJson.Default.AgentFeed, ct, isProbe: true);

    public Task<ApiResult<FeedAnswer<EdgeFeed>>> EdgeFeedAsync(long since, TimeSpan wait, CancellationToken ct) =>
        FeedAsync("/v1/edge/feed", since, null, wait, WireJson.Default.EdgeFeed, ct);

    /// <summary>Reports what an agent has applied; null on success.</summary>
    public Task<ApiFailure?> ReportAsync(AgentReport report, CancellationToken ct) =>
        ReportAsync("/v1/agent/reports", report, WireJson.Default.AgentReport, ct);

    /// <summary>Sends a signed checkpoint of the agent's call record; null on success.</summary>
    public Task<ApiFailure?> SubmitCheckpointAsync(string checkpoint, CancellationToken ct) =>
        ReportAsync(
            "/v1/agent/checkpoints",
            new AgentCheckpointSubmission(checkpoint),
            WireJson.Default.AgentCheckpointSubmission,
            ct
        );

    /// <summary>Reports what an edge has applied; null on success.</summary>
    public Task<ApiFailure?> ReportAsync(EdgeReport report, CancellationToken ct) =>
        ReportAsync("/v1/edge/reports", report, WireJson.Default.EdgeReport, ct);

    /// <summary>Announces a challenge to the tunnel's agents and edges (S25).</summary>
    public Task<ApiResult<AcmeChallengeDocument>> AnnounceChallengeAsync(
        AcmeChallengeRequest request,
        CancellationToken ct
    )
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.AcmeChallengeRequest);
        var call = new ApiCall(HttpMethod.Post, AgentChallenges) { Body = body };
        return channel.SendAsync(call, WireJson.Default.AcmeChallengeDocument, ct);
    }

    /// <summary>Gets the machines that still have to acknowledge a challenge.</summary>
    public Task<ApiResult<AcmeChallengeDocument>> ChallengeAsync(string id, CancellationToken ct) =>
        channel.SendAsync(
            new ApiCall(HttpMethod.Get, $"{AgentChallenges}/{Uri.EscapeDataString(id)}"),
            WireJson.Default.AcmeChallengeDocument,
            ct
        );

    /// <summary>Ends a challenge before it expires; null on success.</summary>
    public async Task<ApiFailure?> EndChallengeAsync(string id, CancellationToken ct)
    {
        var call = new ApiCall(HttpMethod.Delete, $"{AgentChallenges}/{Uri.EscapeDataString(id)}");
        return (await channel.SendAsync(call, ct)).Failure;
    }

    /// <summary>Confirms that this agent answers a challenge from now on; null on success.</summary>
    public Task<ApiFailure?> AcknowledgeAgentChallengeAsync(string id, CancellationToken ct) =>
        AcknowledgeAsync(AgentChallenges, id, ct);

    /// <summary>Confirms that this edge forwards a challenge from now on; null on success.</summary>
    public Task<ApiFailure?> AcknowledgeEdgeChallengeAsync(string id, CancellationToken ct) =>
        AcknowledgeAsync("/v1/edge/acme_challenges", id, ct);

    /// <summary>Asks whether a person has approved a call. A positive answer consumes the approval.</summary>
    public Task<ApiResult<CallApprovalAnswer>> RequestApprovalAsync(CallApprovalRequest request, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.CallApprovalRequest);
        var call = new ApiCall(HttpMethod.Post, "/v1/agent/approvals") { Body = body };
        return channel.SendAsync(call, WireJson.Default.CallApprovalAnswer, ct);
    }

    /// <summary>Requests an assertion that proves a route of the tunnel to an upstream.</summary>
    public Task<ApiResult<UpstreamAssertion>> RequestAssertionAsync(
        UpstreamAssertionRequest request,
        CancellationToken ct
    )
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.UpstreamAssertionRequest);
        var call = new ApiCall(HttpMethod.Post, "/v1/agent/assertions") { Body = body };
        return channel.SendAsync(call, WireJson.Default.UpstreamAssertion, ct);
    }

    /// <summary>Requests a token of a GitHub App's installation for the upstream of a route of the tunnel.</summary>
    public Task<ApiResult<GitHubToken>> RequestGitHubTokenAsync(GitHubTokenRequest request, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.GitHubTokenRequest);
        var call = new ApiCall(HttpMethod.Post, "/v1/agent/github_app_tokens") { Body = body };
        return channel.SendAsync(call, WireJson.Default.GitHubToken, ct);
    }

    /// <summary>Requests a person's token for the upstream of a route of the tunnel.</summary>
    public Task<ApiResult<ConnectionTokenAnswer>> RequestConnectionTokenAsync(
        ConnectionTokenRequest request,
        CancellationToken ct
    )
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.ConnectionTokenRequest);
        var call = new ApiCall(HttpMethod.Post, "/v1/agent/connection_tokens") { Body = body };
        return channel.SendAsync(call, WireJson.Default.ConnectionTokenAnswer, ct);
    }

    public void Dispose() => channel.Dispose();

    private async Task<ApiFailure?> AcknowledgeAsync(string path, string id, CancellationToken ct)
    {
        var call = new ApiCall(HttpMethod.Post, $"{path}/{Uri.EscapeDataString(id)}/acknowledgements");
        return (await channel.SendAsync(call, ct)).Failure;
    }

    private Task<ApiResult<MachineEnrollment>> RenewAsync(
        string path,
        PendingRequest request,
        Proof? proof,
        CancellationToken ct
    ) =>
        SendAsync(
            path,
            JsonSerializer.SerializeToUtf8Bytes(
                new CertificateSigningRequest(request.Csr),
                WireJson.Default.CertificateSigningRequest
            ),
            request,
            proof,
            WireJson.Default.MachineEnrollment,
            ct
        );

    private Task<ApiResult<T>> SendAsync<T>(
        string path,
        byte[] body,
        PendingRequest request,
        Proof? proof,
        JsonTypeInfo<T> type,
        CancellationToken ct
    )
        where T : class
    {
        var call = new ApiCall(HttpMethod.Post, path)
        {
            Body = body,
            Proof = proof,
            IdempotencyKey = request.IdempotencyKey,
        };
        return channel.SendAsync(call, type, ct);
    }

    private async Task<ApiResult<FeedAnswer<T>>> FeedAsync<T>(
        string path,
        long since,
        string? held,
        TimeSpan wait,
        JsonTypeInfo<T> type,
        CancellationToken ct,
        bool isProbe = false
    )
        where T : class
    {
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"{path}?since={since}&wait={(long)wait.TotalSeconds}s"
        );
        query += held is null ? "" : "&held=" + Uri.EscapeDataString(held);
        query += isProbe ? "&probe=true" : "";
        var call = new ApiCall(HttpMethod.Get, query) { Timeout = wait + FeedSlack, MaxAnswerBytes = MaxFeedBytes };
        var answer = await channel.SendAsync(call, ct);
        if (!answer.IsSuccess)
        {
            return answer.Failure;
        }

        if (answer.Value.Body.Length == 0)
        {
            return new FeedAnswer<T>(null);
        }

        var feed = ApiChannel.Read(call, answer.Value, type);
        return feed.IsSuccess ? new FeedAnswer<T>(feed.Value) : feed.Failure;
    }

    private async Task<ApiFailure?> ReportAsync<T>(string path, T report, JsonTypeInfo<T> type, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(report, type);
        return (await channel.SendAsync(new ApiCall(HttpMethod.Post, path) { Body = body }, ct)).Failure;
    }

    // S6: the identity in the certificate decides, not the dialled name.
    private bool IsService(X509Certificate2? peer, X509Chain? chain)
    {
        var verifier = new PeerVerifier(trust());
        var result = verifier.Verify(peer, chain, PeerRole.Service, time.GetUtcNow(), revokedSerials());
        channel.TrustRefusal = result.IsAccepted ? null : $"its certificate was refused ({result.Refusal}).";
        return result.IsAccepted;
    }
}
