namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>Why the protocol refuses a step.</summary>
internal enum BundleError
{
    /// <summary>The anchor is not in the bundle, or its role does not allow the step.</summary>
    Role,

    /// <summary>
    /// A holder that counts does not hold an epoch that contains the authority, or still needs the other authority.
    /// </summary>
    Unacknowledged,

    /// <summary>Agents still present leaves of the anchor.</summary>
    LiveLeaves,

    /// <summary>No anchor that clients could rely on would remain.</summary>
    Empty,

    /// <summary>One epoch would add one anchor and remove another.</summary>
    AddsAndRemoves,
}
