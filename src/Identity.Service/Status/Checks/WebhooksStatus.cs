using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Webhooks;

namespace Culvert.Identity.Service.Status.Checks;

internal sealed class WebhooksStatus(WebhookStore store, TimeProvider time) : IStatusCheck
{
    private static readonly TimeSpan Recent = TimeSpan.FromDays(1);

    public string Name => "webhooks";

    public bool IsShownTo(Caller caller) => StatusRights.MayRead(caller, WebhookOperations.List);

    public async ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var failing = await store.ListFailingAsync(
            caller.OrganizationId,
            time.GetUtcNow() - Recent,
            PageRequest.MaxLimit,
            cancellationToken
        );
        return failing.Count == 0
            ? [StatusFinding.Ok($"No message to a webhook fails.")]
            :
            [
                .. failing.Select(one =>
                    one.Failed > 0
                        ? StatusFinding.Problem(
                            one.WebhookId,
                            $"Webhook {one.WebhookId} did not get {Plural.Of(one.Failed, "message")} of the last day; no more attempts are made.",
                            $"culvert webhook deliveries {one.WebhookId}"
                        )
                        : StatusFinding.Warning(
                            one.WebhookId,
                            $"{Plural.Of(one.Retried, "message")} to webhook {one.WebhookId} failed and will be sent again.",
                            $"culvert webhook deliveries {one.WebhookId}"
                        )
                ),
            ];
    }
}
