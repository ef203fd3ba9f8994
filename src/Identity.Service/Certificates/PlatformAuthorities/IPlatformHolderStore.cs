using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>Which epoch of the platform's bundle was given to which machine, and which said to hold it.</summary>
internal interface IPlatformHolderStore
{
    /// <summary>Unrevoked agents and unarchived edges whose certificate has not ended.</summary>
    /// <param name="trustDomain">Of their SPIFFE ids.</param>
    /// <param name="now">Moment of the question.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    ValueTask<IReadOnlyList<PlatformMachine>> ListAsync(
        string trustDomain,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>It is given that epoch; never goes back.</summary>
    Statement Serve(string spiffeId, long epoch);

    /// <summary>Its word. Written only while the epoch is one that was given to it.</summary>
    Statement Acknowledge(string spiffeId, long epoch, string serial);
}
