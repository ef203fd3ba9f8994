namespace Culvert.Identity.Service.Transparency;

/// <summary>Why a decision of the transparency log was not written.</summary>
internal enum TransparencyConflict
{
    /// <summary>Another node added entries first.</summary>
    Moved,

    /// <summary>Another node signed this tree head, or made the key, first.</summary>
    Made,

    /// <summary>This agent's checkpoint was stored in the meantime, or one that it contradicts.</summary>
    Recorded,
}
