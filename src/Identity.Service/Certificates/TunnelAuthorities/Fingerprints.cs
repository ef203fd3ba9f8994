using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Compares a typed fingerprint with a computed one.</summary>
internal static class Fingerprints
{
    /// <summary>Case and colons do not count: tools differ on both.</summary>
    public static bool AreEqual(string typed, string computed) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(typed.Replace(":", "", StringComparison.Ordinal).Trim().ToLowerInvariant()),
            Encoding.UTF8.GetBytes(computed)
        );
}
