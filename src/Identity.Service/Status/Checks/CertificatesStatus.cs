using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>
/// Certificates that expire soon without a replacement: long-lived leaves, and registered certificates that the service does
/// not renew. Machines renew short-lived ones and report failures themselves.
/// </summary>
internal sealed class CertificatesStatus(NoticeStore store, Current<NoticeOptions> notices, TimeProvider time)
    : StatusCheck("certificates", CertificateOperations.List)
{
    /// <summary>The number of rows that are read in the installation to find one organization's certificates.</summary>
    private const int MaxRead = 5000;
    private const int PageSize = 500;

    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var found = new List<DoctorFinding> { Ok($"No certificate that a machine does not renew expires soon.") };
        var read = 0;
        await foreach (
            var one in store.ListExpiringAsync(now, now + Expiry.Ahead(notices.Value), PageSize, cancellationToken)
        )
        {
            if (++read > MaxRead)
            {
                found.Add(
                    Unknown(
                        subject: null,
                        $"Only the first {MaxRead} certificates that expire were checked.",
                        "culvert cert list --expires-before 45d --all"
                    )
                );
                break;
            }

            if (
                one.OrganizationId == caller.OrganizationId
                && one.Type is "certificate" or "tunnel_certificate"
                && ExpiryThresholds.Due(one.NotBefore, one.NotAfter, now, Expiry.Days(notices.Value)) is not null
                && Judge(one, now) is { } finding
            )
            {
                found.Add(finding);
            }
        }

        return found;
    }

    private DoctorFinding? Judge(ExpiringSubject one, DateTimeOffset now) =>
        one.Type == "certificate"
            ? Expiry.Judge(
                Id,
                one.Id,
                $"Certificate {one.Id} of {one.Name}, which was not renewed,",
                one.NotAfter,
                now,
                notices.Value,
                $"Renew it where it is used. It is in: culvert cert list --identity {one.Name}"
            )
            : Expiry.Judge(
                Id,
                one.Id,
                $"Registered certificate {one.Id} of tunnel {one.TunnelId}",
                one.NotAfter,
                now,
                notices.Value,
                $"Register its successor. It is in: culvert tunnel cert list {one.TunnelId}"
            );
}
