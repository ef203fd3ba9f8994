using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>Webhooks and what is to be sent to them.</summary>
internal interface IWebhookStore
{
    ValueTask<Webhook?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Newest first, one more than the page holds when there are more.</summary>
    ValueTask<IReadOnlyList<Webhook>> ListAsync(
        string organizationId,
        PageRequest page,
        CancellationToken cancellationToken
    );

    /// <summary>An organization with <paramref name="most"/> live ones gets <see cref="WebhookConflict.Limit"/>.</summary>
    Statement Insert(Webhook webhook, int most);

    /// <summary>Forgets the secret and what was not sent; <see cref="WebhookConflict.Taken"/> when it is archived.</summary>
    IReadOnlyList<Statement> Archive(WebhookId id, DateTimeOffset at);

    /// <summary>Appends unless that many wait for the webhook already: then nothing.</summary>
    Statement Enqueue(WebhookDelivery delivery, int most);

    /// <summary>
    /// Deliveries whose attempt is due, at most <paramref name="count"/>, and at most two of a webhook: one that hangs
    /// must not keep the others waiting.
    /// </summary>
    ValueTask<IReadOnlyList<WebhookDelivery>> ListDueAsync(
        DateTimeOffset now,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>Newest first.</summary>
    ValueTask<IReadOnlyList<WebhookDelivery>> ListOfAsync(WebhookId id, int count, CancellationToken cancellationToken);

    /// <summary>
    /// Counts an attempt before it is made, and takes the delivery from other nodes until <paramref name="until"/>; else
    /// <see cref="WebhookConflict.Taken"/>.
    /// </summary>
    Statement Take(WebhookDelivery delivery, DateTimeOffset until);

    /// <summary>Writes the outcome of an attempt.</summary>
    Statement Settle(WebhookDelivery delivery);

    /// <summary>Drops what was done before then.</summary>
    Statement Forget(DateTimeOffset before);
}
