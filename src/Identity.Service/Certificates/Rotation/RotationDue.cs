namespace Culvert.Identity.Service.Certificates.Rotation;

internal enum RotationDue
{
    Nothing,

    Prepare,

    Sign,

    /// <summary>Switch, as soon as all that must acknowledge have done so.</summary>
    Activate,
}
