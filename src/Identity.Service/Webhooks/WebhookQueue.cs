using System.Buffers;
using System.Text.Json;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Mail;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>Turns an event into messages to an organization's webhooks, to be committed with it.</summary>
internal sealed class WebhookQueue(WebhookStore store, Current<MailOptions> mail)
{
    /// <summary>Per webhook: a receiver that is away for long loses the newest, and learns of them from the API.</summary>
    public const int MostPending = 1000;

    public const int MostWebhooks = 16;

    private static readonly TimeSpan MailMinute = TimeSpan.FromMinutes(1);

    /// <summary>Something new waits.</summary>
    public event Action? Woken;

    public async ValueTask<IReadOnlyList<Statement>> EnqueueAsync(
        string organizationId,
        string type,
        DateTimeOffset at,
        Action<Utf8JsonWriter> writeData,
        CancellationToken cancellationToken
    )
    {
        var page = new PageRequest(MostWebhooks, long.MaxValue, IncludeArchived: false);
        var webhooks = await store.ListAsync(organizationId, page, cancellationToken);
        if (webhooks.Count == 0)
        {
            return [];
        }

        var body = Render(type, at, writeData);
        return
        [
            .. webhooks.SelectMany(webhook =>
                webhook.MailAddress is null ? [store.Enqueue(Message(webhook.Id, type, body, at), MostPending)]
                // People get mail about what they decide, and not about every step.
                : type == MailNotices.Requested ? EnqueueMail(webhook, type, body, at)
                : []
            ),
        ];
    }

    public Statement Enqueue(Webhook webhook, string type, DateTimeOffset at, Action<Utf8JsonWriter> writeData) =>
        store.Enqueue(Message(webhook.Id, type, Render(type, at, writeData), at), MostPending);

    /// <summary>Something new waits.</summary>
    public void Wake() => Woken?.Invoke();

    // Beyond the limit of a minute, one summary takes the place of all that follow until it is sent.
    private IReadOnlyList<Statement> EnqueueMail(Webhook webhook, string type, byte[] body, DateTimeOffset at)
    {
        var message = Message(webhook.Id, type, body, at);
        var summary = Message(webhook.Id, MailNotices.Summary, Render(MailNotices.Summary, at, _ => { }), at) with
        {
            NextAttempt = at + MailMinute,
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
            NextAttempt = at,
            CreatedAt = at,
        };

    private static byte[] Render(string type, DateTimeOffset at, Action<Utf8JsonWriter> writeData)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteString("timestamp", at.UtcDateTime);
        json.WriteStartObject("data");
        writeData(json);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
