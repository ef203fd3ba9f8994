namespace Culvert.Identity.Service.Webhooks;

/// <summary>What is sent to a webhook, and how it is signed.</summary>
internal enum WebhookFormat
{
    /// <summary>Messages about calls, certificates and keys, signed with its secret as in Standard Webhooks 1.0.</summary>
    Standard,

    /// <summary>
    /// Withdrawals of access, as security event tokens (RFC 8417) that are pushed (RFC 8935) and signed with the key of
    /// access tokens.
    /// </summary>
    SecurityEventToken,
}
