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

    public static readonly ErrorCode Mail = new(
        "webhook.mail",
        400,
        "Mail cannot be sent to that address.",
        "No relay is configured, the address is malformed, or its domain is not one that receives mail of the service.",
        "Use one address of a domain in mail.recipient_domains; the operator of the service configures the section mail."
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

    public static readonly ErrorCode Signature = new(
        "webhook.signature",
        403,
        "The signed message is refused.",
        "The webhook is unknown or archived, or the signature is not its signature of this message.",
        "Sign id, timestamp and body with the secret of the webhook that the path names, as Standard Webhooks has it."
    );

    public static readonly ErrorCode Timestamp = new(
        "webhook.timestamp",
        403,
        "The signed message is too old, or from the future.",
        "webhook-timestamp differs from the service's clock by more than 5 minutes.",
        "Set the clock of the sender, and sign each attempt with the time of the attempt."
    );

    public static readonly ErrorCode CannotDecide = new(
        "webhook.cannot_decide",
        403,
        "The webhook may not approve or reject calls.",
        "It was registered without can_decide, or the right has ended: the admin key that registered it was revoked, or the service was restored from a backup.",
        "Register another one with can_decide: true, and archive this one."
    );
}
