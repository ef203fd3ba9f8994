using System.Security.Cryptography.X509Certificates;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>The only CA certificates that authenticate a server.</summary>
internal static class PinnedRoots
{
    /// <summary>The certificates, which the caller disposes; null for null, which means the system's roots.</summary>
    public static X509Certificate2Collection? Read(string? pem)
    {
        if (pem is null)
        {
            return null;
        }

        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(pem);
        return roots;
    }
}
