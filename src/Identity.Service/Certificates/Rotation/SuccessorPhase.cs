namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>How far the second slot is.</summary>
internal enum SuccessorPhase
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Its request waits to be signed.</summary>
    Unsigned,

    /// <summary>Its chain is there; people approve it.</summary>
    Waiting,

    /// <summary>In the bundle.</summary>
    Staged,
}
