namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>The result of a run of a rotation job.</summary>
public enum RotationOutcome
{
    /// <summary>Nothing was due; the files are unchanged.</summary>
    Unchanged,

    /// <summary>The trust bundle changed; key and certificate are unchanged.</summary>
    BundleChanged,

    /// <summary>A new key and certificate are current.</summary>
    Renewed,

    /// <summary>A renewal was due and failed; the files are unchanged.</summary>
    Failed,
}
