namespace Culvert.Identity.Service.Webhooks;

/// <param name="AllowedTargets">
/// Private addresses that the URL may resolve to, each <c>range:port</c>, within the installation's limit.
/// </param>
/// <param name="CaCertificatePem">The only roots trusted for the receiver.</param>
/// <param name="CanDecide">Whether the receiver's signed messages may approve and reject calls; default false.</param>
internal sealed record CreateWebhookRequest(
    string Url,
    IReadOnlyList<string>? AllowedTargets = null,
    string? CaCertificatePem = null,
    bool CanDecide = false
);
