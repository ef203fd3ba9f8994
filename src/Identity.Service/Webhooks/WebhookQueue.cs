using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Mail;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>Creates an event's messages to an organization's webhooks, to be committed with the event.</summary>
internal sealed class WebhookQueue(WebhookStore store, Current<MailOptions> mail, ServiceIdentity identity)
    : INoticeOutbox
{
    /// <summary>Per webhook: during a long outage of a receiver, new messages are dropped; the API has the events.</summary>
    public const int MostPending = 1000;

    /// <summary>
    /// A notice that callers can cause without an administrator is dropped sooner: each holder may revoke any number of
    /// tokens, and each agent may claim the instance of another one, and must not be able to displace other notices.
    /// </summary>
    public const int MostPendingOfCallers = MostPending / 2;

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
        var webhooks = await ListAsync(organizationId, WebhookFormat.Standard, cancellationToken);
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

    public async ValueTask<IReadOnlyList<Statement>> EnqueueAsync(
        SecurityNotice notice,
        CancellationToken cancellationToken
    )
    {
        var webhooks = await ListAsync(notice.OrganizationId, WebhookFormat.SecurityEventToken, cancellationToken);
        return [.. webhooks.Select(webhook => Enqueue(webhook, notice))];
    }

    /// <summary>A message that only tests the receiver.</summary>
    public Statement EnqueueTest(Webhook webhook, DateTimeOffset at) =>
        webhook.Format == WebhookFormat.SecurityEventToken
            // OpenID SSF 1.0 §8.1.4: the subject of a verification is the stream.
            ? Enqueue(
                webhook,
                new SecurityNotice(
                    SecurityNoticeType.Verification,
                    webhook.OrganizationId,
                    SecurityNotice.Opaque(webhook.Id.Value),
                    AuditData.Empty,
                    at,
                    at
                )
            )
            : Enqueue(webhook, MailNotices.Test, at, [("webhook_id", webhook.Id.Value)]);

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

    private Statement Enqueue(Webhook webhook, SecurityNotice notice)
    {
        var id = NewId();
        var claims = SecurityEventClaims.Create(identity.PublicUrl, webhook.Audience!, id, notice);
        var message = Message(webhook.Id, SecurityEventClaims.GetName(notice.Type), claims.Encode(), notice.At) with
        {
            Id = id,
        };
        var isOfCallers = notice.Type is SecurityNoticeType.TokenRevoked or SecurityNoticeType.AgentInstanceRefused;
        return store.Enqueue(message, isOfCallers ? MostPendingOfCallers : MostPending);
    }

    private async ValueTask<IReadOnlyList<Webhook>> ListAsync(
        string organizationId,
        WebhookFormat format,
        CancellationToken cancellationToken
    )
    {
        var page = new PageRequest(MostWebhooks, long.MaxValue, IncludeArchived: false);
        var all = await store.ListAsync(organizationId, page, cancellationToken);
        return [.. all.Where(webhook => webhook.Format == format)];
    }

    private static string NewId() => Identifier.New("msg");

    private static WebhookDelivery Message(WebhookId webhook, string type, byte[] body, DateTimeOffset at) =>
        new()
        {
            Id = NewId(),
            WebhookId = webhook.Value,
            Event = type,
            Body = body,
            NextAttemptMs = at.ToStore(),
            CreatedAtMs = at.ToStore(),
        };

    private static byte[] Render(string type, DateTimeOffset at, AuditData data) =>
        AuditData.Create([("type", type), ("timestamp", at), ("data", data)]).Encode();
}
