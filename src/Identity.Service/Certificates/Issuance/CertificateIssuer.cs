using Culvert.Ca.Issuance;
using Culvert.Ca.Orders;
using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// The only place where leaves are made (S12): 1. check for a repeat, permission and capacity; 2. plan and lint; 3.
/// commit serial number, intent, audit; 4. sign, verify, compare; 5. commit certificate and audit; 6. answer. No
/// failure lets a certificate out without its record.
/// </summary>
internal sealed class CertificateIssuer(
    CertificateStore store,
    IJournal journal,
    RepeatedRequests repeats,
    CertifiableKeys keys,
    IssuanceLimits limits,
    SigningQueue queue,
    IRevocationPoints points,
    ClockGuard clock,
    StoreNode node,
    TimeProvider time,
    ILogger<CertificateIssuer> logger
)
{
    // If a drawn number of 128 random bits already exists, the random source is broken: the issuer tries three times.
    private const int SerialAttempts = 3;

    public async Task<IssuanceOutcome> IssueAsync(IssuanceJob job, CancellationToken cancellationToken)
    {
        if (clock.RefusalIfAlarmed() is not null && !job.DespiteClock)
        {
            return Refuse(job, IssuanceErrors.Clock.Refuse() with { RetryAfter = TimeSpan.FromSeconds(1) });
        }

        var (repeated, spent) = await repeats.FindAsync(job, cancellationToken);
        if (repeated is not null)
        {
            return repeated;
        }

        // The limits are checked before costly steps, and the queue before a serial number is used.
        if ((keys.Check(job.PublicKey) ?? limits.TryTake(job) ?? queue.TryEnter()) is { } refusal)
        {
            return Refuse(job, refusal);
        }

        try
        {
            return await IssueNewAsync(job, spent, cancellationToken);
        }
        finally
        {
            queue.Release();
        }
    }

    private async Task<IssuanceOutcome> IssueNewAsync(
        IssuanceJob job,
        CertificateId? spent,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < SerialAttempts; attempt++)
        {
            var plan = Plan(job);
            if (!plan.Succeeded)
            {
                return Refuse(job, plan.Refusal);
            }

            var intent = ToIntent(job, plan.Value);
            var first = await journal.CommitAsync(
                new Decision
                {
                    Event = CertificateEvents.Signing(new AuditOrigin(intent.IssuedAt, job.Request.Cause), intent),
                    Statements =
                    [
                        .. spent is { } holder ? [store.ReleaseRequest(holder)] : Array.Empty<Statement>(),
                        // Read-only conditions come first: the writer checks them at once.
                        store.RequireFreeKey(intent, job.PublicKey),
                        .. job.Request.WithIntent,
                        store.InsertIntent(intent, job.PublicKey),
                    ],
                    Preceding = job.Request.Exchange?.Decision,
                },
                cancellationToken
            );
            job.Request.Exchange?.Note(first);
            if (first.Outcome == CommitOutcome.Replayed)
            {
                // The exchange decides what a second use of the assertion means.
                return Refuse(job, ExchangeErrors.Failed.Refuse());
            }

            if (first.IsStale)
            {
                // A concurrent repeat of the same request, unless the serial number exists.
                if (await repeats.FindAsync(job, cancellationToken) is { Answer: { } twin })
                {
                    return twin;
                }

                continue;
            }

            if (first.Outcome == CommitOutcome.Refused)
            {
                return first.Refusal!.Code == IssuanceErrors.KeyReused
                    ? Refuse(job, await keys.ExplainAsync(job.PublicKey, job.Request.TunnelId, cancellationToken))
                    : IssuanceOutcome.Refused(first.Refusal);
            }

            // The intent is committed: from here on the caller's cancellation no longer counts.
            return first.RefusalUnlessCommitted() is { } unavailable
                ? Refuse(job, unavailable)
                : await SignAsync(job, plan.Value, intent);
        }

        return Refuse(job, StorageErrors.Unavailable.Refuse());
    }

    private CaResult<IssuancePlan> Plan(IssuanceJob job)
    {
        var now = job.DespiteClock ? clock.LatestNow() : time.GetUtcNow();
        var serial = SerialNumber.Draw((byte)node.Id, now);
        return IssuancePlan.Prepare(
            new IssuanceOrder
            {
                Issuer = job.Authority.Issuer,
                Profile = job.Profile,
                PublicKey = job.PublicKey,
                Subject = job.Subject,
                Names = job.Names,
                Serial = serial,
                Now = now,
                NotBefore = job.Request.NotBefore,
                Life = job.Request.Life,
                LifeCap = job.LifeCap,
                CrlDistributionPoint = points.FindList(job.Kind, job.Authority, serial),
                OcspResponder = points.FindResponder(job.Kind, job.Authority),
            }
        );
    }

    private async Task<IssuanceOutcome> SignAsync(IssuanceJob job, IssuancePlan plan, CertificateRecord intent)
    {
        var issued = await queue.SignAsync(plan, job.Authority.Key);
        if (!issued.Succeeded)
        {
            await VoidAsync(job, intent, issued.Refusal);
            return Refuse(job, issued.Refusal);
        }

        var record = intent with
        {
            Status = CertificateStatus.Issued,
            Fingerprint = issued.Value.Certificate.Fingerprint,
        };
        var second = await journal.CommitAsync(
            new Decision
            {
                Event = CertificateEvents.Signed(new AuditOrigin(time.GetUtcNow(), job.Request.Cause), record),
                Statements =
                [
                    store.Complete(record.Id, record.Fingerprint, issued.Value.Certificate.Encoded),
                    .. job.Request.WithCertificate(record),
                ],
            },
            CancellationToken.None
        );

        // Signed but not recorded: the certificate is discarded. A sweep voids its intent, or has done so already.
        if (second.IsStale)
        {
            return Refuse(job, StorageErrors.Unavailable.Refuse());
        }

        if (second.RefusalUnlessCommitted() is { } unavailable)
        {
            return Refuse(job, unavailable);
        }

        ServiceMeters.CertificatesIssued.Add(1, new KeyValuePair<string, object?>("kind", WireNames.Get(job.Kind)));
        Log.Issued(logger, record.Serial, WireNames.Get(record.Kind), record.Identity, record.NotAfter);
        return IssuanceOutcome.From(record, issued.Value.Certificate, job.Authority);
    }

    private async Task VoidAsync(IssuanceJob job, CertificateRecord intent, CaRefusal refusal)
    {
        var voided = intent with { Status = CertificateStatus.Void };

        // If this commit fails too, the intent stays and the sweep at the next start finds it.
        await journal.CommitAsync(
            new Decision
            {
                Event = CertificateEvents.Voided(
                    new AuditOrigin(time.GetUtcNow(), job.Request.Cause),
                    voided,
                    refusal.Code.Code
                ),
                Statements = [store.Void(voided.Id)],
            },
            CancellationToken.None
        );
        Log.Voided(logger, intent.Serial, refusal.Code.Code);
    }

    private static CertificateRecord ToIntent(IssuanceJob job, IssuancePlan plan) =>
        new()
        {
            Id = CertificateId.New(plan.Validity.IssuedAt),
            Serial = plan.Serial.Hex,
            Kind = job.Kind,
            Status = CertificateStatus.Intent,
            OrganizationId = job.Request.OrganizationId,
            WorkspaceId = job.Request.WorkspaceId,
            TunnelId = job.Request.TunnelId,
            EnrollmentId = job.Request.EnrollmentId,
            EdgeId = job.Request.EdgeId,
            CaId = job.Authority.CaId,
            Identity = job.Identity,
            IssuedAt = plan.Validity.IssuedAt,
            NotBefore = plan.Validity.NotBefore,
            NotAfter = plan.Validity.NotAfter,
            SpkiSha256 = job.PublicKey.Sha256,
            IdempotencyKey = job.Request.Idempotency?.Id,
            RequestSha256 = job.Request.Idempotency?.RequestSha256,
        };

    private IssuanceOutcome Refuse(IssuanceJob job, CaRefusal refusal)
    {
        if (refusal.Code.Status >= StatusCodes.Status500InternalServerError)
        {
            Log.RefusedByCore(logger, job.Identity, refusal.Code.Code, refusal.Message);
        }

        return Refuse(job, refusal.ToRefusal());
    }

    private static IssuanceOutcome Refuse(IssuanceJob job, Refusal refusal)
    {
        ServiceMeters.CertificatesRefused.Add(
            1,
            new KeyValuePair<string, object?>("kind", WireNames.Get(job.Kind)),
            new KeyValuePair<string, object?>("code", refusal.Code.Code)
        );
        return IssuanceOutcome.Refused(refusal);
    }
}
