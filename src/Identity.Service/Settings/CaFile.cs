using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Settings;

/// <summary>A file of the configuration with the only CA certificates that authenticate a server.</summary>
internal static class CaFile
{
    /// <summary>
    /// The certificates, which the caller disposes; null for an empty name, which means the system's roots. The file is read at
    /// each call, so that a renewed one needs no restart.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read, or has no readable certificates.</exception>
    /// <exception cref="UnauthorizedAccessException">The service may not read the file.</exception>
    public static X509Certificate2Collection? Read(string file) =>
        file.Length == 0 ? null
        : CertificatePem.TryRead(File.ReadAllText(file), out var roots) ? [.. roots]
        : throw new IOException($"{file} contains no readable certificates.");
}
