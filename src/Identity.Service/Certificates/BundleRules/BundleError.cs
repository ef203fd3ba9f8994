namespace Culvert.Identity.Service.Certificates.BundleRules;

internal enum BundleError
{
    /// <summary>The anchor is not in the bundle, or its role does not allow the step.</summary>
    Role,

    /// <summary>A holder that counts does not hold an epoch with the authority, or still needs the other one.</summary>
    Unacknowledged,

    /// <summary>Agents still present leaves of the anchor.</summary>
    LiveLeaves,

    /// <summary>No anchor that clients could rely on would remain.</summary>
    Empty,

    /// <summary>One epoch would add one anchor and remove another.</summary>
    AddsAndRemoves,
}
