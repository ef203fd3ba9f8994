namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>What an anchor is in its tunnel's bundle for.</summary>
internal enum AnchorRole
{
    /// <summary>Registered by its certificate alone; what it signs is none of the service's business.</summary>
    Trusted,

    /// <summary>Added ahead of its use; signs nothing yet.</summary>
    Staged,

    /// <summary>Signs the tunnel's leaves; at most one.</summary>
    Active,

    /// <summary>Succeeded by another one: signs nothing, its leaves run out.</summary>
    Retiring,

    /// <summary>Compromised: signs nothing, its leaves are replaced at once, then it leaves the bundle.</summary>
    Tainted,
}
