namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>What the inventory says of leaves, as far as a rotation asks.</summary>
internal interface ILeafFacts
{
    /// <summary>Which authority issued each of these serials; unknown ones are left out.</summary>
    ValueTask<IReadOnlyDictionary<string, string>> IssuersAsync(
        IReadOnlyCollection<string> serials,
        CancellationToken cancellationToken
    );

    /// <summary>How many certificates of that authority have not ended.</summary>
    ValueTask<long> CountLiveAsync(string authorityId, DateTimeOffset now, CancellationToken cancellationToken);
}
