namespace Culvert.Identity.Service.Webhooks;

internal enum WebhookConflict
{
    /// <summary>Another node took the delivery, or an administrator archived the webhook first.</summary>
    Taken,

    /// <summary>The organization has as many webhooks as it may have.</summary>
    Limit,
}
