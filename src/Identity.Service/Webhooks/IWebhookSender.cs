namespace Culvert.Identity.Service.Webhooks;

/// <summary>Posts a message. A boundary: tests answer in the receiver's place.</summary>
internal interface IWebhookSender
{
    /// <summary>Null = the receiver took it (any 2xx).</summary>
    Task<SendFailure?> SendAsync(
        Webhook webhook,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    );

    /// <summary>Where the URL's name leads now; null = it may be sent to.</summary>
    Task<string?> CheckAsync(Webhook webhook, CancellationToken cancellationToken);
}
