namespace Culvert.Identity.Service.Webhooks;

internal sealed record CreateWebhookRequest
{
    public required string Url { get; init; }

    /// <summary>
    /// Private addresses that the URL may resolve to, each <c>range:port</c>, within the installation's limit.
    /// </summary>
    public IReadOnlyList<string>? AllowedTargets { get; init; }

    /// <summary>The only roots trusted for the receiver.</summary>
    public string? CaCertificatePem { get; init; }

    /// <summary>Whether the receiver's signed messages may approve and reject calls; default false.</summary>
    public bool CanDecide { get; init; }
}
