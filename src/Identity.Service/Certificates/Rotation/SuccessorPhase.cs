namespace Culvert.Identity.Service.Certificates.Rotation;

internal enum SuccessorPhase
{
    None,

    /// <summary>Its request waits for a signature.</summary>
    Unsigned,

    /// <summary>Its chain is uploaded and waits for approval.</summary>
    Waiting,

    Staged,
}
