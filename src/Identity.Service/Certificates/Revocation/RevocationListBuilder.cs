using Culvert.Ca.Refusals;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>
/// Builds a shard's next list, signs it, and compares it with the current one. One shard at a time, so memory does not
/// grow with the number of revocations.
/// </summary>
internal sealed class RevocationListBuilder(
    RevocationStore store,
    RevocationPoints points,
    Current<CertificateOptions> certificateOptions,
    Current<FederationOptions> federationOptions,
    TimeProvider time
)
{
    public async ValueTask<CaResult<StoredRevocationList>> BuildAsync(
        RevocationPoint point,
        StoredRevocationList present,
        SigningAuthority authority,
        CancellationToken cancellationToken
    )
    {
        var life = certificateOptions.Value.RevocationListLife;
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        // An entry stays one period longer than its certificate, and until one list was signed after that (RFC 5280 §3.3).
        var endedAfter = present.Number > 0 && present.ThisUpdate < now - life ? present.ThisUpdate : now - life;
        var entries = await store.ListEntriesAsync(point.CaId, present.Shard, endedAfter, cancellationToken);
        var thisUpdate = NotBehind(now, [present.ThisUpdate, .. entries.Select(entry => entry.RevokedAt)]);
        var next = thisUpdate + life;
        var end = authority.Certificate.NotAfter;
        var order = new RevocationListOrder
        {
            Issuer = authority.Issuer,
            // Not below the clock: after a restore from a backup, numbers continue above those published since.
            Number = Math.Max(present.Number + 1, now.ToUnixTimeSeconds()),
            ThisUpdate = thisUpdate,
            NextUpdate = next < end || end <= thisUpdate ? next : end,
            DistributionPoint = points.GetAddress(point, present.Shard),
            Entries = entries,
        };
        var signed = RevocationListSigning.Sign(order, authority.Key);
        if (!signed.Succeeded)
        {
            return signed.Refusal;
        }

        if (present.List is { } bytes && await DiffAsync(bytes, signed.Value, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        return new StoredRevocationList
        {
            CaId = point.CaId,
            Shard = present.Shard,
            Number = order.Number,
            Built = present.Wanted,
            ThisUpdate = order.ThisUpdate,
            NextUpdate = order.NextUpdate,
            Entries = entries.Count,
            List = signed.Value.Encoded.ToArray(),
        };
    }

    // Clocks of nodes differ a little: a list is never older than the previous one or than a revocation in it. Times
    // beyond the leeway are ignored here; the comparison then holds the list back.
    private DateTimeOffset NotBehind(DateTimeOffset now, IEnumerable<DateTimeOffset> times) =>
        times.Where(time => time - now <= federationOptions.Value.Leeway).Append(now).Max();

    private async ValueTask<CaRefusal?> DiffAsync(
        byte[] present,
        ParsedRevocationList next,
        CancellationToken cancellationToken
    )
    {
        if (ParsedRevocationList.TryParse(present) is not { } earlier)
        {
            return new CaRefusal(CaErrorCodes.CrlMalformed, "The present list cannot be read.");
        }

        var vanished = RevocationListDiff.Vanished(earlier, next);
        var ends =
            vanished.Count > 0
                ? await store.EndsAsync(vanished, cancellationToken)
                : new Dictionary<string, DateTimeOffset>();
        return RevocationListDiff.Check(earlier, next, serial => ends.TryGetValue(serial, out var end) ? end : null);
    }
}
