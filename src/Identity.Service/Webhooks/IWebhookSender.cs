namespace Culvert.Identity.Service.Webhooks;

internal interface IWebhookSender
{
    /// <summary>Null = the receiver accepted it (any 2xx). The body of a security event token is its compact form.</summary>
    Task<SendFailure?> SendAsync(
        Webhook webhook,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    );

    /// <summary>Why the resolved address of the URL is not allowed; null = it is.</summary>
    Task<string?> CheckAsync(Webhook webhook, CancellationToken cancellationToken);
}
