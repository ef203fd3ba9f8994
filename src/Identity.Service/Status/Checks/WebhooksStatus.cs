using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

internal sealed class WebhooksStatus(WebhookStore store, TimeProvider time)
    : StatusCheck("webhooks", WebhookOperations.List)
{
    private static readonly TimeSpan Recent = TimeSpan.FromDays(1);

    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var failing = await store.ListFailingAsync(
            caller.OrganizationId,
            time.GetUtcNow() - Recent,
            PageRequest.MaxLimit,
            cancellationToken
        );
        return
        [
            .. failing.Select(one =>
                one.Failed > 0
                    ? Problem(
                        one.WebhookId,
                        $"Webhook {one.WebhookId} did not get {Plural.Format(one.Failed, "message")} of the last day; no more attempts are made.",
                        $"culvert webhook deliveries {one.WebhookId}"
                    )
                    : Warning(
                        one.WebhookId,
                        $"{Plural.Format(one.Retried, "message")} to webhook {one.WebhookId} failed and will be sent again.",
                        $"culvert webhook deliveries {one.WebhookId}"
                    )
            ),
            Ok($"No message to a webhook fails."),
        ];
    }
}
