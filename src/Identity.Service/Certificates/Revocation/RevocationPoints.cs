using System.Collections.Concurrent;
using Culvert.Ca.Orders;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Revocation.Ocsp;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>Decides which list a certificate names. An authority's division never changes: it is read once.</summary>
internal sealed class RevocationPoints(
    RevocationStore store,
    ServiceIdentity identity,
    Current<CertificateOptions> options
) : IRevocationPoints
{
    // Shorter-lived certificates expire before a verifier that caches a list for a day would fetch it again.
    private static readonly TimeSpan LongLife = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, RevocationPoint> known = new(StringComparer.Ordinal);

    public IReadOnlyList<Statement> InsertFor(CertificateAuthorityId id, DateTimeOffset at)
    {
        var current = options.Value;
        return store.InsertPoint(new RevocationPoint(id.Value, current.RevocationShards, current.RevocationUrl, at));
    }

    public string? FindList(CertificateKind kind, SigningAuthority authority, SerialNumber serial)
    {
        var current = options.Value;
        if (
            kind != CertificateKind.Server
            || authority.CaId is not { } id
            || !(current.ListAlways || current.ServerLife > LongLife)
        )
        {
            return null;
        }

        var point = known.GetOrAdd(id, Load);
        return GetAddress(point, RevocationShards.GetShard(serial.Hex, point.Shards));
    }

    public string? FindResponder(CertificateKind kind, SigningAuthority authority)
    {
        var current = options.Value;
        return
            kind == CertificateKind.Server
            && authority.CaId is { } id
            && current.ResponderAddress switch
            {
                ResponderAddress.Always => true,
                ResponderAddress.LongLived => current.ServerLife > LongLife,
                _ => false,
            }
            ? OcspAuthorities.GetAddress(identity, current, id)
            : null;
    }

    public string GetAddress(RevocationPoint point, int shard) =>
        (point.BaseUrl.Length > 0 ? point : point with { BaseUrl = identity.PublicUrl }).GetAddress(shard);

    // Blocks, once per authority and process: a certificate without the address could never be revoked by list.
    private RevocationPoint Load(string id) =>
        store.FindPointAsync(id, CancellationToken.None).AsTask().GetAwaiter().GetResult()
        ?? throw new StoreException($"The authority {id} has no revocation lists.");
}
