using System.Security.Cryptography;
using Culvert.Ca.Issuance;
using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// The one place where leaves are made (S12): 1. plan and lint; 2. commit serial number, intent, audit; 3. sign, verify,
/// compare; 4. commit certificate and audit; 5. answer. Whatever breaks, no certificate leaves without its record.
/// </summary>
internal sealed class CertificateIssuer(
    ICertificateStore store,
    IJournal journal,
    ICrlDistributionPoints lists,
    ClockGuard clock,
    StoreNode node,
    TimeProvider time,
    ILogger<CertificateIssuer> logger
)
{
    // A drawn number of 136 random bits that exists already means a broken random source: three tries, then no more.
    private const int SerialAttempts = 3;

    public async Task<IssuanceOutcome> IssueAsync(IssuanceJob job, CancellationToken cancellationToken)
    {
        if (clock.RefusalIfAlarmed() is { } wrongClock)
        {
            return IssuanceOutcome.Refused(wrongClock);
        }

        for (var attempt = 0; attempt < SerialAttempts; attempt++)
        {
            var serial = SerialNumber.Draw((byte)node.Id);
            var plan = IssuancePlan.Prepare(
                new IssuanceOrder
                {
                    Issuer = job.Authority.Issuer,
                    Profile = job.Profile,
                    PublicKey = job.PublicKey,
                    Names = job.Names,
                    Serial = serial,
                    Now = time.GetUtcNow(),
                    CrlDistributionPoint = lists.Find(job.Kind, job.Authority, serial),
                }
            );
            if (!plan.Succeeded)
            {
                return Refuse(job, plan.Refusal);
            }

            var intent = IntentOf(job, plan.Value);
            var first = await journal.CommitAsync(
                new Decision
                {
                    Event = Describe(new CertificateSigning(intent) { At = intent.IssuedAt, Actor = job.Actor }, job),
                    Statements = [store.InsertIntent(intent), .. job.WithIntent],
                },
                cancellationToken
            );
            if (first.Outcome == CommitOutcome.Conflict)
            {
                if (first.Conflict is IssuanceConflict.SerialUsed)
                {
                    continue;
                }

                return IssuanceOutcome.Conflicting(first.Conflict!);
            }

            if (first.RefusalIfUnavailable() is { } unavailable)
            {
                return IssuanceOutcome.Refused(unavailable);
            }

            // The point of no return: from here on the caller's patience no longer counts.
            return await SignAsync(job, plan.Value, intent);
        }

        return IssuanceOutcome.Refused(StorageErrors.Unavailable.Refuse());
    }

    private async Task<IssuanceOutcome> SignAsync(IssuanceJob job, IssuancePlan plan, CertificateRecord intent)
    {
        var issued = plan.Redeem(job.Authority.Key);
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
                Event = Describe(new CertificateSigned(record) { At = time.GetUtcNow(), Actor = job.Actor }, job),
                Statements =
                [
                    store.Complete(record.Id, record.Fingerprint, issued.Value.Certificate.Encoded),
                    .. job.WithCertificate(record),
                ],
            },
            CancellationToken.None
        );

        // Signed but not recorded: it is thrown away here, and the sweep at the next start voids its intent.
        if (second.RefusalIfUnavailable() is { } unavailable)
        {
            return IssuanceOutcome.Refused(unavailable);
        }

        Log.Issued(logger, record.Serial, CertificateNames.Of(record.Kind), record.Identity, record.NotAfter);
        return IssuanceOutcome.Of(issued.Value, job.Authority);
    }

    private async Task VoidAsync(IssuanceJob job, CertificateRecord intent, CaRefusal refusal)
    {
        var voided = intent with { Status = CertificateStatus.Void };

        // When this commit fails too, the intent stays and the sweep at the next start finds it.
        await journal.CommitAsync(
            new Decision
            {
                Event = Describe(
                    new CertificateVoided(voided)
                    {
                        At = time.GetUtcNow(),
                        Actor = job.Actor,
                        Status = AuditStatus.Denied(refusal.Code.Code),
                    },
                    job
                ),
                Statements = [store.Void(voided.Id)],
            },
            CancellationToken.None
        );
        Log.Voided(logger, intent.Serial, refusal.Code.Code);
    }

    private static CertificateRecord IntentOf(IssuanceJob job, IssuancePlan plan) =>
        new()
        {
            Id = CertificateId.New(),
            Serial = plan.Serial.Hex,
            Kind = job.Kind,
            Status = CertificateStatus.Intent,
            OrganizationId = job.OrganizationId,
            WorkspaceId = job.WorkspaceId,
            TunnelId = job.TunnelId,
            EnrollmentId = job.EnrollmentId,
            EdgeId = job.EdgeId,
            CaId = job.Authority.CaId,
            Identity = job.Identity,
            IssuedAt = plan.Validity.IssuedAt,
            NotBefore = plan.Validity.NotBefore,
            NotAfter = plan.Validity.NotAfter,
            SpkiSha256 = Convert.ToHexStringLower(SHA256.HashData(job.PublicKey.Encoded.Span)),
        };

    private static AuditEvent Describe(AuditEvent audit, IssuanceJob job) =>
        audit with
        {
            OrganizationId = job.OrganizationId,
            RequestId = job.RequestId,
            Resources = ResourcesOf(job),
        };

    private static List<AuditResource> ResourcesOf(IssuanceJob job)
    {
        List<AuditResource> resources = [];
        Add("tunnel", job.TunnelId);
        Add("agent", job.EnrollmentId);
        Add("edge", job.EdgeId);
        Add("certificate_authority", job.Authority.CaId);
        return resources;

        void Add(string type, string? id)
        {
            if (id is not null)
            {
                resources.Add(new AuditResource(type, id));
            }
        }
    }

    private IssuanceOutcome Refuse(IssuanceJob job, CaRefusal refusal)
    {
        if (refusal.Code.Status >= StatusCodes.Status500InternalServerError)
        {
            Log.RefusedByCore(logger, job.Identity, refusal.Code.Code, refusal.Message);
        }

        return IssuanceOutcome.Refused(refusal.ToRefusal());
    }
}
