using System.Security.Cryptography;
using System.Text;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>The key of the hashes of sessions and arguments. The first use creates it.</summary>
internal static class HashKey
{
    private const int KeyBytes = 32;

    /// <exception cref="SecretUnavailableException">The file cannot be read.</exception>
    public static byte[] Read(string path)
    {
        if (!File.Exists(path))
        {
            PrivateFile.Replace(path, Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(2 * KeyBytes)));
        }

        return SHA256.HashData(Encoding.ASCII.GetBytes(PrivateFile.ReadText(path).Trim()));
    }
}
