using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>What is known of one URL. All members are guarded by the lock of <see cref="ClientDocuments"/>.</summary>
/// <param name="organizationId">The organization whose share the entry counts against: the first that requested the URL.</param>
internal sealed class CachedClientDocument(string organizationId)
{
    public string OrganizationId { get; } = organizationId;

    /// <summary>Orders entries by their last use.</summary>
    public long LastUse { get; set; }

    /// <summary>The last good document; null = none.</summary>
    public OAuthClient? Client { get; private set; }

    /// <summary>The running fetch; null = none.</summary>
    public Task? Fetch { get; set; }

    private DateTimeOffset fetchedAt;
    private DateTimeOffset freshUntil;
    private Refusal? refusal;
    private DateTimeOffset refusedUntil;

    /// <summary>The result that needs no fetch now; null = fetch.</summary>
    public Result<OAuthClient>? FindResult(DateTimeOffset now)
    {
        if (Client is { } fresh && now < freshUntil)
        {
            return fresh;
        }

        return refusal is { } refused && now < refusedUntil ? (Result<OAuthClient>?)GetDespite(refused, now) : null;
    }

    public void Accept(OAuthClient client, DateTimeOffset now, TimeSpan lifetime)
    {
        (Client, fetchedAt, freshUntil, refusal) = (client, now, now + lifetime, null);
    }

    /// <summary>The last good document remains usable for a while, so that an outage of its host interrupts no sign-in.</summary>
    /// <param name="ends">The host's own answer ended the document.</param>
    public void Refuse(Refusal reason, DateTimeOffset now, bool ends)
    {
        (refusal, refusedUntil) = (reason, now + ClientDocuments.ErrorLifetime);
        if (ends)
        {
            Client = null;
        }
    }

    private Result<OAuthClient> GetDespite(Refusal refused, DateTimeOffset now) =>
        Client is { } last && now - fetchedAt < ClientDocuments.MaxLifetime ? last : refused;
}
