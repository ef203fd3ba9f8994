namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>The result of a run of a rotation job.</summary>
public enum RotationOutcome
{
    /// <summary>Nothing was due; the files are as they were.</summary>
    Unchanged,

    /// <summary>The trust bundle is another one; key and certificate are as they were.</summary>
    BundleChanged,

    /// <summary>A new key and certificate are in force.</summary>
    Renewed,

    /// <summary>It was due and could not be done; the files are as they were.</summary>
    Failed,
}
