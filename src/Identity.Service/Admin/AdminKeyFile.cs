using System.Text;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Admin;

/// <summary>
/// Where a new key is written on the host: a 0600 file of its own. It is never logged, and never written over.
/// </summary>
internal static class AdminKeyFile
{
    /// <exception cref="IOException">The file exists, or the disk refuses.</exception>
    public static void WriteNew(string file, string secret) =>
        PrivateFile.WriteNew(file, Encoding.ASCII.GetBytes(secret + "\n"));
}
