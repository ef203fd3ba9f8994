namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>The step that is due on a tunnel with an active authority.</summary>
internal enum RotationDue
{
    Nothing,

    /// <summary>Create the successor's key and request.</summary>
    Prepare,

    /// <summary>Get the successor's request signed.</summary>
    Sign,

    /// <summary>Switch, as soon as all that must acknowledge have done so.</summary>
    Activate,
}
