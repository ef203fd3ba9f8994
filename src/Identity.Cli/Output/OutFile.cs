using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Output;

/// <summary>Writes files atomically: to a temporary file, which is then renamed.</summary>
internal static class OutFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Mode 0600 from the first byte on.</summary>
    public static void WriteSecret(string path, string text) => Write(path, text, OwnerOnly);

    public static void WritePublic(string path, string text) => Write(path, text, Everybody);

    private static void Write(string path, string text, UnixFileMode mode)
    {
        try
        {
            var aside = path + ".new";
            File.Delete(aside);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = mode;
            }

            using (var writer = new StreamWriter(aside, options))
            {
                writer.Write(text.EndsWith('\n') ? text : text + "\n");
            }

            File.Move(aside, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Failed, $"the file cannot be written: {e.Message}", e)
            {
                Where = path,
                Next = "name a file in a folder that you may write (--out)",
            };
        }
    }
}
