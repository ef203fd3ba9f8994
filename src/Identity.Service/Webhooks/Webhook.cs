using Culvert.Identity.Service.Ids;
using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>Where an organization wants to be notified.</summary>
internal sealed record Webhook
{
    public required WebhookId Id { get; init; }

    public long Ordinal { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>Starts the URL of a mail address.</summary>
    public const string MailScheme = "mailto:";

    /// <summary>https, or <c>mailto:</c> and one address.</summary>
    public required string Url { get; init; }

    /// <summary>The mail address that is notified; null = a receiver of HTTP.</summary>
    public string? MailAddress =>
        Url.StartsWith(MailScheme, StringComparison.Ordinal) ? Url[MailScheme.Length..] : null;

    /// <summary>Addresses that are not public (S27), each <c>range:port</c>.</summary>
    public IReadOnlyList<string> AllowedTargets { get; init; } = [];

    /// <summary>The only roots that vouch for the receiver; null = the system's.</summary>
    public string? CaPem { get; init; }

    /// <summary>Null once archived.</summary>
    public byte[]? SealedSecret { get; init; }

    /// <summary>
    /// Whether signed messages of the receiver approve and reject calls; no longer once the admin key that registered it
    /// is revoked.
    /// </summary>
    public bool CanDecide { get; init; }

    /// <summary>Who was shown the secret; null = it cannot decide.</summary>
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
