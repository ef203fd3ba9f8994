namespace Culvert.Identity.Service.Webhooks;

internal enum WebhookConflict
{
    /// <summary>Another node reserved the delivery, or an administrator archived the webhook first.</summary>
    Taken,

    /// <summary>The organization has the maximum number of webhooks.</summary>
    Limit,
}
