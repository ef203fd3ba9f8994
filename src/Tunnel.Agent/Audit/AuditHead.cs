using System.Globalization;
using System.Text;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// How far the files reach, stored next to them: without it a file that was cut at a line's end would look complete.
/// </summary>
/// <param name="First">The oldest record that is kept.</param>
/// <param name="Sequence">The newest that was surely on the disk.</param>
/// <param name="Hash">Of that one.</param>
internal sealed record AuditHead(long First, long Sequence, string Hash)
{
    private const int MaxBytes = 1024;

    /// <summary>Null when there is none, or it is not readable as one.</summary>
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

    /// <exception cref="IOException">The disk refuses; the old one is still there.</exception>
    public void Write(string path) =>
        PrivateFile.Replace(
            path,
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{First} {Sequence} {Hash}\n"))
        );
}
