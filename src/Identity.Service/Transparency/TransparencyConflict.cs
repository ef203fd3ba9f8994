namespace Culvert.Identity.Service.Transparency;

internal enum TransparencyConflict
{
    /// <summary>Another node added entries first.</summary>
    Moved,

    /// <summary>Another node signed this tree head, or created the key, first.</summary>
    Made,

    Recorded,
}
