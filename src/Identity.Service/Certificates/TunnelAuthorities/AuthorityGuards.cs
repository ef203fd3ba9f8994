namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

[Flags]
internal enum AuthorityGuards
{
    None = 0,

    /// <summary>The registration's 30 days are not over (410 <c>ca.registration_expired</c>).</summary>
    RegistrationLives = 1 << 0,

    /// <summary>The tunnel has a free slot (S14).</summary>
    SlotFree = 1 << 1,

    /// <summary>All live agents and relying parties have acknowledged it, or an override names the others.</summary>
    Acknowledged = 1 << 2,

    /// <summary>No other authority of the tunnel is active; <see cref="AuthorityCommand.Activate"/> retires it.</summary>
    NoOtherActive = 1 << 3,

    /// <summary>Another active authority remains, or an approved override allows that none does.</summary>
    NotTheLast = 1 << 4,

    /// <summary>Its last leaf has expired, skew included.</summary>
    LeavesEnded = 1 << 5,

    /// <summary>Deleted at most 30 days ago, and its key still exists.</summary>
    Restorable = 1 << 6,
}
