using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal static class Fingerprints
{
    /// <summary>Ignores case and colons, on which tools differ.</summary>
    public static bool AreEqual(string typed, string computed) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(typed.Replace(":", "", StringComparison.Ordinal).Trim().ToLowerInvariant()),
            Encoding.UTF8.GetBytes(computed)
        );
}
