using System.Text;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Admin;

/// <summary>Writes a new key to a file on the host (0600). The key is never logged, and no file is overwritten.</summary>
internal static class AdminKeyFile
{
    /// <exception cref="IOException">The file exists or cannot be written.</exception>
    public static void WriteNew(string file, string secret) =>
        PrivateFile.WriteNew(file, Encoding.ASCII.GetBytes(secret + "\n"));
}
