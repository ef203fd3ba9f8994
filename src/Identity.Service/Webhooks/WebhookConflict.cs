namespace Culvert.Identity.Service.Webhooks;

internal enum WebhookConflict
{
    /// <summary>Another node reserved the delivery, or an administrator archived the webhook first.</summary>
    Taken,

    Limit,
}
