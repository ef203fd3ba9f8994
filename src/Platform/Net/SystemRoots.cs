using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Net;

/// <summary>The system's roots, and also those of <c>network.ca_bundle</c>.</summary>
public static class SystemRoots
{
    /// <summary>A policy for connections that nothing else says whom to trust. Nothing is downloaded.</summary>
    /// <param name="bundle">A PEM file; empty for none. Checked when the configuration was read.</param>
    public static X509ChainPolicy Policy(string bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        AddTo(policy, bundle);
        return policy;
    }

    /// <summary>The same, unless a file names the only roots that count.</summary>
    /// <param name="bundle">As above.</param>
    /// <param name="file">A PEM file; null for none. Read now.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    /// <exception cref="CryptographicException">It holds no certificates.</exception>
    public static X509ChainPolicy Policy(string bundle, string? file)
    {
        if (file is null)
        {
            return Policy(bundle);
        }

        var policy = Policy("");
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }

    /// <summary>Adds the bundle to a policy that trusts the system's roots; nothing changes without one.</summary>
    public static void AddTo(X509ChainPolicy policy, string bundle)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(bundle);
        if (bundle.Length == 0)
        {
            return;
        }

        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine);
        store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
        policy.CustomTrustStore.AddRange(store.Certificates);
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(bundle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // It was readable when the configuration was: now only the system's roots count, and a peer that needs
            // the bundle is refused.
        }
    }
}
