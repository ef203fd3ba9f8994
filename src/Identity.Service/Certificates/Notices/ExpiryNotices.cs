using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Culvert.Identity.Service.Webhooks;

namespace Culvert.Identity.Service.Certificates.Notices;

/// <summary>
/// Checks every hour what expires soon. Each notice is an audit event, a metric and a message to every webhook of the
/// organization, in one commit, once per threshold.
/// </summary>
internal sealed class ExpiryNotices(
    NoticeStore store,
    WebhookQueue webhooks,
    IJournal journal,
    Current<NoticeOptions> options,
    TimeProvider time,
    ILogger<ExpiryNotices> logger
)
    : RecurringJob(
        "expiry_notices",
        "Sends notices about authorities and certificates that expire soon.",
        Interval,
        time,
        beginsAtOnce: true
    )
{
    // Certificates of thousands of machines may expire on one day: all are reported, of all organizations.
    private const int PageSize = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        var thresholds = options.Value.Days;
        if (thresholds.Count == 0)
        {
            return 0;
        }

        var horizon = now + TimeSpan.FromDays(thresholds.Max());
        var given = await store.ListGivenAsync(now, cancellationToken);
        var count = 0;
        await foreach (var subject in store.ListExpiringAsync(now, horizon, PageSize, cancellationToken))
        {
            if (
                ExpiryThresholds.Due(subject.NotBefore, subject.NotAfter, now, thresholds) is { } days
                && !given.Contains((subject.Id, subject.NotAfter.ToStore(), days))
                && await SendAsync(subject, days, cancellationToken)
            )
            {
                count++;
            }
        }

        return count;
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);

    private async ValueTask<bool> SendAsync(ExpiringSubject subject, int days, CancellationToken cancellationToken)
    {
        var at = Time.GetStoreNow();
        var notice = new ExpiryNotice(AuditOrigin.System(at), subject, days);
        IReadOnlyList<Statement> messages = subject.OrganizationId is { } organization
            ? await webhooks.EnqueueAsync(organization, "certificate.expiring", at, notice.Data, cancellationToken)
            : [];
        var result = await journal.CommitAsync(
            new Decision { Event = notice, Statements = [store.Insert(subject, days, at), .. messages] },
            cancellationToken
        );
        if (result.IsStale)
        {
            return false;
        }

        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            throw new StoreException(refusal.Message);
        }

        ServiceMeters.ExpiryNotices.Add(1, new KeyValuePair<string, object?>("type", subject.Type));
        Log.ExpiryNotice(logger, subject.Type, subject.Name, subject.Id, subject.NotAfter, days);
        webhooks.Wake();
        return true;
    }
}
