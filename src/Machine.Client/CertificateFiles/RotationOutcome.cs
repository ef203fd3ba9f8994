namespace Culvert.Machine.Client.CertificateFiles;

public enum RotationOutcome
{
    /// <summary>Nothing was due; the files are unchanged.</summary>
    Unchanged,

    /// <summary>The trust bundle changed; key and certificate are unchanged.</summary>
    BundleChanged,

    Renewed,

    /// <summary>A renewal was due and failed; the files are unchanged.</summary>
    Failed,
}
