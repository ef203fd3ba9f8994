using System.Diagnostics;
using System.Globalization;

namespace Culvert.Testing;

/// <summary>A disk of a few megabytes that a test fills, empties and makes read-only. Needs the right to mount.</summary>
public sealed class SmallDisk : IDisposable
{
    private const int BlockBytes = 4096;

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-disk-").FullName;

    /// <exception cref="InvalidOperationException">This process may not mount.</exception>
    public SmallDisk(int megabytes)
    {
        var size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");
        try
        {
            Run("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder);
        }
        catch
        {
            Directory.Delete(folder);
            throw;
        }
    }

    public string Path => System.IO.Path.Combine(folder, "store");

    private string Ballast => System.IO.Path.Combine(folder, "ballast");

    /// <summary>Takes every free byte.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, 0);
        var block = new byte[BlockBytes];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // No space left on the device: that is what it is for.
        }
    }

    /// <summary>Gives them back.</summary>
    public void Free() => File.Delete(Ballast);

    /// <summary>No process may have a file open for writing.</summary>
    public void SetReadOnly(bool isReadOnly) => Run("mount", "-o", isReadOnly ? "remount,ro" : "remount,rw", folder);

    public void Dispose()
    {
        Run("umount", "-l", folder);
        Directory.Delete(folder);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true }
        )!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Trim()}");
        }
    }
}
