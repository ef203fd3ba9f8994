namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>The folder of certificate files cannot be used; the message names the file and the remedy.</summary>
public sealed class CertificateFolderException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Another run holds the lock; retry later.</summary>
    public bool IsBusy { get; init; }
}
