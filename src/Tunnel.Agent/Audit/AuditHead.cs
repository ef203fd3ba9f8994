using System.Globalization;
using System.Text;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>The newest flushed record. Without it a file that was cut at the end of a line would look complete.</summary>
internal sealed record AuditHead(long First, long Sequence, string Hash)
{
    private const int MaxBytes = 1024;

    /// <summary>Null when the file is absent or malformed.</summary>
    public static AuditHead? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return
                PrivateFile.ReadText(path, MaxBytes).Trim().Split(' ') is [var first, var sequence, var hash]
                && long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
                && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
                && hash.Length == CallRecordLine.HashCharacters
                ? new AuditHead(from, to, hash)
                : null;
        }
        catch (SecretUnavailableException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">The write failed; the old file is unchanged.</exception>
    public void Write(string path) =>
        PrivateFile.Replace(
            path,
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{First} {Sequence} {Hash}\n"))
        );
}
