using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Net;

/// <summary>The system's roots together with those of <c>network.ca_bundle</c>.</summary>
public static class SystemRoots
{
    /// <summary>The policy for connections without other trust settings. Nothing is downloaded.</summary>
    /// <param name="bundle">A PEM file; empty for none. It was checked when the configuration was read.</param>
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

    /// <summary>The same, unless <paramref name="file"/> names the only trusted roots; it is read now.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be read.</exception>
    /// <exception cref="CryptographicException">The file contains no certificates.</exception>
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

    /// <summary>Adds the bundle's roots, if any, to a policy that trusts the system's roots.</summary>
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
            // It was readable with the configuration. A peer that needs the bundle is now refused.
        }
    }
}
