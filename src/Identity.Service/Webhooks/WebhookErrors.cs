using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Webhooks;

internal static class WebhookErrors
{
    public static readonly ErrorCode Url = new(
        "webhook.url",
        400,
        "Messages cannot be sent to that URL.",
        "It is not https, or its name leads to an address that is not open to webhooks.",
        "Use a public https URL, or name the private address in allowed_targets and private_issuer_networks."
    );

    public static readonly ErrorCode Limit = new(
        "webhook.limit",
        409,
        "The organization has the maximum number of webhooks.",
        "16 webhooks are active.",
        "Archive one that is no longer used."
    );

    public static readonly ErrorCode Archived = new(
        "webhook.archived",
        409,
        "The webhook is archived.",
        "It was archived, and its secret is forgotten.",
        "Register it again; it gets a new secret."
    );
}
