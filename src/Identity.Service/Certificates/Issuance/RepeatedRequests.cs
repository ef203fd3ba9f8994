using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// Finds the result of the first request with an idempotency key. A key counts while its certificate is usable:
/// unexpired, not revoked, of the same enrolment, issued by the authority that signs now.
/// </summary>
internal sealed class RepeatedRequests(CertificateStore store, TimeProvider time)
{
    private static readonly TimeSpan PendingRetry = TimeSpan.FromSeconds(1);

    /// <summary>The answer to a repeat; null = none. <c>Spent</c> = the row that must release the key.</summary>
    public async ValueTask<(IssuanceOutcome? Answer, CertificateId? Spent)> FindAsync(
        IssuanceJob job,
        CancellationToken cancellationToken
    )
    {
        if (
            job.Request.Idempotency is not { } key
            || await store.FindByRequestAsync(key.Id, cancellationToken) is not { } first
        )
        {
            return (null, null);
        }

        var record = first.Record;
        if (record.RequestSha256 != key.RequestSha256)
        {
            return (IssuanceOutcome.Refused(IssuanceErrors.IdempotencyMismatch.Refuse()), null);
        }

        if (first.Certificate is not { } certificate)
        {
            var pending = IssuanceErrors.IdempotencyPending.Refuse() with { RetryAfter = PendingRetry };
            return (IssuanceOutcome.Refused(pending), null);
        }

        return
            record.NotAfter >= time.GetUtcNow()
            && record.RevokedAt is null
            && record.EnrollmentId == job.Request.EnrollmentId
            && certificate.IsIssuedBy(job.Authority.Certificate)
            ? (IssuanceOutcome.From(record, certificate, job.Authority), null)
            : (null, record.Id);
    }
}
