namespace Culvert.Identity.Service.Webhooks;

/// <param name="AllowedTargets">
/// Private addresses that the URL may resolve to, each <c>range:port</c>, within the installation's limit.
/// </param>
/// <param name="CaCertificatePem">The only roots trusted for the receiver.</param>
/// <param name="CanDecide">Whether the receiver's signed messages may approve and reject calls; default false.</param>
/// <param name="Format"><c>standard</c> (default) or <c>security_event_token</c>.</param>
/// <param name="Audience"><c>security_event_token</c>: the <c>aud</c> that the receiver expects; required.</param>
internal sealed record CreateWebhookRequest(
    string Url,
    IReadOnlyList<string>? AllowedTargets = null,
    string? CaCertificatePem = null,
    bool CanDecide = false,
    string? Format = null,
    string? Audience = null
);
