namespace Culvert.Identity.Service.Certificates.BundleRules;

internal enum AnchorRole
{
    /// <summary>A registered certificate; the service does not control what it signs.</summary>
    Trusted,

    /// <summary>Added ahead of its use; signs nothing yet.</summary>
    Staged,

    /// <summary>Signs the tunnel's leaves; at most one per tunnel.</summary>
    Active,

    /// <summary>Replaced by a successor: signs nothing, its leaves expire.</summary>
    Retiring,

    /// <summary>Compromised: signs nothing, its leaves are replaced at once, then it is removed from the bundle.</summary>
    Tainted,
}
