using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.Rotation;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>The feeds of tunnels: each is read and serialized once per revision for all waiting agents.</summary>
internal sealed class AgentFeeds(
    TunnelStore tunnels,
    RegisteredCertificateStore certificates,
    EarlyRenewals renewals,
    FeedNames names,
    InstallationFeeds installation,
    FeedRevocations tokens,
    FeedPeople people,
    FeedAuthorization authorization,
    Sealer sealer,
    IRevisions revisions,
    TimeProvider time
)
{
    /// <summary>
    /// The cache is cleared after this many bytes were written: it stays far below the memory of the agents' connections.
    /// </summary>
    private const long MaxBytes = 32 * 1024 * 1024;

    private const int DigestBytes = 16;
    private const string SessionKeyPurpose = "culvert agent session key v1";

    private readonly ConcurrentDictionary<string, DerivedView<AgentFeedBody?>> views = new(StringComparer.Ordinal);
    private long bytes;

    public ValueTask<AgentFeedBody?> FindAsync(string tunnelId, CancellationToken cancellationToken) =>
        views.GetOrAdd(tunnelId, static (id, self) => self.GetView(id), this).GetAsync(cancellationToken);

    private DerivedView<AgentFeedBody?> GetView(string tunnelId) =>
        new(
            revisions,
            time,
            InstallationFeeds.Freshness,
            (revision, cancellationToken) => MakeAsync(tunnelId, revision, cancellationToken),
            body => body is null || installation.IsCurrent(body.Installation)
        );

    private async Task<AgentFeedBody?> MakeAsync(string tunnelId, long revision, CancellationToken cancellationToken)
    {
        if (await tunnels.FindAsync(tunnelId, cancellationToken) is not { } tunnel)
        {
            return null;
        }

        var shared = await installation.GetAsync(cancellationToken);
        var live = await certificates.ListLiveAsync(tunnel.Id, cancellationToken);
        var early = await renewals.FindAsync(tunnel.Id, live, revision, cancellationToken);
        var feed = Describe(tunnel, live, shared, early);
        feed = feed with
        {
            Tunnel = feed.Tunnel with
            {
                SessionKey = Base64Url.EncodeToString(sealer.DeriveKey(SessionKeyPurpose, tunnel.Id.Value)),
            },
            TokenRevocations = tokens.GetRevocations(tunnel.OrganizationId),
            OffBoarded = await people.ListAsync(tunnel.OrganizationId, cancellationToken),
            Authorization = authorization.Get(tunnel.OrganizationId),
            Hostnames = await names.HostnamesAsync(tunnel.Id, cancellationToken),
            Policies = await names.PoliciesAsync(tunnel.Id.Value, cancellationToken),
            AcmeChallenges = await names.ChallengesAsync(tunnel.Id.Value, cancellationToken),
        };
        var digest = ComputeDigest(JsonSerializer.SerializeToUtf8Bytes(feed, WireJson.Default.AgentFeed));
        var json = JsonSerializer.SerializeToUtf8Bytes(
            feed with
            {
                Revision = revision,
                Digest = digest,
            },
            WireJson.Default.AgentFeed
        );
        if (Interlocked.Add(ref bytes, json.Length) > MaxBytes)
        {
            Interlocked.Exchange(ref bytes, 0);
            views.Clear();
        }

        return new AgentFeedBody(revision, tunnel, digest, json, shared);
    }

    private static AgentFeed Describe(
        Tunnel tunnel,
        IReadOnlyList<RegisteredCertificate> live,
        InstallationFeed shared,
        IReadOnlyList<AgentFeedRenewal>? early
    ) =>
        new()
        {
            Revision = 0,
            Tunnel = new AgentFeedTunnel
            {
                Id = tunnel.Id.Value,
                Domain = tunnel.Domain,
                Status = tunnel.Status,
                PublicPort = tunnel.PublicPort,
                Affinity = tunnel.Affinity,
                TrustBundle = new BundleDocument(Epoch: tunnel.BundleEpoch, Pem: TrustBundle.Join(live)),
            },
            Edges =
            [
                .. shared
                    .Assignments.Get(tunnel.Id.Value)
                    .Dialed.Select(id => shared.Edges.FirstOrDefault(edge => edge.Id == id))
                    .OfType<AgentFeedEdge>(),
            ],
            PlatformBundle = shared.PlatformBundle,
            AuditCheckpoint = shared.AuditCheckpoint,
            RevokedSerials =
            [
                .. shared
                    .Revoked.EdgeSerials.Concat(shared.Revoked.ServerSerials[tunnel.Id.Value])
                    .Order(StringComparer.Ordinal),
            ],
            RevokedSerialPrefixes = shared.Revoked.SerialPrefixes is { Count: > 0 } prefixes ? prefixes : null,
            ServerCertificateMode = GetMode(live),
            Renewals = early,
        };

    /// <summary>The service signs as soon as one live anchor is its own authority.</summary>
    public static string GetMode(IReadOnlyList<RegisteredCertificate> live) =>
        live.Any(certificate => certificate.AuthorityId is not null)
            ? ServerCertificateMode.Service
            : ServerCertificateMode.Files;

    private static string ComputeDigest(ReadOnlySpan<byte> content) =>
        Base64Url.EncodeToString(SHA256.HashData(content).AsSpan(0, DigestBytes));
}
