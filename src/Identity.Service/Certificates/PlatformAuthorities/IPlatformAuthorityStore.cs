using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>The platform CA in the store. Every change of the bundle is one epoch.</summary>
internal interface IPlatformAuthorityStore
{
    ValueTask<PlatformRecords> ReadAsync(CancellationToken cancellationToken);

    /// <summary>A second active or staged root is <see cref="PlatformConflict.Stale"/>.</summary>
    Statement Insert(PlatformAuthority authority);

    Statement Insert(PlatformLink link);

    /// <summary>The next epoch; <see cref="PlatformConflict.Stale"/> when the present one is another.</summary>
    Statement RaiseEpoch(long present);

    /// <summary>Writes state and epochs over a root that is still in state <paramref name="expected"/>; else stale.</summary>
    Statement Move(PlatformAuthority root, RootState expected);

    /// <summary>Destroys the sealed keys of a root and of every authority under it.</summary>
    Statement DestroyKeys(string rootId);
}
