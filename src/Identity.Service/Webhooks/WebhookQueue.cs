using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Mail;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>Creates an event's messages to an organization's webhooks, to be committed with the event.</summary>
internal sealed class WebhookQueue(WebhookStore store, Current<MailOptions> mail)
{
    /// <summary>Per webhook: during a long outage of a receiver, new messages are dropped; the API has the events.</summary>
    public const int MostPending = 1000;

    public const int MostWebhooks = 16;

    private static readonly TimeSpan MailMinute = TimeSpan.FromMinutes(1);

    /// <summary>Raised when a new message is pending.</summary>
    public event Action? Woken;

    public async ValueTask<IReadOnlyList<Statement>> EnqueueAsync(
        string organizationId,
        string type,
        DateTimeOffset at,
        AuditData data,
        CancellationToken cancellationToken
    )
    {
        var page = new PageRequest(MostWebhooks, long.MaxValue, IncludeArchived: false);
        var webhooks = await store.ListAsync(organizationId, page, cancellationToken);
        if (webhooks.Count == 0)
        {
            return [];
        }

        var body = Render(type, at, data);
        return
        [
            .. webhooks.SelectMany(webhook =>
                webhook.MailAddress is null ? [store.Enqueue(Message(webhook.Id, type, body, at), MostPending)]
                // People receive mail about their decisions, not about every step.
                : type == MailNotices.Requested ? EnqueueMail(webhook, type, body, at)
                : []
            ),
        ];
    }

    public Statement Enqueue(Webhook webhook, string type, DateTimeOffset at, AuditData data) =>
        store.Enqueue(Message(webhook.Id, type, Render(type, at, data), at), MostPending);

    public void Wake() => Woken?.Invoke();

    // Above the limit per minute, one summary replaces all further messages until it is sent.
    private IReadOnlyList<Statement> EnqueueMail(Webhook webhook, string type, byte[] body, DateTimeOffset at)
    {
        var message = Message(webhook.Id, type, body, at);
        var summary = Message(
            webhook.Id,
            MailNotices.Summary,
            Render(MailNotices.Summary, at, AuditData.Empty),
            at
        ) with
        {
            NextAttemptMs = (at + MailMinute).ToStore(),
        };
        return
        [
            store.EnqueueSummary(summary, at - MailMinute, mail.Value.PerMinute),
            store.EnqueueWithin(message, at - MailMinute, mail.Value.PerMinute),
        ];
    }

    private static WebhookDelivery Message(WebhookId webhook, string type, byte[] body, DateTimeOffset at) =>
        new()
        {
            Id = Identifier.New("msg"),
            WebhookId = webhook.Value,
            Event = type,
            Body = body,
            NextAttemptMs = at.ToStore(),
            CreatedAtMs = at.ToStore(),
        };

    private static byte[] Render(string type, DateTimeOffset at, AuditData data) =>
        AuditData.Create([("type", type), ("timestamp", at), ("data", data)]).Encode();
}
