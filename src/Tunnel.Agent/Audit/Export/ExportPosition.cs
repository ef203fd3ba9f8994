using System.Globalization;
using System.Text;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Audit.Export;

/// <summary>How far the collector has the records.</summary>
/// <param name="Sequence">It has every record up to this one that the files had.</param>
/// <param name="Hash">Of that record: whether the files are still the ones that it was read from.</param>
internal sealed record ExportPosition(long Sequence, string Hash)
{
    private const int MaxBytes = 1024;

    /// <summary>Null when there is none, or it is not readable as one.</summary>
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

    /// <exception cref="IOException">The disk refuses; the old one is still there.</exception>
    public void Write(string path) =>
        PrivateFile.Replace(
            path,
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Sequence} {Hash}\n"))
        );
}
