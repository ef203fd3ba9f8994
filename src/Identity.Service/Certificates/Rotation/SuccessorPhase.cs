namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>The progress of the successor in the second slot.</summary>
internal enum SuccessorPhase
{
    /// <summary>No successor exists.</summary>
    None,

    /// <summary>Its request waits for a signature.</summary>
    Unsigned,

    /// <summary>Its chain is uploaded and waits for approval.</summary>
    Waiting,

    /// <summary>In the bundle.</summary>
    Staged,
}
