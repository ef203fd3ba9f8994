using Culvert.Identity.Service.Ids;
using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>A receiver of an organization's notifications.</summary>
internal sealed record Webhook
{
    public required WebhookId Id { get; init; }

    public long Ordinal { get; init; }

    public required string OrganizationId { get; init; }

    public const string MailScheme = "mailto:";

    /// <summary>https, or <c>mailto:</c> and one address.</summary>
    public required string Url { get; init; }

    /// <summary>The mail address to notify; null = an HTTP receiver.</summary>
    public string? MailAddress =>
        Url.StartsWith(MailScheme, StringComparison.Ordinal) ? Url[MailScheme.Length..] : null;

    public WebhookFormat Format { get; init; } = WebhookFormat.Standard;

    /// <summary>The <c>aud</c> of its security event tokens; null for the other format.</summary>
    public string? Audience { get; init; }

    /// <summary>Private addresses (S27), each <c>range:port</c>.</summary>
    public IReadOnlyList<string> AllowedTargets { get; init; } = [];

    /// <summary>The only trusted roots for the receiver; null = the system's.</summary>
    public string? CaPem { get; init; }

    /// <summary>Null after archiving.</summary>
    public byte[]? SealedSecret { get; init; }

    /// <summary>
    /// Whether the receiver's signed messages may approve and reject calls; this ends when the admin key that registered the
    /// webhook is revoked.
    /// </summary>
    public bool CanDecide { get; init; }

    /// <summary>The actor who was shown the secret; null = the webhook cannot decide.</summary>
    public string? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ArchivedAt { get; init; }

    public static FetchTarget? ParseTarget(string text)
    {
        var colon = text.LastIndexOf(':');
        return
            colon > 0
            && int.TryParse(
                text.AsSpan(colon + 1),
                System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture,
                out var port
            )
            && FetchTarget.TryCreate(text[..colon], port, out var target)
            ? target
            : null;
    }
}
