namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>What time asks for on a tunnel whose authority is active.</summary>
internal enum RotationDue
{
    Nothing,

    /// <summary>Key and request of the successor.</summary>
    Prepare,

    /// <summary>The enterprise's signature under the successor's request.</summary>
    Sign,

    /// <summary>The switch, as soon as all that must acknowledge are ready.</summary>
    Activate,
}
