using Culvert.Ca.Orders;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Inventory;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>
/// Revokes single certificates. The decision raises the feed's revision: from its commit on, edges and agents refuse
/// the serial number, and the service refuses every renewal with it (S4).
/// </summary>
/// <remarks>
/// State × requested reason (unchanged = idempotent answer):
/// <code>
///                    same reason   keyCompromise    another reason
/// intent, issued,    → revoked     → revoked        → revoked
/// void
/// revoked            unchanged     → keyCompromise  refused: certificate.revoked
/// expired            refused: certificate.expired (unchanged if revoked)
/// </code>
/// A void certificate can be revoked too: a crash may have lost the record of a signature, never the serial number.
/// </remarks>
internal sealed class CertificateRevoker(
    RevocationStore store,
    CertificateInventory inventory,
    IJournal journal,
    Installation installation,
    TimeProvider time
)
{
    // The maximum lifetime of any certificate: the serial number stays refused for this long.
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(398);

    /// <summary>
    /// Inserts a row for a certificate that a node signed between the backup and a restore, so that it can be revoked.
    /// False when the serial number is not from such a node.
    /// </summary>
    public async ValueTask<Result<bool>> TryRegisterLostAsync(
        string serial,
        OperationContext context,
        CancellationToken cancellationToken
    )
    {
        if (!SerialNumber.TryParse(serial, out _) || !installation.IsOfRetiredNode(serial))
        {
            return false;
        }

        var now = time.GetStoreNow();
        var lost = new CertificateRecord
        {
            Id = CertificateId.New(),
            Serial = serial,
            // The serial numbers of edges' certificates go to every agent and edge; the tunnel of this one is lost.
            Kind = CertificateKind.Edge,
            Status = CertificateStatus.Void,
            OrganizationId = context.Caller.OrganizationId,
            Identity = "lost by a restore",
            IssuedAt = now,
            NotBefore = now,
            NotAfter = now + LongestLife,
        };
        var result = await journal.CommitAsync(
            new Decision { Statements = [store.InsertLost(lost)] },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } unavailable ? unavailable : true;
    }

    /// <summary>Returns the certificate's current state, and whether this call changed it.</summary>
    public async ValueTask<Result<(CertificateRecord Certificate, bool Changed)>> RevokeAsync(
        CertificateRecord certificate,
        RevocationReason reason,
        string? comment,
        OperationContext context,
        CancellationToken cancellationToken
    )
    {
        if (certificate.RevokedAt is not null && certificate.RevocationReason == reason)
        {
            return (certificate, false);
        }

        if (certificate.Kind == CertificateKind.Service)
        {
            return RevocationErrors.Own.Refuse();
        }

        if (certificate.RevokedAt is not null && reason != RevocationReason.KeyCompromise)
        {
            return RevocationErrors
                .AlreadyRevoked.Refuse()
                .With("revocation_reason", RevocationReasons.GetName(certificate.RevocationReason!.Value));
        }

        var now = time.GetStoreNow();
        if (certificate.NotAfter < now)
        {
            return RevocationErrors.Expired.Refuse();
        }

        var point = certificate.CaId is { } ca ? await store.FindPointAsync(ca, cancellationToken) : null;
        int? shard = point is null ? null : RevocationShards.GetShard(certificate.Serial, point.Shards);
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = CertificateEvents.Revoked(context.OriginAt(now), certificate, reason, comment) with
                {
                    OrganizationId = certificate.OrganizationId ?? context.Caller.OrganizationId,
                },
                Statements = certificate.RevokedAt is null
                    ? store.Revoke(certificate, reason, shard, now)
                    : store.Worsen(certificate, shard),
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (!result.IsStale && result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        var present =
            await inventory.FindAsync(certificate.Id, cancellationToken)
            ?? throw new StoreException($"The record of certificate {certificate.Id.Value} is gone.");
        if (result.IsCommitted)
        {
            ServiceMeters.CertificatesRevoked.Add(1);
            return (present, true);
        }

        // Another caller was first: with the same reason the result is the same, with another reason the first one is kept.
        return present.RevocationReason == reason
            ? (present, false)
            : RevocationErrors
                .AlreadyRevoked.Refuse()
                .With("revocation_reason", RevocationReasons.GetName(present.RevocationReason!.Value));
    }
}
