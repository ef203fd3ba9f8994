using System.Globalization;
using System.Text;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Audit.Export;

/// <param name="Sequence">The collector has every record up to this one that the files had.</param>
/// <param name="Hash">The hash of that record; it shows whether the files are still the same.</param>
internal sealed record ExportPosition(long Sequence, string Hash)
{
    private const int MaxBytes = 1024;

    /// <summary>Null when the file is absent or malformed.</summary>
    public static ExportPosition? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return
                PrivateFile.ReadText(path, MaxBytes).Trim().Split(' ')
                    is [var sequence, { Length: CallRecordLine.HashCharacters } hash]
                && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new ExportPosition(number, hash)
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
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Sequence} {Hash}\n"))
        );
}
