namespace Culvert.Identity.Service.Certificates.Notices;

internal enum NoticeConflict
{
    /// <summary>Another node gave the notice first.</summary>
    Given,

    /// <summary>Another node took the delivery, or somebody archived the webhook, first.</summary>
    Taken,

    /// <summary>The organization has as many webhooks as it may have.</summary>
    Limit,
}
