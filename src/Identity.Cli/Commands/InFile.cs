using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Cli.Commands;

internal static class InFile
{
    /// <summary>The service accepts bodies up to 1 MiB; no file that a command reads is nearly as large.</summary>
    private const int MaxBytes = 512 * 1024;

    public static string ReadText(string path) => Read(path, File.ReadAllText);

    /// <summary>Reads a secret, which is the first line, without blanks around it.</summary>
    public static string ReadFirstLine(string path) => ReadText(path).Split('\n')[0].Trim();

    /// <summary>Reads PEM certificates. Files that the service would refuse are not sent.</summary>
    public static string ReadCertificates(string path)
    {
        var text = ReadText(path);
        return CertificateText.Explain(text) is { } advice
            ? throw new CommandFailure(ExitCode.Usage, advice.Meaning) { Where = path, Next = advice.Command }
            : text;
    }

    public static byte[] ReadBytes(string path) => Read(path, File.ReadAllBytes);

    /// <summary>For logs and exports, which may have any size.</summary>
    public static StreamReader Open(string path) => Named(path, () => File.OpenText(path));

    private static T Read<T>(string path, Func<string, T> read) =>
        Named(
            path,
            () =>
                new FileInfo(path).Length <= MaxBytes
                    ? read(path)
                    : throw Bad(path, $"the file is larger than {MaxBytes / 1024} KiB", null)
        );

    private static T Named<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad(path, $"the file cannot be read: {e.Message}", e);
        }
    }

    private static CommandFailure Bad(string path, string message, Exception? cause) =>
        new(ExitCode.Usage, message, cause) { Where = path, Next = "name the right file" };
}
